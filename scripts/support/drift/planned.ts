import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../rehearsal/runner/failure';
import { inOrder } from '../../../rehearsal/runner/order';
import { type Outcome, run } from '../../../rehearsal/runner/process';
import type { Progress } from '../../../rehearsal/runner/progress';
import type { Stack } from '../../../rehearsal/runner/stack';
import { localFile, localState } from '../state/local-states';
import { forgetLocalPlaces } from '../state/remembered-place';
import { type Difference, differencesOf } from './differences';

/** What a look at one stack found. */
export type StackDrift = { readonly stack: string; readonly differences: readonly Difference[] } & (
  | { readonly state: 'as deployed' | 'differs' | 'not deployed' }
  /** Terraform's own words. */
  | { readonly state: 'cannot be told'; readonly error: string }
);

export interface World {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Stacks that are planned at a time. */
  readonly sideBySide: number;
  /** Stacks that Terraform Cloud has no workspace for: to look there would make one. */
  readonly absent: ReadonlySet<string>;
}

/** Plans the stacks, without locks and without writing state; in the order that they were given in. */
export async function plannedDrift(stacks: readonly Stack[], world: World): Promise<StackDrift[]> {
  const found = new Map<string, StackDrift>();
  const folder = mkdtempSync(join(tmpdir(), 'drift-')); // plans hold values of secrets: nobody else may read it
  // providers that are fetched into one cache must not be fetched by two at a time
  const limit = world.env.TF_PLUGIN_CACHE_DIR ? 1 : world.sideBySide;
  world.progress.begin('planning', stacks.length);
  try {
    const independent = new Map(stacks.map(({ name }) => [name, []]));
    const byName = new Map(stacks.map((stack) => [stack.name, stack]));
    await inOrder(independent, limit, async (name) => {
      const drift = await stackDrift(byName.get(name) as Stack, join(folder, name), world);
      found.set(name, drift);
      world.progress.done(name, drift.state);
      return true;
    });
  } finally {
    world.progress.clear();
    rmSync(folder, { recursive: true, force: true });
  }
  return stacks.map(({ name }) => found.get(name) as StackDrift);
}

async function stackDrift(stack: Stack, plan: string, { env, signal, progress, absent }: World): Promise<StackDrift> {
  if (absent.has(stack.name)) return { stack: stack.name, state: 'not deployed', differences: [] };
  const terraform = (phase: string, ...args: string[]) => {
    progress.at(stack.name, phase);
    return runTerraform(args, stack.folder, { ...env, TF_IN_AUTOMATION: '1' }, signal);
  };
  const untold = ({ stdout, stderr }: Outcome): StackDrift => ({
    stack: stack.name,
    state: 'cannot be told',
    differences: [],
    error: (stderr.trim() || stdout.trim()).trimEnd(),
  });

  if (stack.backend === 'local') {
    const state = localState(stack);
    const file = localFile(stack);
    if (state === 'none') return { stack: stack.name, state: 'not deployed', differences: [] };
    if (state === 'lost') return untold({ code: 1, stdout: '', stderr: `${file} is gone, and there is a ${file}.backup: bring it back.` });
    if (state === 'moved') return untold({ code: 1, stdout: '', stderr: `${file} was moved elsewhere, and the config names no other place now.` });
    if (state === 'broken') return untold({ code: 1, stdout: '', stderr: `${file} is no state that Terraform wrote.` });
  }
  try {
    forgetLocalPlaces([stack]);
  } catch (error) {
    return untold({ code: 1, stdout: '', stderr: (error as Error).message });
  }
  const initialized = await terraform('init', 'init', '-input=false', '-no-color');
  if (initialized.code !== 0) return untold(initialized);
  const listed = await terraform('state', 'state', 'list', '-no-color');
  if (listed.code !== 0 && !/No state file was found/i.test(listed.stderr)) return untold(listed);
  if (listed.stdout.trim() === '') return { stack: stack.name, state: 'not deployed', differences: [] };
  const planned = await terraform('plan', 'plan', '-input=false', '-no-color', '-lock=false', '-detailed-exitcode', `-out=${plan}`);
  if (planned.code !== 0 && planned.code !== 2) return untold(planned);
  const told = await terraform('show', 'show', '-json', '-no-color', plan);
  if (told.code !== 0) return untold(told);
  const json = jsonIn(told.stdout);
  if (json === undefined) return untold({ ...told, stderr: 'terraform show -json printed something that is no JSON.' }); // secrets may be in it
  const differences = differencesOf(json);
  return { stack: stack.name, state: differences.some(({ how }) => how !== 'unminded') ? 'differs' : 'as deployed', differences };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function runTerraform(args: string[], cwd: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Outcome> {
  try {
    return await run('terraform', args, { cwd, env, signal });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UsageError('terraform is not on PATH: install Terraform 1.11 or newer');
  }
}
