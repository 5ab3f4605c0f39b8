import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../../../rehearsal/runner/failure';
import { count } from '../../../rehearsal/runner/format';
import type { Stack } from '../../../rehearsal/runner/stack';
import { resourcesInState } from '../../../rehearsal/runner/state';
import { localFile, STATE_FOLDER } from './local-states';
import { type State, stateIn } from './state-file';

/** A stack whose state is on this machine, and belongs elsewhere. */
export interface Move {
  readonly stack: Stack;
  /** The local copy. */
  readonly file: string;
  readonly state: State;
  readonly resources: number;
  /** Where the copy is put once nobody needs it any more: never deleted. */
  readonly aside: string;
}

/** What of the chosen stacks is still to be moved, each after those it depends on. */
export function movesOf(stacks: Iterable<Stack>): Move[] {
  const moves: Move[] = [];
  const busy: string[] = [];
  for (const stack of stacks) {
    const file = localFile(stack);
    if (stack.backend === 'local' || !existsSync(file)) continue;
    const lock = join(dirname(file), `.${stack.name}.tfstate.lock.info`);
    if (existsSync(lock)) busy.push(`  ${stack.name}   ${lock}`);
    const state = stateIn(readFileSync(file, 'utf8'), file);
    const aside = join(STATE_FOLDER, 'moved', `${stack.name}.${state.serial}.tfstate`);
    moves.push({ stack, file, state, resources: resourcesInState(file).length, aside });
  }
  if (busy.length > 0) {
    throw new UsageError(
      `Somebody is deploying these on this machine, or was killed over it:\n${busy.join('\n')}\nWait for it. Where nothing runs any more, delete that file, make plan, and come back.`,
    );
  }
  return moves;
}

/** As a person would say it. */
export function saysMove({ stack, state, resources }: Move): string {
  if (resources === 0) return `put the state of ${stack.name} aside: nothing is deployed`;
  return `move the state of ${stack.name} (${count(resources, 'resource')}, serial ${state.serial}) to ${stack.backend}`;
}

/** States of this machine that belong to no stack there is: of a config that was, or a stack that is called otherwise now. */
export function strayStates(known: ReadonlySet<string>): string[] {
  if (!existsSync(STATE_FOLDER)) return [];
  const names = readdirSync(STATE_FOLDER).flatMap((name) => /^(?!\.)(.+)\.tfstate$/.exec(name)?.[1] ?? []);
  return names.filter((name) => !known.has(name)).sort();
}
