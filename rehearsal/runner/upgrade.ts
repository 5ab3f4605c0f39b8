import { STATEFUL } from '../../constructs/policy/stateful';
import { type Bench, failureOf, SIDE_BY_SIDE } from './bench';
import { Failure } from './failure';
import { count } from './format';
import { inOrder } from './order';
import { type Change, changesOf, onlyPrevented, preventedIn } from './plan';
import type { Stack, Stacks } from './stack';
import { resourcesInState, type StateResource } from './state';
import { takenOver } from './taking-over';

/** What the upgrade means for one stack. */
export interface StackUpgrade {
  readonly stack: string;
  /** In both; only in the working tree; or no longer in it, so that its resources stay without an owner. */
  readonly presence: 'kept' | 'new' | 'gone';
  readonly changes: readonly Change[];
  /** What holds data and would be destroyed, replaced, or left without an owner. Not empty: the upgrade is not safe. */
  readonly going: readonly StateResource[];
  /** Resources of a stack that is gone. */
  readonly unmanaged: readonly StateResource[];
  readonly failure?: Failure;
  /** Not planned, because this stack could not be upgraded. */
  readonly skippedFor?: string;
}

export interface UpgradeOptions {
  /** What is deployed first. */
  readonly before: Stacks;
  /** What is then planned on its state. Folders share the state files with those of `before`. */
  readonly after: Stacks;
  /** Names of all stacks of the working tree, chosen or not: others are gone. */
  readonly known: ReadonlySet<string>;
}

/**
 * Deploys `before`, then plans `after` on its state in dependency order. A plan that takes nothing stateful is applied, so
 * that the stacks depending on it see what they would see; behind one that does, they are skipped.
 */
export async function rehearseUpgrade(bench: Bench, { before, after, known }: UpgradeOptions): Promise<StackUpgrade[]> {
  const failed = await deployAll(bench, before);
  if (failed.length > 0) return failed;

  const upgrades = new Map<string, StackUpgrade>();
  bench.progress.begin('upgrading', after.size);
  const skipped = await inOrder(needsOf(after), SIDE_BY_SIDE, async (name) => {
    const upgrade = await upgradeStack(bench, after.get(name) as Stack, before.has(name) ? 'kept' : 'new');
    upgrades.set(name, upgrade);
    bench.progress.done(name, upgrade.failure ? `failed in ${upgrade.failure.phase}` : count(upgrade.changes.length, 'change'));
    return !upgrade.failure && upgrade.going.length === 0;
  });
  const gone = [...before.values()].filter(({ name }) => !known.has(name)).map(goneStack);
  const planned = [...after.keys()].map((name) => upgrades.get(name) ?? { ...nothing(name, 'kept'), skippedFor: skipped.get(name) as string });
  return [...planned, ...gone];
}

/** The stacks that could not be deployed as they were: without them there is no upgrade to rehearse. */
async function deployAll({ terraform, progress }: Bench, stacks: Stacks): Promise<StackUpgrade[]> {
  const failed: StackUpgrade[] = [];
  progress.begin('deploying as it was', stacks.size);
  const skipped = await inOrder(needsOf(stacks), SIDE_BY_SIDE, async (name) => {
    const stack = stacks.get(name) as Stack;
    const failure = await failureOf(async () => {
      await terraform.init(stack);
      await terraform.apply(stack);
    });
    progress.done(name, failure ? `failed in ${failure.phase}` : 'deployed as it was');
    if (failure) failed.push({ ...nothing(name, 'kept'), failure: new Failure(`${failure.phase} before the upgrade`, failure.output) });
    return !failure;
  });
  for (const [name, need] of skipped) failed.push({ ...nothing(name, 'kept'), skippedFor: need });
  return failed;
}

async function upgradeStack({ terraform }: Bench, stack: Stack, presence: 'kept' | 'new'): Promise<StackUpgrade> {
  let changes: Change[] = [];
  let going: Change[] = [];
  const failure = await failureOf(async () => {
    await terraform.init(stack);
    const { json, error } = await terraform.plan(stack);
    changes = changesOf(json);
    const prevented = preventedIn(error?.output ?? '');
    going = changes.filter(({ kind, type, address }) => (kind === 'destroyed' || kind === 'replaced') && (type in STATEFUL || prevented.includes(address)));
    if (error && !onlyPrevented(error.output)) throw error;
    takenOver(changes);
    if (going.length === 0) await terraform.applyPlan(stack);
  });
  return { ...nothing(stack.name, presence), changes, going, ...(failure && { failure }) };
}

function goneStack({ name, stateFile }: Stack): StackUpgrade {
  const unmanaged = resourcesInState(stateFile);
  return { ...nothing(name, 'gone'), unmanaged, going: unmanaged.filter(({ type }) => type in STATEFUL) };
}

function nothing(stack: string, presence: StackUpgrade['presence']): StackUpgrade {
  return { stack, presence, changes: [], going: [], unmanaged: [] };
}

function needsOf(stacks: Stacks): ReadonlyMap<string, readonly string[]> {
  return new Map([...stacks.values()].map(({ name, dependencies }) => [name, dependencies]));
}
