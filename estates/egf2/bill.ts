import type { Egf2Config } from '../../config/egf2';
import { AWS_PRICES, type AwsRegionPrices } from '../../config/prices';
import { BROKER_ZONES, MACHINE_DISK_GB, MACHINE_METRICS, SPARK_DISK_GB } from '../../constructs/aws/sizes';
import type { Bill, BillLine } from '../../constructs/core/cost';
import { SERVICE_NAMES, SERVICES } from '../../services/contracts/egf2-services';
import { MONTH_HOURS } from '../../services/contracts/task-cost';
import { USAGE } from './usage';

/** A line of egf2's bill. */
export interface PricedLine extends BillLine {
  /** What is paid for: lines of one key have one price. */
  readonly key: string;
}

/** What egf2 costs a month in one set-up. */
export type Egf2Bill = Bill<PricedLine>;

/** Which size groups of machines have. */
export type GroupSize = 'min' | 'max';

/** Alarms that a group makes for itself to follow its load: too much, too little. */
const ALARMS_OF_A_POLICY = 2;

/** What the estate pays for in a month. Lines that its mode does not have are there with the amount 0, so that modes compare line by line. */
export function billOf(config: Egf2Config, size: GroupSize = 'min'): Egf2Bill {
  const prices = AWS_PRICES.regions[config.shared.region];
  const { machines, spark } = machinesOf(config, size);
  const line = (key: string, what: string, amount: number, price: (prices: AwsRegionPrices) => number | undefined): PricedLine => {
    const each = prices && price(prices);
    return { key, what, each, amount };
  };
  const hourly = (key: string, what: string, amount: number, price: (prices: AwsRegionPrices) => number | undefined): PricedLine => {
    const { each, ...rest } = line(key, what, amount, price);
    return { ...rest, each: each && each * MONTH_HOURS };
  };
  const { prod } = config;
  const { mode, zones, members, queue, loadBalancing } = prod;
  const small = mode === 'small';
  const bigData = mode === 'bigData';
  const withPort = SERVICE_NAMES.filter((name) => SERVICES[name].port).length;
  const inside = small ? 0 : loadBalancing === 'shared' ? 1 : withPort;
  const brokers = small ? 0 : Math.min(zones.length, BROKER_ZONES);
  const own = machines.reduce((sum, { count }) => sum + count, 0);
  const dataGb = Object.values(members).reduce((sum, member) => sum + member.dataGb, 0);
  const buckets = [USAGE.buckets.config, USAGE.buckets.uploads, USAGE.buckets.logs, ...(bigData ? [USAGE.buckets.lake] : [])];
  const ofBuckets = (part: 'gb' | 'writesThousand' | 'readsThousand') => buckets.reduce((sum, usage) => sum + usage[part], 0);
  const { keyspaces } = USAGE;
  const ifBigData = (amount: number) => (bigData ? amount : 0);

  return {
    fixed: [
      ...machines.map(({ what, type, count }) => hourly(`machine ${type}`, `${what}: ${type}`, count, (p) => p.instanceHour[type])),
      hourly(`machine ${spark.type}`, `Spark: ${spark.type}`, spark.count, (p) => p.instanceHour[spark.type]),
      hourly(`emr ${spark.type}`, `Spark: EMR's share of a ${spark.type}`, spark.count, (p) => p.emrHour[spark.type]),
      line('gp3', "GB of gp3: data nodes' data", dataGb, (p) => p.gp3GbMonth),
      line('gp3', "GB of gp3: machines' first disks", own * MACHINE_DISK_GB, (p) => p.gp3GbMonth),
      line('gp3', "GB of gp3: Spark's disks", spark.count * SPARK_DISK_GB, (p) => p.gp3GbMonth),
      line('metric', 'metrics: detailed monitoring of a machine', own * MACHINE_METRICS, (p) => p.metricMonth),
      hourly('load balancer', 'load balancers: clients call it', 1, (p) => p.loadBalancerHour),
      hourly('load balancer', 'load balancers: inside', inside, (p) => p.loadBalancerHour),
      hourly('nat', 'NAT gateways', 1, (p) => p.natHour),
      hourly('address', 'public IPv4 addresses: NAT, entry in each zone', 1 + zones.length, (p) => p.addressHour),
      hourly('endpoint', 'endpoint of Keyspaces, in each zone', ifBigData(zones.length), (p) => p.endpointHour),
      hourly(`broker ${queue.instanceType}`, `brokers of MSK: ${queue.instanceType}`, brokers, (p) => p.brokerHour[queue.instanceType]),
      line('broker GB', "GB of the brokers' storage", brokers * queue.dataGb, (p) => p.brokerGbMonth),
      line('zone', 'zones of Route 53', 2, (p) => p.zoneMonth),
      line('key', 'keys: of what alarms tell', 1, (p) => p.keyMonth),
      line('secret', 'secrets', ifBigData(1), (p) => p.secretMonth),
      line('alarm', 'alarms, and those that groups follow their load by', alarmsOf(config), (p) => p.alarmMonth),
    ],
    byUse: [
      line('lcu', 'capacity unit hours of load balancers', (USAGE.entryLcu + (small ? 0 : USAGE.insideLcu)) * MONTH_HOURS, (p) => p.lcuHour),
      line('nat GB', `GB through NAT: ${USAGE.natGbPerMachine} for a machine`, (own + spark.count) * USAGE.natGbPerMachine, (p) => p.natGb),
      line('out GB', 'GB to clients', USAGE.outGb, (p) => p.outGb),
      line('log GB', "GB of the brokers' logs", small ? 0 : USAGE.logGb, (p) => p.logGb),
      line('snapshot GB', "GB in snapshots of data nodes' data", Object.keys(members).length * USAGE.snapshotGbPerNode, (p) => p.snapshotGbMonth),
      line('s3 GB', 'GB in S3', ofBuckets('gb'), (p) => p.s3GbMonth),
      line('s3 writes', 'thousand writes to S3', ofBuckets('writesThousand'), (p) => p.s3WriteThousand),
      line('s3 reads', 'thousand reads from S3', ofBuckets('readsThousand'), (p) => p.s3ReadThousand),
      line('keyspaces reads', 'million units read from Keyspaces', ifBigData(keyspaces.readMillions), (p) => p.keyspacesReadMillion),
      line('keyspaces writes', 'million units written to Keyspaces', ifBigData(keyspaces.writeMillions), (p) => p.keyspacesWriteMillion),
      line('keyspaces GB', 'GB in Keyspaces', ifBigData(keyspaces.gb), (p) => p.keyspacesGbMonth),
      line('keyspaces backup', 'GB of its point-in-time recovery', ifBigData(keyspaces.gb), (p) => p.keyspacesBackupGbMonth),
      line('endpoint GB', 'GB through the endpoint of Keyspaces', ifBigData(keyspaces.endpointGb), (p) => p.endpointGb),
    ],
  };
}

