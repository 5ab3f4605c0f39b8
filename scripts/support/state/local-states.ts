import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../../rehearsal/runner/failure';
import type { Stack } from '../../../rehearsal/runner/stack';
import { hasArrived } from './arrival';

/** Where states lie that are kept on this machine, whatever folder the stacks were synthesized to. */
export const STATE_FOLDER = '.state';

export function localFile({ name }: Stack): string {
  return join(STATE_FOLDER, `${name}.tfstate`);
}

/** How it is with the state that a stack has on this machine. */
export type LocalState =
  | 'none'
  | 'empty'
  | 'deployed'
  /** Only a copy of it is here. */
  | 'lost'
  /** An empty file, too, is no state to Terraform: it would make everything again. */
  | 'broken'
  /** It went on elsewhere: what is here is what it was. */
  | 'moved';

export function localState(stack: Stack): LocalState {
  const file = localFile(stack);
  if (!existsSync(file)) return existsSync(`${file}.backup`) ? 'lost' : movedCopies(stack).length > 0 ? 'moved' : 'none';
  if (hasArrived(file)) return 'moved';
  const resources = resourcesIn(file);
  return resources === undefined ? 'broken' : resources > 0 ? 'deployed' : 'empty';
}

/** Copies of a state that were put aside once it had been moved, of something that was deployed. */
export function movedCopies({ name }: Stack): string[] {
  const folder = join(STATE_FOLDER, 'moved');
  if (!existsSync(folder)) return [];
  const copies = readdirSync(folder).filter((file) => file.startsWith(`${name}.`) && /^\.\d+(\.\d+)?\.tfstate$/.test(file.slice(name.length)));
  return copies.map((file) => join(folder, file)).filter((file) => resourcesIn(file) !== 0);
}

function resourcesIn(file: string): number | undefined {
  try {
    const { resources } = JSON.parse(readFileSync(file, 'utf8')) as { resources: unknown[] };
    return resources.length;
  } catch {
    return undefined;
  }
}

/** What is to be done about a state on this machine from which Terraform would make again what is there. */
const REFUSED: Partial<Readonly<Record<LocalState, readonly [is: string, mend: string]>>> = {
  broken: ['No state that Terraform wrote', 'Bring a good copy back (there may be a .backup beside it), or delete the file if nothing was ever deployed.'],
  lost: ['Gone, but for the .backup beside it', 'Bring it back from that, or delete the .backup if nothing is deployed any more.'],
  moved: [
    'Moved elsewhere, and the config names no other place now',
    'Name it again (TF_CLOUD_ORGANIZATION, or shared.backend in estates.json). To keep it here again: "Going back" in docs/runbooks/moving-state.md.',
  ],
};

/**
 * For what is about to change the world by these stacks: from a state that is spoilt or left behind, Terraform would make again what is there.
 * @throws UsageError naming each file
 */
export function refuseUnsafeStates(stacks: Iterable<Stack>): void {
  const all = [...stacks];
  const files = (those: readonly Stack[]) => those.map((stack) => `\n  ${localFile(stack)}`).join('');
  for (const [state, [is, mend]] of Object.entries(REFUSED)) {
    const those = all.filter((stack) => stack.backend === 'local' && localState(stack) === state);
    if (those.length > 0) throw new UsageError(`${is}:${files(those)}\n${mend} Nothing was changed.`);
  }
  const left = all.filter((stack) => stack.backend !== 'local' && ['deployed', 'broken'].includes(localState(stack)));
  if (left.length > 0) {
    throw new UsageError(
      `These stacks keep their state elsewhere now, and what was deployed is still known here only:${files(left)}\nMove it first: make bootstrap. Nothing was changed.`,
    );
  }
}
