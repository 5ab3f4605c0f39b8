import { CertificateManagerCertificate } from '@cdktf/provider-google/lib/certificate-manager-certificate';
import { CertificateManagerCertificateMap } from '@cdktf/provider-google/lib/certificate-manager-certificate-map';
import { CertificateManagerCertificateMapEntry } from '@cdktf/provider-google/lib/certificate-manager-certificate-map-entry';
import { CertificateManagerDnsAuthorization } from '@cdktf/provider-google/lib/certificate-manager-dns-authorization';
import { Construct } from 'constructs';
import { type DnsZone, domainSlug, hostId } from './dns-zone';

export interface CertificateMapProps {
  /** Stem of the map's name; certificates are named after their hosts. */
  readonly stem: string;
  readonly zone: DnsZone;
  /** Hosts below the zone's domain, `@` for the domain itself. */
  readonly hosts: readonly string[];
}

/**
 * Google-managed certificates, one for each host: adding or removing a host touches no other host's certificate.
 * Ownership is proved by a DNS record, so a certificate is valid before the host points here.
 */
export class CertificateMap extends Construct {
  /** For an HTTPS proxy's `certificate_map`. */
  readonly reference: string;
  /** Must exist before the map serves every host. */
  readonly entries: readonly CertificateManagerCertificateMapEntry[];

  constructor(scope: Construct, id: string, { stem, zone, hosts }: CertificateMapProps) {
    super(scope, id);
    const map = new CertificateManagerCertificateMap(this, 'resource', { name: `${stem}-certificates` });
    this.entries = hosts.map((host) => {
      const domain = zone.hostname(host);
      const name = domainSlug(domain);
      const scopeOfHost = new Construct(this, hostId(host));
      const authorization = new CertificateManagerDnsAuthorization(scopeOfHost, 'authorization', { name, domain });
      zone.record(scopeOfHost, 'proof', { host: `_acme-challenge.${domain}.`, type: 'CNAME', values: [authorization.dnsResourceRecord.get(0).data] });
      const certificate = new CertificateManagerCertificate(scopeOfHost, 'certificate', {
        name,
        managed: { domains: [domain], dnsAuthorizations: [authorization.id] },
      });
      return new CertificateManagerCertificateMapEntry(scopeOfHost, 'entry', { name, map: map.name, hostname: domain, certificates: [certificate.id] });
    });
    this.reference = `//certificatemanager.googleapis.com/${map.id}`;
  }
}
