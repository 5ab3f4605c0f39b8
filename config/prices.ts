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
