import { count, type Paint, table } from './format';
import { LIMITS } from './lifecycle-report';
import type { Change, ChangeKind } from './plan';
import type { StackUpgrade } from './upgrade';

export interface UpgradeReport {
  readonly upgrades: readonly StackUpgrade[];
  /** The revision or file that was deployed first. */
  readonly from: string;
  /** Of the whole rehearsal. */
  readonly seconds: number;
}

const KINDS: readonly ChangeKind[] = ['created', 'imported', 'changed', 'moved', 'forgotten', 'replaced', 'destroyed'];

/** Whether every stack could be upgraded and nothing that holds data goes. */
export function isSafe({ upgrades }: UpgradeReport): boolean {
  return upgrades.every(({ failure, skippedFor, going }) => !failure && !skippedFor && going.length === 0);
}

/** Stack by stack what would happen, then what stands in the way. */
export function upgradeReport(report: UpgradeReport, paint: Paint): string {
  const { upgrades, from, seconds } = report;
  const width = Math.max(0, ...upgrades.map(({ stack }) => stack.length));
  const lines = upgrades.flatMap((upgrade) => [`${upgrade.stack.padEnd(width)}   ${headline(upgrade, paint)}`, ...details(upgrade, paint)]);
  const going = upgrades.flatMap(({ stack, going }) => going.map(({ address }) => `  ${stack}: ${address}`));
  const failures = upgrades.flatMap(({ stack, failure }) => (failure ? ['', paint('red', `${stack} failed in ${failure.phase}:`), '', failure.output] : []));
  return [
    ...lines,
    ...failures,
    ...(going.length > 0
      ? [
          '',
          paint('red', `Not safe: ${going.length === 1 ? 'this holds data or is protected, and would go' : 'these hold data or are protected, and would go'}:`),
          ...going,
        ]
      : []),
    '',
    `Upgrade from ${from}: ${count(upgrades.length, 'stack')}, ${seconds.toFixed(1)} s. ${isSafe(report) ? 'Nothing that holds data goes.' : 'Not as it is.'} ${LIMITS}`,
    next(report, going.length > 0),
  ].join('\n');
}

function headline({ stack, presence, changes, unmanaged, going, failure, skippedFor }: StackUpgrade, paint: Paint): string {
  if (skippedFor) return paint('yellow', `skipped (needs ${skippedFor})`);
  if (presence === 'gone') {
    const text = `not synthesized any more: ${count(unmanaged.length, 'resource')} no longer managed, the state stays (.state/${stack}.tfstate, or the workspace of that name)`;
    return going.length > 0 ? paint('red', text) : text;
  }
  const sums = KINDS.map((kind) => [kind, changes.filter((change) => change.kind === kind).length] as const).filter(([, sum]) => sum > 0);
  const text = sums.map(([kind, sum]) => `${sum} ${kind}`).join(', ') || (failure ? '' : 'unchanged');
  return [presence === 'new' ? 'new stack:' : '', text, failure ? paint('red', `FAILED in ${failure.phase}`) : ''].filter(Boolean).join(' ');
}

function details({ presence, changes, unmanaged, going }: StackUpgrade, paint: Paint): string[] {
  const goes = new Set(going.map(({ address }) => address));
  if (presence === 'gone') return unmanaged.map(({ address }) => `    ${address}${goes.has(address) ? paint('red', '   holds data') : ''}`);
  // A new stack is created whole: its name says it.
  const shown = presence === 'new' ? changes.filter(({ kind }) => kind !== 'created') : changes;
  return table(shown.map((change) => [word(change, goes, paint), { text: change.address }, { text: change.detail ?? '' }])).map((line) => `    ${line}`);
}

function word({ kind, address }: Change, goes: ReadonlySet<string>, paint: Paint): { text: string; shown: string } {
  const loses = kind === 'destroyed' || kind === 'replaced';
  const text = loses && goes.has(address) ? kind.toUpperCase() : kind;
  return { text, shown: loses ? paint(goes.has(address) ? 'red' : 'yellow', text) : text };
}

function next(report: UpgradeReport, goes: boolean): string {
  if (isSafe(report)) return 'Next: make plan, with an account';
  return goes
    ? 'Next: keep what holds data (a moved block for a new name, the old value for an argument), or move the data first and turn protection off on purpose'
    : 'Next: mend what is shown above and rehearse again; --keep DIR keeps the folders that Terraform ran in';
}
