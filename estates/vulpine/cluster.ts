import type { Construct } from 'constructs';
import type { VulpineConfig } from '../../config/vulpine';
import type { VulpineCluster as ClusterConfig } from '../../config/vulpine/cluster';
import { filesHostOf } from '../../config/vulpine/content';
import { AMAZON_AUTHORITY } from '../../constructs/aws/edge-certificate';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { DnsZone } from '../../constructs/linode/dns-zone';
import { Cluster } from '../../constructs/linode/lke/cluster';
import { Entrance } from '../../constructs/linode/lke/entrance';
import { CONTAINERS } from './containers/table';
import { zonesOf } from './names';

export interface VulpineClusterProps extends EstateStackProps {
  readonly config: VulpineConfig;
}

/** Who gives certificates to nginx. */
const AUTHORITY = 'letsencrypt.org';

/** Kubernetes, its addresses, and the names that lead there. Holds data, and a kubeconfig in its state: protected, changed rarely. */
export class VulpineCluster extends EstateStack {
  readonly cluster: Cluster;
  readonly entrance: Entrance;
  private readonly zones: readonly DnsZone[];

  constructor(scope: Construct, id: string, props: VulpineClusterProps) {
    super(scope, id, props);
    const { config } = props;
    const { shared, prod } = config;
    const { region, version, nodes, highAvailability } = prod.cluster as ClusterConfig;
    this.cluster = new Cluster(this, 'kubernetes', { label: 'vulpine', region, version, nodes, highAvailability, admins: prod.admins.ranges });
    const { listensOn: ports = [], published: reason = '' } = CONTAINERS.nginx;
    this.entrance = new Entrance(this, 'entrance', { label: 'vulpine', region, open: { ports, reason } });

    this.zones = zonesOf(config).map((domain) => new DnsZone(this, `zone-${domain.replaceAll('.', '-')}`, { domain, contact: shared.contact }));
    for (const [instance, { domain }] of Object.entries(prod.instances)) {
      const zone = this.zoneOf(domain);
      const host = zone.hostOf(domain);
      zone.record(zone, `${instance}-ipv4`, { host, type: 'A', target: this.entrance.ipv4 });
      zone.record(zone, `${instance}-ipv6`, { host, type: 'AAAA', target: this.entrance.ipv6 });
    }
    for (const zone of this.zones) {
      zone.certificatesFrom(zone, 'certificates', AUTHORITY);
      const hasFiles = Object.values(prod.instances).some((instance) => zone.has(filesHostOf(instance)));
      if (hasFiles) zone.certificatesFrom(zone, 'certificates-amazon', AMAZON_AUTHORITY);
    }
  }

  /** The zone that a name is in. */
  zoneOf(name: string): DnsZone {
    const found = this.zones.find((zone) => zone.has(name));
    if (!found) throw new Error(`${this.node.path}: ${name} is in no zone; there is ${this.zones.map(({ domain }) => domain).join(', ')}`);
    return found;
  }
}
