import type { Construct } from 'constructs';
import { EstateStack, type EstateStackProps, type Published } from '../../constructs/core/estate-stack';
import { Bucket } from '../../constructs/gcp/bucket';
import type { MoshiApis } from './apis';

export interface MoshiStorageProps extends EstateStackProps {
  readonly apis: MoshiApis;
  /** Makes the bucket names unique in the world. */
  readonly suffix: string;
  readonly hasWebsite: boolean;
}

/** What the machines start from, and the public website. */
export class MoshiStorage extends EstateStack {
  readonly bucket: Bucket;
  readonly website?: Bucket;
  /** Changes with the start script's content. */
  readonly entrypointGeneration: Published;

  constructor(scope: Construct, id: string, props: MoshiStorageProps) {
    super(scope, id, props);
    const { apis, suffix, hasWebsite } = props;
    this.addDependency(apis);

    this.bucket = new Bucket(this, 'bucket', { name: this.named(`moshi-${suffix}`) });
    const generation = this.bucket.upload('entrypoint', {
      key: 'entrypoint.sh',
      file: 'estates/moshi/artifacts/entrypoint.sh',
      contentType: 'text/x-shellscript',
    });
    this.output('BUCKET', this.bucket.name, 'The bucket that the machines start from');
    this.entrypointGeneration = this.publish(
      'ENTRYPOINT_GENERATION',
      generation,
      "Version of entrypoint.sh: it stands in the machines' template, so that a new script replaces the machines",
    );

    if (hasWebsite) {
      this.website = new Bucket(this, 'website', {
        name: this.named(`moshi-website-${suffix}`),
        publicWebsite: { reason: 'It is the public website: everything in it is published on purpose' },
      });
      this.output('WEBSITE_BUCKET', this.website.name, 'Put the website here; everybody can read it');
    }
  }
}
