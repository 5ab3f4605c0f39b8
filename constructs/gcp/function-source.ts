import { existsSync } from 'node:fs';
import { Construct } from 'constructs';
import type { ArtifactRepository } from './artifact-repository';
import type { Bucket } from './bucket';
import { ServiceIdentity } from './service-identity';

export interface FunctionSourceProps {
  readonly bucket: Bucket;
  /** The archive, from the repository's root: `make build` makes it. */
  readonly file: string;
  /** Where the built functions are kept. */
  readonly images: ArtifactRepository;
  /** Account id of what Cloud Build builds the functions as, 6 to 30 characters. */
  readonly builderAccountId: string;
}

/** Where an archive with functions is uploaded to, and the account that builds them. A changed archive is a new build. */
export class FunctionSource extends Construct {
  readonly builder: ServiceIdentity;
  readonly images: ArtifactRepository;
  readonly archive: { readonly bucket: string; readonly object: string; readonly generation: number };

  constructor(scope: Construct, id: string, { bucket, file, images, builderAccountId }: FunctionSourceProps) {
    super(scope, id);
    this.images = images;
    if (!existsSync(file)) throw new Error(`${this.node.path}: there is no ${file}; make build makes it`);
    this.builder = new ServiceIdentity(this, 'builder', { accountId: builderAccountId, purpose: 'Builds functions' });
    // Google's list for a build account of one's own. It builds from a copy of the archive, in a bucket that Google names.
    this.builder.grantOnProject('roles/logging.logWriter');
    const readable = ['gcf-v2-sources-', 'gcf-v2-uploads-', bucket.name].map((name) => `resource.name.startsWith('projects/_/buckets/${name}')`);
    this.builder.grantOnProject('roles/storage.objectViewer', { title: 'only the sources of functions', expression: readable.join(' || ') });
    images.grantWrite(this.builder);
    const object = bucket.uploadObject('functions', { key: 'functions.zip', file, contentType: 'application/zip' });
    this.archive = { bucket: bucket.name, object: object.name, generation: object.generation };
  }
}
