import { existsSync } from 'node:fs';
import { Construct } from 'constructs';
import type { Bucket } from './bucket';
import { ServiceIdentity } from './service-identity';

export interface FunctionSourceProps {
  readonly bucket: Bucket;
  /** The archive, from the repository's root: `make build` makes it. */
  readonly file: string;
  /** Account id of what Cloud Build builds the functions as, 6 to 30 characters. */
  readonly builderAccountId: string;
}

/** Where an archive with functions is uploaded to, and the account that builds them. A changed archive is a new build. */
export class FunctionSource extends Construct {
  readonly builder: ServiceIdentity;
  readonly archive: { readonly bucket: string; readonly object: string; readonly generation: number };

  constructor(scope: Construct, id: string, { bucket, file, builderAccountId }: FunctionSourceProps) {
    super(scope, id);
    if (!existsSync(file)) throw new Error(`${this.node.path}: there is no ${file}; make build makes it`);
    this.builder = new ServiceIdentity(this, 'builder', { accountId: builderAccountId, purpose: 'Builds functions' });
    // Google's list for a build account of one's own; its own source bucket and image repository are in the project, under names that it chooses.
    for (const role of ['logging.logWriter', 'storage.objectViewer', 'artifactregistry.writer']) this.builder.grantOnProject(`roles/${role}`);
    const object = bucket.uploadObject('functions', { key: 'functions.zip', file, contentType: 'application/zip' });
    this.archive = { bucket: bucket.name, object: object.name, generation: object.generation };
  }
}
