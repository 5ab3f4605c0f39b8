import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { Route53Zone } from '@cdktf/provider-aws/lib/route53-zone';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { SharedValue } from '../core/shared-value';

/** A zone at Route 53 that everybody can ask. Its parent delegates to it. */
export class PublicZone extends Construct {
  readonly domain: string;
  private readonly zoneId: SharedValue;

  constructor(scope: Construct, id: string, { domain }: { readonly domain: string }) {
    super(scope, id);
    this.domain = domain;
    const isProtected = EstateStack.of(this).protected;
    const zone = new Route53Zone(this, 'resource', { name: domain, forceDestroy: !isProtected, lifecycle: { preventDestroy: isProtected } });
    this.zoneId = new SharedValue(this, 'ZONE_ID', zone.zoneId, `The zone ${domain}`);
    EstateStack.of(this).output('NAME_SERVERS', Fn.join(' ', zone.nameServers), `Give these to who holds the parent of ${domain}: NS records`);
  }

  /** A certificate for a host of the zone, proved by a record in it; returns its ARN once it is valid. */
  certificate(scope: Construct, id: string, host: string): string {
    const certificate = new AcmCertificate(scope, id, {
      domainName: `${host}.${this.domain}`,
      validationMethod: 'DNS',
      lifecycle: { createBeforeDestroy: true },
    });
    const proof = certificate.domainValidationOptions.get(0);
    const record = new Route53Record(scope, `${id}-proof`, {
      zoneId: this.zoneId.seenFrom(scope),
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: 300,
      allowOverwrite: true,
    });
    return new AcmCertificateValidation(scope, `${id}-valid`, { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] }).certificateArn;
  }

  /** Points a host of the zone to a load balancer. */
  alias(scope: Construct, id: string, host: string, target: { readonly name: string; readonly zoneId: string }): void {
    new Route53Record(scope, id, {
      zoneId: this.zoneId.seenFrom(scope),
      name: `${host}.${this.domain}`,
      type: 'A',
      alias: { ...target, evaluateTargetHealth: true },
    });
  }
}
