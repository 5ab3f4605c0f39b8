import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../../../rehearsal/runner/failure';
import { count } from '../../../rehearsal/runner/format';
import type { Move } from './moves';
import { isSame, type State, stateIn } from './state-file';
import { TerraformIn } from './terraform-in';

/**
 * Moves one stack's state. Pulled and pushed instead of `terraform init -migrate-state`: that copies only where the stack's folder still
 * remembers the old place, which `make clean` takes away, and then starts from nothing without a word. Every part can be done again, and
 * what is on this machine stays until all is proven. Returns what became of it. @throws UsageError the copy stays
 */
export async function moveState(move: Move, signal: AbortSignal): Promise<string> {
  const { stack, file, state, resources } = move;
  if (resources === 0) {
    putAside(move);
    return 'nothing was deployed';
  }
  const terraform = new TerraformIn(stack.folder, signal);
  forgetPlace(stack.folder);
  await terraform.init();
  let there = placed(await terraform.pull(), stack.name);
  if (!there) {
    await terraform.push(resolve(file));
    there = placed(await terraform.pull(), stack.name);
  }
  // Where there was none Terraform begins a lineage of its own: by the old one a state is known again once it went on. In a
  // workspace of Terraform Cloud it cannot be set: the CLI does not pass -force on, the upload is refused, and the lock stays.
  if (there && stack.backend !== 'cloud' && there.lineage !== state.lineage && isSame(there, state)) {
    await terraform.push(resolve(file), '-force');
    there = placed(await terraform.pull(), stack.name);
  }
  if (!there) throw new UsageError(`${stack.name}: nothing arrived. ${file} stays what it is; is this the right place?`);
  refuseAnother(move, there);
  const changes = await terraform.changes();
  if (changes !== undefined) {
    throw new UsageError(
      `${stack.name}: its state is moved, but a plan finds something to change, and ${file} stays until it finds nothing:\n${changes.trim()}\nmake deploy it, then run the same command again.`,
    );
  }
  putAside(move);
  return `${count(resources, 'resource')}, the plan is empty`;
}

/** Nothing where no state was ever written: S3 and Google say nothing then, Terraform Cloud an empty one without a lineage. */
function placed(text: string, stack: string): State | undefined {
  if (text.trim() === '') return undefined;
  const state = stateIn(text, `What is at the new place of ${stack}`);
  return state.lineage === '' && state.resources.length === 0 ? undefined : state;
}

/** The same state, or one that went on from it, is fine. */
function refuseAnother({ stack, file, state }: Move, there: State): void {
  if (isSame(there, state) || (there.lineage === state.lineage && there.serial > state.serial)) return;
  const about = ({ lineage, serial, resources }: State) => `lineage ${lineage}, serial ${serial}, ${count(resources.length, 'resource')}`;
  throw new UsageError(
    `${stack.name}: another state is there already, and nobody can tell which is right:\n  here    ${about(state)}   (${file})\n  there   ${about(there)}\nNothing was written. docs/runbooks/moving-state.md says how to find out.`,
  );
}

/** The stack's folder may remember another place, and Terraform would ask what to do, or ask there. The state itself is not in it. */
function forgetPlace(folder: string): void {
  rmSync(join(folder, '.terraform/terraform.tfstate'), { force: true });
}

function putAside({ file, aside }: Move): void {
  mkdirSync(dirname(aside), { recursive: true });
  renameSync(file, aside);
  if (existsSync(`${file}.backup`)) renameSync(`${file}.backup`, `${aside}.backup`);
}
