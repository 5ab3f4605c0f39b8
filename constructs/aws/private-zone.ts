import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Route53Zone } from '@cdktf/provider-aws/lib/route53-zone';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { SharedValue } from '../core/shared-value';
import type { Vpc } from './vpc';

export type RecordProps = { readonly name: string } & (
  | { readonly addresses: readonly string[] }
  | { readonly alias: { readonly name: string; readonly zoneId: string } }
);

/** Names that only the network itself knows. */
export class PrivateZone extends Construct {
  readonly domain: string;
  private readonly zoneId: SharedValue;

  constructor(scope: Construct, id: string, { domain, vpc }: { readonly domain: string; readonly vpc: Vpc }) {
    super(scope, id);
    this.domain = domain;
    const isProtected = EstateStack.of(this).protected;
    const zone = new Route53Zone(this, 'resource', {
      name: domain,
      vpc: [{ vpcId: vpc.id.seenFrom(this) }],
      forceDestroy: !isProtected,
      lifecycle: { preventDestroy: isProtected },
    });
    this.zoneId = new SharedValue(this, 'PRIVATE_ZONE_ID', zone.zoneId, `The zone ${domain}, inside the network`);
  }

  /** A host below the zone, made in the stack of what it points to. */
  record(scope: Construct, id: string, { name, ...target }: RecordProps): void {
    new Route53Record(scope, id, {
      zoneId: this.zoneId.seenFrom(scope),
      name: `${name}.${this.domain}`,
      type: 'A',
      ...('addresses' in target ? { ttl: 60, records: [...target.addresses] } : { alias: { ...target.alias, evaluateTargetHealth: true } }),
    });
  }
}
