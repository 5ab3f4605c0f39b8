import { count, type Paint, table } from '../../../rehearsal/runner/format';
import type { Difference } from './differences';
import type { StackDrift } from './planned';

const COLOURS = { changed: 'red', deleted: 'red', 'not deployed': 'yellow', unminded: 'dim' } as const;

/** What differs, by stack, as a table; then how it stands with the stacks, and what to do. */
export function driftReport(drifts: readonly StackDrift[], paint: Paint): string {
  const minded = drifts.flatMap(({ stack, differences }) => differences.filter(({ how }) => how !== 'unminded').map((one) => ({ stack, ...one })));
  const rows = minded.map(({ stack, address, how, what }) => [
    { text: stack },
    { text: address },
    { text: how, shown: paint(COLOURS[how], how) },
    { text: what.join(', ') },
  ]);
  const header = ['stack', 'resource', 'how', 'what'].map((text) => ({ text }));
  const untold = drifts.flatMap((drift) => (drift.state === 'cannot be told' ? [drift] : []));
  return [
    ...(rows.length > 0 ? [table([header, ...rows]).join('\n')] : []),
    ...untold.map(({ stack, error }) => `${paint('red', `${stack} cannot be planned`)}:\n${error}`),
    ...unminded(drifts.flatMap(({ differences }) => differences)),
    ...notDeployed(drifts),
    `${summary(drifts)}\n${next(minded, drifts)}`,
  ].join('\n\n');
}

function unminded(all: readonly Difference[]): string[] {
  const number = all.filter(({ how }) => how === 'unminded').length;
  return number > 0 ? [`${count(number, 'object')} changed in what no stack says anything of: nothing would be done about it. JSON=1 lists them.`] : [];
}

function notDeployed(drifts: readonly StackDrift[]): string[] {
  const names = drifts.filter(({ state }) => state === 'not deployed').map(({ stack }) => stack);
  return names.length > 0 ? [`Never deployed, and not looked at: ${names.join(', ')}`] : [];
}

function summary(drifts: readonly StackDrift[]): string {
  const states = (['as deployed', 'differs', 'not deployed', 'cannot be told'] as const).map((state) => ({
    state,
    number: drifts.filter((drift) => drift.state === state).length,
  }));
  const said = states.filter(({ number }) => number > 0).map(({ state, number }) => `${number} ${state}`);
  return `${count(drifts.length, 'stack')}: ${said.join(', ')}.`;
}

function next(minded: readonly (Difference & { readonly stack: string })[], drifts: readonly StackDrift[]): string {
  const has = (state: StackDrift['state']) => drifts.some((drift) => drift.state === state);
  if (has('cannot be told')) return 'Next: mend what is named above, and look again.';
  if (minded.length === 0 && !has('as deployed')) return 'Next: nothing was looked at. Were they deployed from another folder, their states are there.';
  if (minded.length === 0) return `Next: nothing. What runs is what the ${has('not deployed') ? 'deployed ' : ''}stacks say.`;
  const stacks = [...new Set(minded.map(({ stack }) => stack))];
  return `Next: docs/runbooks/drift.md. What somebody changed for good goes into config; the rest is set right by make deploy STACKS='${stacks.join(' ')}'`;
}
