import { type Egf2Config, type Egf2Mode, MODES } from '../../config/egf2';
import { AWS_PRICES } from '../../config/prices';
import type { ComparedCost, CostComparison } from '../../constructs/core/cost';
import { billOf, difference, type Egf2Bill } from './bill';

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
    notes: [
      ...regionNote(config),
      'What is paid by use is assumed: estates/egf2/usage.ts.',
      ...membersNote(config),
      ...sharingNote(config, configs),
      ...sizeNote(config, configs),
      ...secondHandNote(bills),
    ],
    notCounted:
      "free tiers, traffic between zones (about 0.01 a GB, each way), Spark's first disks, CPU credits of busy t3 machines, e-mails of alarms, calls of secrets and keys, old versions in buckets, questions for names",
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

function compared(bills: readonly Egf2Bill[], part: keyof Egf2Bill): ComparedCost[] {
  const whats = [...new Set([...bills].reverse().flatMap((bill) => bill[part].map(({ what }) => what)))]; // the last mode has all kinds of machines
  return whats
    .map((what) => {
      const lines = bills.map((bill) => bill[part].find((line) => line.what === what));
      const { each, key } = lines.find((line) => line) as Egf2Bill['fixed'][number];
      return { what, each, amounts: lines.map((line) => line?.amount ?? 0), ...(each !== undefined && AWS_PRICES.secondHand.includes(key) && { remark: '~' }) };
    })
    .filter(({ amounts }) => amounts.some((amount) => amount > 0));
}

function regionNote({ shared: { region } }: Egf2Config): string[] {
  const noted = Object.keys(AWS_PRICES.regions);
  return noted.includes(region) ? [] : [`No prices of ${region} are noted, only of ${noted.join(', ')}: add them to AWS_PRICES in config/prices.ts.`];
}

function membersNote({ prod: { mode, members } }: Egf2Config): string[] {
  const [first, ...others] = Object.keys(members);
  const padded = others.length === 0 ? MODES.filter((other) => other !== mode && other !== 'small') : [];
  return [
    ...(padded.length > 0 ? [`${padded.join(' and ')}: counted with ${MEMBERS_OF_A_CLUSTER} data nodes like ${first}.`] : []),
    ...(mode !== 'small' && others.length > 0 ? [`small: counted with ${first} alone.`] : []),
  ];
}

function sharingNote({ prod: { loadBalancing } }: Egf2Config, configs: readonly Egf2Config[]): string[] {
  const shared = (one: Egf2Config, how: 'shared' | 'perService') => billOf({ ...one, prod: { ...one.prod, loadBalancing: how } });
  const saved = inLargeModes(configs, (one) => difference(shared(one, 'shared'), shared(one, 'perService')));
  if (!saved) return [];
  return loadBalancing === 'shared'
    ? [`"loadBalancing": "shared" is configured, one load balancer inside for all services; one for each would cost more: ${saved}.`]
    : [`"loadBalancing": "shared", one load balancer inside for all services, would save: ${saved}.`];
}

function sizeNote({ prod: { services } }: Egf2Config, configs: readonly Egf2Config[]): string[] {
  const machines = (size: 'min' | 'max') => Object.values(services).reduce((sum, service) => sum + service[size], 0);
  const more = inLargeModes(configs, (one) => difference(billOf(one), billOf(one, 'max')));
  return more ? [`Services are counted with the fewest machines, ${machines('min')}; with the most, ${machines('max')}, they would cost more: ${more}.`] : [];
}

/** A figure for each mode that has groups; undefined: a price is missing. */
function inLargeModes(configs: readonly Egf2Config[], figure: (config: Egf2Config) => number | undefined): string | undefined {
  const figures = configs.filter(({ prod }) => prod.mode !== 'small').map((one) => ({ mode: one.prod.mode, value: figure(one) }));
  if (figures.some(({ value }) => value === undefined)) return undefined;
  return figures.map(({ mode, value }) => `${value?.toFixed(2)} in ${mode}`).join(', ');
}

function secondHandNote(bills: readonly Egf2Bill[]): string[] {
  const used = bills
    .flatMap(({ fixed, byUse }) => [...fixed, ...byUse])
    .some(({ key, amount, each }) => amount > 0 && each && AWS_PRICES.secondHand.includes(key));
  return used ? ["~ This price is third parties', not AWS's own list."] : [];
}