/** What `to` costs more a month than `from`, US dollars; undefined: something that differs has no price. Of one estate in one mode, with the same types. */
export function difference(from: Egf2Bill, to: Egf2Bill): number | undefined {
  const lines = (bill: Egf2Bill) => [...bill.fixed, ...bill.byUse];
  return lines(to).reduce<number | undefined>((sum, { each, amount }, i) => {
    const more = amount - (lines(from)[i] as PricedLine).amount;
    if (more === 0 || sum === undefined) return sum;
    return each === undefined ? undefined : sum + each * more;
  }, 0);
}

/** Machines of our own by what they are and their type, and Spark's. */
function machinesOf({ prod: { mode, members, subsystems, services, spark } }: Egf2Config, size: GroupSize) {
  const small = mode === 'small';
  const counted = (what: string, list: readonly { readonly type: string; readonly count: number }[]) =>
    [...new Set(list.map(({ type }) => type))].map((type) => ({
      what,
      type,
      count: list.filter((one) => one.type === type).reduce((sum, { count }) => sum + count, 0),
    }));
  return {
    machines: [
      ...counted(
        'data nodes',
        Object.values(members).map(({ instanceType }) => ({ type: instanceType, count: 1 })),
      ),
      { what: 'all services on one', type: subsystems.instanceType, count: small ? 1 : 0 },
      ...counted(
        'services',
        Object.values(services).map((service) => ({ type: service.instanceType, count: small ? 0 : service[size] })),
      ),
    ],
    spark: { type: spark.instanceType, count: mode === 'bigData' ? spark.workers + 1 : 0 },
  };
}

/** One for each data node, group and target group; and those of groups that change their size. */
function alarmsOf({ prod: { mode, members, services } }: Egf2Config): number {
  const nodes = Object.keys(members).length;
  if (mode === 'small') return nodes + 2; // one group, one target: nginx
  const targets = SERVICE_NAMES.map((name) => {
    const { port, webSocketPort, publicPaths = [], publicWebSocketPaths = [] } = SERVICES[name];
    return [port, port && publicPaths.length > 0, webSocketPort && publicWebSocketPaths.length > 0].filter(Boolean).length;
  }).reduce((sum, count) => sum + count, 0);
  const changing = Object.values(services).filter(({ min, max }) => max > min).length;
  return nodes + SERVICE_NAMES.length + targets + changing * ALARMS_OF_A_POLICY;
}
