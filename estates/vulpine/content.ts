import { Fn } from 'cdktf';
import type { Construct } from 'constructs';
import type { VulpineConfig } from '../../config/vulpine';
import { filesHostOf } from '../../config/vulpine/content';
import { Bucket } from '../../constructs/aws/bucket';
import { Distribution } from '../../constructs/aws/distribution';
import { EdgeCertificate } from '../../constructs/aws/edge-certificate';
import { EdgePolicies } from '../../constructs/aws/edge-policies';
import { ServiceUser } from '../../constructs/aws/service-user';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import type { DnsZone } from '../../constructs/linode/dns-zone';
import { PUBLIC_PREFIXES, SITE_PATHS } from './content/behaviours';
import { mediaBucketName, uploaderName } from './names';

export interface VulpineContentProps extends EstateStackProps {
  readonly config: VulpineConfig;
  /** Who holds the zones. */
  readonly zones: { zoneOf(name: string): DnsZone };
}

/** Days that a deleted or replaced file can be brought back. People who delete something mean it. */
const KEEP_DAYS = 7;

/** What people upload, and how it gets to its readers: a bucket, a user that uploads, a certificate and a distribution for each instance. */
export class VulpineContent extends EstateStack {
  private readonly policies: EdgePolicies;

  constructor(scope: Construct, id: string, props: VulpineContentProps) {
    super(scope, id, props);
    this.policies = new EdgePolicies(this, 'edge', { stem: 'vulpine' });
    for (const instance of Object.keys(props.config.prod.instances)) this.place(instance, props);
  }

  private place(name: string, { config, zones }: VulpineContentProps): void {
    const { bucketSuffix } = config.shared.content;
    const { content, instances } = config.prod;
    const instance = instances[name] as (typeof instances)[string];
    const host = filesHostOf(instance);
    const zone = zones.zoneOf(host);

    const bucket = new Bucket(this, `${name}-media`, { name: mediaBucketName(bucketSuffix, name), keepVersionsDays: KEEP_DAYS, readByEveryPage: true });
    const uploader = new ServiceUser(this, `${name}-uploader`, { name: uploaderName(name) });
    bucket.grantReadWrite(uploader);
    bucket.grantList(uploader); // and what is missing is told as missing, not as forbidden
    const certificate = new EdgeCertificate(this, `${name}-certificate`, {
      host,
      prove: (proof) =>
        zone.record(this, `${name}-certificate-proof`, {
          host: Fn.trimsuffix(proof.name, `.${zone.domain}.`),
          type: 'CNAME',
          target: Fn.trimsuffix(proof.target, '.'),
        }),
    });
    const distribution = new Distribution(this, `${name}-files`, {
      purpose: `Files of ${instance.domain}`,
      certificate,
      policies: this.policies,
      bucket,
      publicPrefixes: PUBLIC_PREFIXES,
      site: { host: instance.domain, paths: Object.keys(SITE_PATHS) },
      priceClass: content.priceClass,
    });
    zone.record(this, `${name}-files-name`, { host: zone.hostOf(host), type: 'CNAME', target: distribution.domainName });
    this.output(`${name.toUpperCase()}_DISTRIBUTION`, distribution.distributionId, `Serves ${host}: for aws cloudfront create-invalidation`);
  }
}
