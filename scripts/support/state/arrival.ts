import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Move } from './moves';
import type { State } from './state-file';

type Mark = Pick<State, 'lineage' | 'serial'>;

/**
 * As what a local copy arrived, noted beside it until it is put aside: from then on the state there counts, and may be deployed from, though the
 * copy is still here. Where there was no state Terraform begins a lineage of its own, in a
 * bucket as at Terraform Cloud. It could be set back with `push -force`, but that asks nobody, and writes over what somebody has deployed
 * there since the last look; so the new one stays, and what goes on under it is known by this.
 */
interface Arrival {
  readonly here: Mark;
  readonly there: Mark;
}

export function noteArrival({ file, state }: Move, there: State): void {
  const mark = ({ lineage, serial }: State): Mark => ({ lineage, serial });
  writeFileSync(nameOf(file), JSON.stringify({ here: mark(state), there: mark(there) } satisfies Arrival));
}

/** Whether exactly this copy has arrived. */
export function hasArrived(file: string): boolean {
  try {
    const { here } = JSON.parse(readFileSync(nameOf(file), 'utf8')) as Arrival;
    const { lineage, serial } = JSON.parse(readFileSync(file, 'utf8')) as State;
    return here.lineage === lineage && here.serial === serial;
  } catch {
    return false; // none, or half of one: nobody knows
  }
}

/** Whether what is there went on from what arrived of exactly this copy. */
export function wentOnFrom({ file, state }: Move, there: State): boolean {
  try {
    const { here, there: then } = JSON.parse(readFileSync(nameOf(file), 'utf8')) as Arrival;
    return here.lineage === state.lineage && here.serial === state.serial && then.lineage === there.lineage && there.serial > then.serial;
  } catch {
    return false; // none, or half of one: nobody knows
  }
}

export function forgetArrival({ file }: Move): void {
  rmSync(nameOf(file), { force: true });
}

/** Not the name of a state: nobody takes it for one. */
function nameOf(file: string): string {
  return `${file}.arrived`;
}
