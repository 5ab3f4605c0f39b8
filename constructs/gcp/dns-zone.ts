import { DnsManagedZone } from '@cdktf/provider-google/lib/dns-managed-zone';
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { nameSeenFrom } from '../core/name-seen-from';

export interface DnsZoneProps {
  /** The domain, without the trailing dot. */
  readonly domain: string;
}

export interface DnsRecordProps {
  /** Host below the domain, `@` for the domain itself, or a whole name when it ends in a dot. */
  readonly host: string;
  readonly type: string;
  /** Seconds. @default 300 */
  readonly ttl?: number;
  readonly values: readonly string[];
}

/** A construct id for a host; capitals cannot stand in a host name, so the domain itself has an id of its own. */
export function hostId(host: string): string {
  return host === '@' ? 'APEX' : host;
}

/** A name for what belongs to a domain: Google's names have no dots and start with a letter. */
export function domainSlug(domain: string): string {
  return domain.replaceAll('.', '-').replace(/^(?=\d)/, 'd-');
}

/** A public DNS zone, signed. */
export class DnsZone extends Construct {
  readonly domain: string;
  /** The zone's name in Cloud DNS: the domain with hyphens. */
  readonly name: string;
  /** What the registrar must be told, separated by blanks. */
  readonly nameServers: string;
  private readonly zone: DnsManagedZone;

  constructor(scope: Construct, id: string, { domain }: DnsZoneProps) {
    super(scope, id);
    this.domain = domain;
    this.name = domainSlug(domain);
    this.zone = new DnsManagedZone(this, 'resource', {
      name: this.name,
      dnsName: `${domain}.`,
      description: `Public zone of ${domain}`,
      dnssecConfig: { state: 'on' },
      forceDestroy: false,
      lifecycle: { preventDestroy: EstateStack.of(this).protected },
    });
    this.nameServers = Fn.join(' ', this.zone.nameServers);
  }

  /** The full name of a host below the domain; `@` is the domain itself. */
  hostname(host: string): string {
    return host === '@' ? this.domain : `${host}.${this.domain}`;
  }

  /** Adds a record where `scope` lives: what a record points at is replaced more often than the zone. */
  record(scope: Construct, id: string, { host, type, ttl = 300, values }: DnsRecordProps): void {
    new DnsRecordSet(scope, id, {
      managedZone: nameSeenFrom(scope, this, this.zone.name, this.name),
      name: host.endsWith('.') ? host : `${this.hostname(host)}.`,
      type,
      ttl,
      rrdatas: [...values],
    });
  }
}
