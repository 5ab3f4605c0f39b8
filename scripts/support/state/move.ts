import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join, parse, resolve } from 'node:path';
import { UsageError } from '../../../rehearsal/runner/failure';
import { count } from '../../../rehearsal/runner/format';
import { forgetArrival, noteArrival, wentOnFrom } from './arrival';
import type { Move } from './moves';
import { forgetPlace } from './remembered-place';
import { isSame, type State, stateIn } from './state-file';
import { TerraformIn } from './terraform-in';

/**
 * Moves one stack's state. Pulled and pushed instead of `terraform init -migrate-state`: that copies only where the stack's folder still
 * remembers the old place, which `make clean` takes away, and then starts from nothing without a word. Every part can be done again, and
 * what is on this machine stays until all is proven. Returns what became of it. @throws UsageError the copy stays
 */
export async function moveState(move: Move, signal: AbortSignal): Promise<string> {
  const { stack, file, state, resources } = move;
  if (resources === 0) return `nothing was deployed${putAside(move)}`;
  const terraform = new TerraformIn(stack.folder, signal);
  forgetPlace(stack);
  await terraform.init();
  let there = placed(await terraform.pull(), stack.name);
  const sent = there === undefined;
  if (sent) {
    const refused = await terraform.push(resolve(file)).catch((error: unknown) => error);
    there = placed(await terraform.pull(), stack.name);
    // where it has arrived all the same, a run that was killed has left a terraform behind that sent it a moment earlier
    if (refused && !there) throw refused;
  }
  if (!there) throw new UsageError(`${stack.name}: nothing arrived. ${file} stays what it is; is this the right place?`);
  refuseAnother(move, there, sent);
  if (isSame(there, state)) noteArrival(move, there);
  const changes = await terraform.changes();
  if (changes !== undefined) {
    throw new UsageError(
      `${stack.name}: its state is moved, but a plan finds something to change, and ${file} stays until it finds nothing:\n${changes.trim()}\nmake deploy it, then run the same command again.`,
    );
  }
  return `${count(resources, 'resource')}, the plan is empty${putAside(move)}`;
}

/** Nothing where no state was ever written: S3 and Google say nothing then, Terraform Cloud an empty one without a lineage. */
function placed(text: string, stack: string): State | undefined {
  if (text.trim() === '') return undefined;
  const state = stateIn(text, `What is at the new place of ${stack}`);
  return state.lineage === '' && state.resources.length === 0 ? undefined : state;
}

/** The same state, or one that went on from it, is fine. */
function refuseAnother(move: Move, there: State, sent: boolean): void {
  const { stack, file, state } = move;
  if (isSame(there, state) || (there.lineage === state.lineage && there.serial > state.serial) || wentOnFrom(move, there)) return;
  const about = ({ lineage, serial, resources }: State) => `lineage ${lineage}, serial ${serial}, ${count(resources.length, 'resource')}`;
  throw new UsageError(
    `${stack.name}: another state is there already, and nobody can tell which is right:\n  here    ${about(state)}   (${file})\n  there   ${about(there)}\n${sent ? 'It came when this was sent.' : 'Nothing was written.'} docs/runbooks/moving-state.md says how to find out.`,
  );
}

/** Returns what is to be said of it beside. @throws UsageError it stays */
function putAside(move: Move): string {
  const { stack, file, aside } = move;
  try {
    refuseChanged(move);
    const free = freeName(aside);
    mkdirSync(dirname(free), { recursive: true });
    renameSync(file, free);
    if (existsSync(`${file}.backup`)) renameSync(`${file}.backup`, `${free}.backup`);
    forgetArrival(move);
    return '';
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (existsSync(file)) throw new UsageError(`${stack.name}: all is at its new place, but ${file} cannot be put aside: ${(error as Error).message}`);
    forgetArrival(move);
    return `; another make bootstrap has put ${file} aside meanwhile`;
  }
}

/** Somebody may have deployed from here while it was on its way. */
function refuseChanged({ stack, file, state }: Move): void {
  const now = stateIn(readFileSync(file, 'utf8'), file);
  if (now.lineage === state.lineage && now.serial === state.serial && isSame(now, state)) return;
  throw new UsageError(`${stack.name}: somebody has changed ${file} since it was read, and it stays. Nobody deploys while a state moves: see who does.`);
}

/** What was put aside before is not written over. */
function freeName(aside: string): string {
  const isTaken = (name: string) => existsSync(name) || existsSync(`${name}.backup`);
  const { dir, name } = parse(aside);
  let free = aside;
  for (let i = 2; isTaken(free); i++) free = join(dir, `${name}.${i}.tfstate`);
  return free;
}
