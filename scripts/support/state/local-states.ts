import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../../rehearsal/runner/failure';
import type { Stack } from '../../../rehearsal/runner/stack';
import { hasArrived } from './arrival';

/** Where states lie that are kept on this machine, whatever folder the stacks were synthesized to. */
export const STATE_FOLDER = '.state';

export function localFile({ name }: Stack): string {
  return join(STATE_FOLDER, `${name}.tfstate`);
}

/** How it is with the state that a stack has on this machine. An empty file is no state to Terraform: it would make everything again. */
export function localState(stack: Stack): 'none' | 'lost' | 'broken' | 'empty' | 'deployed' {
  const file = localFile(stack);
  if (!existsSync(file)) return existsSync(`${file}.backup`) ? 'lost' : 'none';
  try {
    const { resources } = JSON.parse(readFileSync(file, 'utf8')) as { resources: unknown[] };
    return resources.length > 0 ? 'deployed' : 'empty';
  } catch {
    return 'broken';
  }
}

/**
 * For what is about to change the world by these stacks: from a state that is spoilt or left behind, Terraform would make again what is there.
 * @throws UsageError naming each file
 */
export function refuseUnsafeStates(stacks: Iterable<Stack>): void {
  const all = [...stacks];
  const files = (those: readonly Stack[]) => those.map((stack) => `\n  ${localFile(stack)}`).join('');
  const broken = all.filter((stack) => stack.backend === 'local' && localState(stack) === 'broken');
  if (broken.length > 0) {
    throw new UsageError(
      `No state that Terraform wrote:${files(broken)}\nBring a good copy back (there may be a .backup beside it), or delete the file if nothing was ever deployed. Nothing was changed.`,
    );
  }
  const isHere = (stack: Stack) => ['deployed', 'broken'].includes(localState(stack)) && !hasArrived(localFile(stack));
  const left = all.filter((stack) => stack.backend !== 'local' && isHere(stack));
  if (left.length > 0) {
    throw new UsageError(
      `These stacks keep their state elsewhere now, and what was deployed is still known here only:${files(left)}\nMove it first: make bootstrap. Nothing was changed.`,
    );
  }
}
