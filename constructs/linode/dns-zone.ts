import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { Domain } from '../../.gen/providers/linode/domain';
import { DomainRecord } from '../../.gen/providers/linode/domain-record';
import { EstateStack } from '../core/estate-stack';
import { SharedValue } from '../core/shared-value';
import { tagsOf } from './provider';

/** Those that the parent of a zone delegates to. https://techdocs.akamai.com/cloud-computing/docs/dns-manager */
export const NAME_SERVERS = ['ns1.linode.com', 'ns2.linode.com', 'ns3.linode.com', 'ns4.linode.com', 'ns5.linode.com'] as const;

export interface DnsZoneProps {
  readonly domain: string;
  /** Who is told when something is wrong with it. */
  readonly contact: string;
}

export interface DnsRecord {
  /** Below the domain; empty for the domain itself. */
  readonly host: string;
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'TXT';
  readonly target: string;
  /** Seconds. @default 300 */
  readonly ttl?: number;
}

/** A zone that everybody can ask, at Linode. */
export class DnsZone extends Construct {
  readonly domain: string;
  private readonly zoneId: SharedValue;

  constructor(scope: Construct, id: string, { domain, contact }: DnsZoneProps) {
    super(scope, id);
    const stack = EstateStack.of(this);
    this.domain = domain;
    const zone = new Domain(this, 'resource', {
      domain,
      type: 'master',
      soaEmail: contact,
      tags: tagsOf(stack),
      lifecycle: { preventDestroy: stack.protected },
    });
    this.zoneId = new SharedValue(this, `ZONE_${domain.toUpperCase().replaceAll(/[.-]/g, '_')}`, zone.id, `The zone ${domain}`);
  }

  /** A name that belongs to the zone: the domain itself, or one below it. */
  has(name: string): boolean {
    return name === this.domain || name.endsWith(`.${this.domain}`);
  }

  /** What stands before the domain in `name`; empty for the domain itself. */
  hostOf(name: string): string {
    return name === this.domain ? '' : name.slice(0, -this.domain.length - 1);
  }

  record(scope: Construct, id: string, { host, type, target, ttl = 300 }: DnsRecord): DomainRecord {
    return new DomainRecord(scope, id, { domainId: Token.asNumber(this.zoneId.seenFrom(scope)), name: host, recordType: type, target, ttlSec: ttl });
  }

  /** Who may give certificates for names of the zone, and nobody else. */
  certificatesFrom(scope: Construct, id: string, authority: string): void {
    new DomainRecord(scope, id, {
      domainId: Token.asNumber(this.zoneId.seenFrom(scope)),
      name: '',
      recordType: 'CAA',
      tag: 'issue',
      target: authority,
      ttlSec: 300,
    });
  }
}
