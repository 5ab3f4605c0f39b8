import { Failure } from './failure';
import type { Change } from './plan';

/** How many objects that run already a plan takes over. Throws when it would destroy one of them, be it to make another in its place. */
export function takenOver(changes: readonly Change[]): number {
  const ids = new Map(changes.filter(({ kind }) => kind === 'imported').map(({ address, detail }) => [address, detail]));
  const lost = changes.filter(({ kind, address }) => (kind === 'destroyed' || kind === 'replaced') && ids.has(address));
  if (lost.length > 0) throw new Failure('taking over', problemOf(lost, ids));
  return ids.size;
}

function problemOf(lost: readonly Change[], ids: ReadonlyMap<string, string | undefined>): string {
  return [
    'What runs already would be destroyed, not taken over:',
    ...lost.map(({ address, kind, detail }) => `  ${address} (${ids.get(address) ?? 'an id not known yet'}): ${kind}${detail ? ` ${detail}` : ''}`),
    'Have config say what runs, or take the name out of adopt: docs/runbooks/adopting.md, "When the plan wants to replace something"',
  ].join('\n');
}
