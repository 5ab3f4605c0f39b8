import { type Bench, failureOf, SIDE_BY_SIDE } from './bench';
import { Failure } from './failure';
import type { Faults } from './fault';
import { inOrder, reversed } from './order';
import { changesOf, onlyPrevented, preventedIn } from './plan';
import type { Stack, Stacks } from './stack';
import { resourcesInState } from './state';
import { takenOver } from './taking-over';

/** What became of one stack. A missing value: it did not get that far. */
export interface Lifecycle {
  readonly stack: string;
  /** Resources that the apply left. */
  resources?: number;
  /** Objects that ran already and became resources of it. */
  takenOver?: number;
  /** Seconds the apply took. */
  applied?: number;
  /** The planted fault stopped the first apply and the second one finished. */
  finishedAfterFault?: boolean;
  /** Nothing was left to do for a second plan. */
  secondPlanEmpty?: boolean;
  /** Terraform refused to destroy it while it was protected. */
  destroyRefused?: boolean;
  destroyed?: boolean;
  failure?: Failure;
  /** Not deployed, because this stack was not. */
  skippedFor?: string;
  /** Not destroyed, because this stack, which depends on it, was not. */
  keptFor?: string;
}

export interface LifecycleOptions {
  /** The stacks as they are configured. */
  readonly stacks: Stacks;
  /** The same stacks with protection off, in folders that share the others' state. */
  readonly unprotected: Stacks;
  readonly faults: Faults;
}

/** Takes stacks through their whole life: all are applied in dependency order, then all are destroyed in the opposite one. */
export async function rehearseLifecycle(bench: Bench, { stacks, unprotected, faults }: LifecycleOptions): Promise<Lifecycle[]> {
  const { progress } = bench;
  const lives = new Map<string, Lifecycle>([...stacks.keys()].map((name) => [name, { stack: name }]));
  const needs = new Map([...stacks.values()].map(({ name, dependencies }) => [name, dependencies]));

  // A fault is met by the first apply that matches it: with several stacks at a time it could be the wrong one.
  const sideBySide = faults.size > 0 ? 1 : SIDE_BY_SIDE;
  const stage = async (activity: string, order: ReadonlyMap<string, Iterable<string>>, work: (stack: Stack, life: Lifecycle) => Promise<string>) => {
    progress.begin(activity, order.size);
    return inOrder(order, sideBySide, async (name) => {
      const life = lives.get(name) as Lifecycle;
      if (life.failure) return false;
      let result = '';
      life.failure = await failureOf(async () => {
        result = await work(stacks.get(name) as Stack, life);
      });
      progress.done(name, life.failure ? `failed in ${life.failure.phase}` : result);
      return !life.failure;
    });
  };

  const skipped = await stage('deploying', needs, async (stack, life) => {
    await deploy(bench, stack, life, faults);
    return `applied in ${life.applied?.toFixed(1)} s, second plan empty`;
  });
  for (const [name, need] of skipped) (lives.get(name) as Lifecycle).skippedFor = need;

  const standing = new Map([...needs].filter(([name]) => !skipped.has(name)));
  const kept = await stage('destroying', reversed(standing), async (stack, life) => {
    await tearDown(bench, stack, unprotected.get(stack.name), life);
    return life.destroyRefused ? 'destroy refused while protected, then destroyed' : 'destroyed';
  });
  for (const [name, user] of kept) (lives.get(name) as Lifecycle).keptFor = user;
  return [...lives.values()];
}

async function deploy(bench: Bench, stack: Stack, life: Lifecycle, faults: Faults): Promise<void> {
  const { terraform, providers } = bench;
  await terraform.init(stack);
  await terraform.validate(stack);
  if (stack.imports) life.takenOver = await takeOver(bench, stack);
  const started = performance.now();
  const fault = faults.get(stack.name);
  if (fault) {
    providers.fail(fault);
    await expectFailure(() => terraform.apply(stack), fault.label);
  }
  await terraform.apply(stack);
  life.applied = (performance.now() - started) / 1000;
  life.finishedAfterFault = fault !== undefined;
  life.resources = resourcesInState(stack.stateFile).length;
  await terraform.expectNothingToDo(stack);
  life.secondPlanEmpty = true;
}

/** Looks at the first plan before anything is applied: an object that is replaced is not there any more to be taken over. */
async function takeOver({ terraform }: Bench, stack: Stack): Promise<number> {
  const { json, error } = await terraform.plan(stack);
  if (error && !onlyPrevented(error.output)) throw error;
  const objects = takenOver(changesOf(json));
  if (error) throw error;
  return objects;
}

async function tearDown({ terraform }: Bench, stack: Stack, unprotected: Stack | undefined, life: Lifecycle): Promise<void> {
  if (!stack.protected) {
    await terraform.destroy(stack);
  } else {
    await expectRefusal(terraform.destroy(stack));
    life.destroyRefused = true;
    if (!unprotected)
      throw new Failure('protection off', `${stack.name} is not synthesized any more when protection is off; a setting must not add or remove stacks`);
    await terraform.init(unprotected);
    await terraform.apply(unprotected);
    await terraform.destroy(unprotected);
  }
  life.destroyed = true;
}

async function expectFailure(apply: () => Promise<void>, label: string): Promise<void> {
  const failure = await failureOf(apply);
  if (!failure) throw new Failure('apply', `The planted fault was not met: the apply of ${label} went through.`);
  if (!failure.output.replace(/\s+/g, ' ').includes(label)) throw failure;
}

async function expectRefusal(destroy: Promise<void>): Promise<void> {
  const failure = await failureOf(() => destroy);
  if (!failure) throw new Failure('destroy', 'Terraform destroyed it although it has resources with prevent_destroy.');
  if (preventedIn(failure.output).length === 0) throw failure;
}
