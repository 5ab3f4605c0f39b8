import { AWS_PRICES, LINODE_PRICES } from '../../config/prices';
import type { VulpineConfig, VulpineEnvironment } from '../../config/vulpine';
import type { VulpineCluster } from '../../config/vulpine/cluster';
import type { Bill, BillLine } from '../../constructs/core/cost';
import { USAGE } from './usage';

/** What the estate costs a month with these values. */
export function billOf({ shared, prod }: VulpineConfig): Bill {
  const instances = Object.keys(prod.instances).length;
  return { fixed: prod.cluster ? clusterBill(prod.cluster, instances) : hostBill(prod), byUse: deliveryOf(shared.content.region, instances) };
}

function hostBill({ topology, hosts }: VulpineEnvironment): BillLine[] {
  const types = new Map<string, number>();
  for (const { type } of Object.values(hosts)) types.set(type, (types.get(type) ?? 0) + 1);
  return [
    ...[...types].map(([type, amount]) => ({ what: `hosts: ${type}`, each: LINODE_PRICES.machineMonth[type], amount })),
    ...[...types].map(([type, amount]) => ({ what: `backups of a ${type}`, each: LINODE_PRICES.backupMonth[type], amount })),
    ...(topology === 'multi-server' ? [{ what: 'NodeBalancer', each: LINODE_PRICES.nodeBalancerMonth, amount: 1 }] : []),
  ];
}

/** With as many nodes as there are at least. */
function clusterBill({ nodes, highAvailability, volumesGb }: VulpineCluster, instances: number): BillLine[] {
  const gb = Object.values(volumesGb).reduce((sum, one) => sum + one, 0) * instances;
  return [
    { what: `nodes: ${nodes.type}`, each: LINODE_PRICES.machineMonth[nodes.type], amount: nodes.count },
    ...(highAvailability ? [{ what: 'control plane on several machines', each: LINODE_PRICES.highAvailabilityMonth, amount: 1 }] : []),
    { what: 'GB of disks', each: LINODE_PRICES.volumeGbMonth, amount: gb },
    { what: 'NodeBalancer', each: LINODE_PRICES.nodeBalancerMonth, amount: 1 },
  ];
}

/** Each instance is as busy as the real one was. */
function deliveryOf(region: string, instances: number): BillLine[] {
  const { media, delivery } = USAGE;
  const { cloudFront, regions } = AWS_PRICES;
  const s3 = regions[region];
  return [
    { what: 'S3: GB of media', each: s3?.s3GbMonth, amount: media.gb * instances },
    { what: 'S3: thousand writes', each: s3?.s3WriteThousand, amount: media.writesThousand * instances },
    { what: 'S3: thousand reads', each: s3?.s3ReadThousand, amount: media.readsThousand * instances },
    { what: 'CloudFront: GB to people', each: cloudFront.outGb, amount: delivery.gb * instances },
    { what: 'CloudFront: ten thousand requests', each: cloudFront.httpsTenThousand, amount: delivery.requestsTenThousand * instances },
  ];
}
