import { type Egf2Config, type Egf2Mode, MODES } from '../../config/egf2';
import { AWS_PRICES } from '../../config/prices';
import type { ComparedCost, CostComparison } from '../../constructs/core/cost';
import { type Bill, billOf, sumOf } from './bill';

/** RethinkDB chooses no new primary with less. */
const MEMBERS_OF_A_CLUSTER = 3;

/** All three modes side by side, with everything else as the config says. */
export function egf2Cost(config: Egf2Config): CostComparison {
  const configs = MODES.map((mode) => inMode(config, mode));
  const bills = configs.map((one) => billOf(one));
  return {
    setups: MODES,
    configured: config.prod.mode,
    lines: compared(bills, 'fixed'),
    byUse: compared(bills, 'byUse'),
    notes: [...regionNote(config), ...membersNote(config), sharingNote(config, configs), sizeNote(config, configs), ...secondHandNote(bills)],
    notCounted:
      "free tiers, traffic between zones (0.01 for a GB each way at most prices), Spark's first disks, CPU credits of busy t3 machines, e-mails of alarms, calls of secrets and keys, old versions in buckets, names asked",
  };
}

/** The same estate in another mode: a cluster has three data nodes at least, the small mode the first one. */
export function inMode(config: Egf2Config, mode: Egf2Mode): Egf2Config {
  if (config.prod.mode === mode) return config;
  const [first, ...others] = Object.entries(config.prod.members) as [[string, Egf2Config['prod']['members'][string]]];
  const more = Array.from({ length: MEMBERS_OF_A_CLUSTER - 1 - others.length }, (_, i) => [`${first[0]}-${i + 2}`, first[1]] as const);
  const members = Object.fromEntries(mode === 'small' ? [first] : [first, ...others, ...more]);
  return { ...config, prod: { ...config.prod, mode, members } };
}

function compared(bills: readonly Bill[], part: keyof Bill): ComparedCost[] {
  const whats = [...new Set([...bills].reverse().flatMap((bill) => bill[part].map(({ what }) => what)))]; // the last mode has all kinds of machines
  return whats
    .map((what) => {
      const lines = bills.map((bill) => bill[part].find((line) => line.what === what));
      const { each, key } = lines.find((line) => line) as Bill['fixed'][number];
      return { what, each, amounts: lines.map((line) => line?.amount ?? 0), ...(AWS_PRICES.secondHand.includes(key) && { remark: '~' }) };
    })
    .filter(({ amounts }) => amounts.some((amount) => amount > 0));
}

function regionNote({ shared: { region } }: Egf2Config): string[] {
  const noted = Object.keys(AWS_PRICES.regions);
  return noted.includes(region) ? [] : [`No prices of ${region} are noted, only of ${noted.join(', ')}: add them to AWS_PRICES in config/prices.ts.`];
}

function membersNote({ prod: { mode, members } }: Egf2Config): string[] {
  const [first, ...others] = Object.keys(members);
  if (mode !== 'small' && others.length > 0) return [`small is counted with ${first} alone.`];
  if (others.length + 1 < MEMBERS_OF_A_CLUSTER)
    return [`Modes that are not configured are counted with ${MEMBERS_OF_A_CLUSTER} data nodes like ${first}, small with one.`];
  return [];
}

function sharingNote({ prod: { loadBalancing } }: Egf2Config, configs: readonly Egf2Config[]): string {
  const other = loadBalancing === 'shared' ? 'perService' : 'shared';
  const differences = configs
    .map((config) => [config, { ...config, prod: { ...config.prod, loadBalancing: other } }] as const)
    .map(([one, changed]) => ({ mode: one.prod.mode, saved: sumOf(billOf(one)) - sumOf(billOf(changed)) }))
    .filter(({ mode }) => mode !== 'small');
  const figures = differences.map(({ mode, saved }) => `${Math.abs(saved).toFixed(2)} of ${mode}`).join(', ');
  return loadBalancing === 'shared'
    ? `"loadBalancing": "shared" is configured: one load balancer inside for all services. One for each would cost ${figures.replaceAll(' of ', ' more in ')}.`
    : `"loadBalancing": "shared", one load balancer inside for all services, would save ${figures}.`;
}

function sizeNote({ prod: { services } }: Egf2Config, configs: readonly Egf2Config[]): string {
  const machines = (size: 'min' | 'max') => Object.values(services).reduce((sum, service) => sum + service[size], 0);
  const more = configs
    .filter(({ prod }) => prod.mode !== 'small')
    .map((config) => `${(sumOf(billOf(config, 'max')) - sumOf(billOf(config))).toFixed(2)} more in ${config.prod.mode}`);
  return `Services are counted with the fewest machines, ${machines('min')}. The most, ${machines('max')}, would cost ${more.join(', ')}.`;
}

function secondHandNote(bills: readonly Bill[]): string[] {
  const used = bills
    .flatMap(({ fixed, byUse }) => [...fixed, ...byUse])
    .some(({ key, amount, each }) => amount > 0 && each && AWS_PRICES.secondHand.includes(key));
  return used ? ["~ This price is third parties', not AWS's own list."] : [];
}
