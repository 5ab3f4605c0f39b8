import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Cloud } from '../cloud/cloud';
import { UNDELETABLE } from '../cloud/protections';
import { serveProviders } from '../provider/server';
import type { Bench } from './bench';
import { faultsFor } from './fault';
import { paintFor } from './format';
import { rehearseLifecycle } from './lifecycle';
import { lifecycleReport, wentWell } from './lifecycle-report';
import type { Options } from './options';
import { overridesFor, type Wanted } from './overrides';
import { type Output, Progress } from './progress';
import { extractRevision } from './revision';
import { createScratch, type Scratch } from './scratch';
import { select, selectSome } from './select';
import type { Stacks } from './stack';
import { synth } from './synth';
import { requireTerraform, Terraform } from './terraform';
import { rehearseUpgrade } from './upgrade';
import { isSafe, upgradeReport } from './upgrade-report';

/** Where a rehearsal takes place and whom it tells. */
export interface World {
  /** The working tree. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Gets the report. */
  readonly out: Output;
  /** Gets the progress. */
  readonly err: Output;
  /** Validated config by estate, for an environment whose ESTATES_CONFIG may name an override file. */
  readonly loadEstates: (env: NodeJS.ProcessEnv) => Readonly<Record<string, unknown>>;
}

/** Rehearses a deployment or an upgrade, writes the report, and leaves nothing behind. Returns whether all went well. */
export async function rehearse(options: Options, world: World): Promise<boolean> {
  await requireTerraform(world.env, world.signal);
  const scratch = createScratch(world.env, options.keep);
  const progress = new Progress(world.err);
  try {
    const session = new Session(options, world, scratch, progress);
    return options.from ? await session.upgrade(options.from) : await session.lifecycle();
  } finally {
    if (options.keep) progress.say(`kept in ${scratch.folder}`);
    progress.clear();
    scratch.remove();
  }
}

class Session {
  private readonly started = performance.now();

  constructor(
    private readonly options: Options,
    private readonly world: World,
    private readonly scratch: Scratch,
    private readonly progress: Progress,
  ) {}

  async lifecycle(): Promise<boolean> {
    const { root, env } = this.world;
    const stacks = selectSome(await this.synth('configured', root, env), this.options);
    const faults = this.options.fail ? faultsFor(this.options.fail, stacks) : new Map();
    const isProtected = [...stacks.values()].some((stack) => stack.protected);
    const unprotected: Stacks = isProtected ? await this.synth('unprotected', root, env, { protection: 'off' }) : new Map();

    return this.onBench([stacks, unprotected], async (bench) => {
      const lives = await rehearseLifecycle(bench, { stacks, unprotected, faults });
      const allDestroyed = lives.every(({ destroyed }) => destroyed);
      const leftovers = allDestroyed
        ? bench.cloud
            .objects()
            .filter(({ type }) => !(type in UNDELETABLE))
            .map(({ key }) => key)
        : [];
      const report = { lives, leftovers, seconds: this.seconds(), ...(this.options.estate && { estate: this.options.estate }) };
      this.report(lifecycleReport(report, this.paint()));
      return wentWell(report);
    });
  }

  async upgrade(from: string): Promise<boolean> {
    const { root, env } = this.world;
    const before = select(await this.deployedBefore(from), this.options);
    const tree = await this.synth('after', root, env);
    const after = before.size > 0 ? select(tree, this.options) : selectSome(tree, this.options);

    return this.onBench([before, after], async (bench) => {
      const upgrades = await rehearseUpgrade(bench, { before, after, known: new Set(tree.keys()) });
      const report = { upgrades, from, seconds: this.seconds() };
      this.report(upgradeReport(report, this.paint()));
      return isSafe(report);
    });
  }

  /** The stacks of a revision with the user's settings of today, or those of the working tree with another override file. */
  private async deployedBefore(from: string): Promise<Stacks> {
    const { root, env, signal } = this.world;
    if (statSync(resolve(root, from), { throwIfNoEntry: false })?.isFile()) return this.synth('before', root, { ...env, ESTATES_CONFIG: from });
    const folder = join(this.scratch.folder, 'revision');
    await extractRevision({ root, revision: from, folder, env, signal, say: (text) => this.progress.say(text) });
    return this.synth('before', folder, env);
  }

  /** All variants lie side by side in the scratch folder, so that a stack has the same state file in each of them. */
  private synth(variant: string, root: string, env: NodeJS.ProcessEnv, wanted: Wanted = {}): Promise<Stacks> {
    const overrides = join(this.scratch.folder, `${variant}.json`);
    const estates = this.world.loadEstates(env); // first: it says what is wrong with the file
    writeFileSync(overrides, JSON.stringify(overridesFor(userOverrides(this.world.root, env), estates, wanted), null, 2));
    return synth({ root, out: join(this.scratch.folder, variant), overrides, env, signal: this.world.signal });
  }

  private async onBench(trees: readonly Stacks[], work: (bench: Bench) => Promise<boolean>): Promise<boolean> {
    const { env, signal } = this.world;
    const cloud = Cloud.open(this.options.keep && join(this.scratch.folder, 'cloud.jsonl'));
    const types = new Set(trees.flatMap((stacks) => [...stacks.values()].flatMap((stack) => stack.types)));
    const providers = await serveProviders({ cloud, socketFolder: this.scratch.sockets, types, adopt: true }); // what config says runs already does not run here
    try {
      const terraform = new Terraform({ env, providers: providers.env, signal, onPhase: (stack, phase) => this.progress.at(stack, phase) });
      return await work({ cloud, providers, terraform, progress: this.progress });
    } finally {
      await providers.close();
    }
  }

  private report(text: string): void {
    this.progress.clear();
    this.world.out.write(`${text}\n`);
  }

  private paint() {
    return paintFor(this.world.out, this.world.env);
  }

  private seconds(): number {
    return (performance.now() - this.started) / 1000;
  }
}

/** What the user's override file holds. `loadEstates` has found it valid. */
function userOverrides(root: string, env: NodeJS.ProcessEnv): Readonly<Record<string, unknown>> {
  const file = resolve(root, env.ESTATES_CONFIG || 'estates.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}
