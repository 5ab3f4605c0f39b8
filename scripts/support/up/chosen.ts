import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TerraformCloud } from '../../../config/load';
import type { Deployment, Estate } from '../../../constructs/core/estate';
import { EstatesApp, SynthProblems } from '../../../constructs/core/estates-app';
import type { Check, Step } from '../../../constructs/core/first-deploy';
import type { Environment } from '../../../constructs/core/naming';
import type { Need } from '../../../constructs/core/need';
import { UsageError } from '../../../rehearsal/runner/failure';
import { readStacks, type Stacks } from '../../../rehearsal/runner/stack';
import { load } from '../config';
import { oneEnvironment } from '../environments';
import { noEstate } from '../no-estate';

/** What comes to run. */
export interface Chosen {
  readonly estate: string;
  readonly environment: Environment;
  readonly steps: readonly Step[];
  /** Needs that no step fulfils: they are there before the first one. */
  readonly entrance: readonly Need[];
  /** Who keeps the state, if Terraform Cloud does. */
  readonly terraformCloud?: TerraformCloud;
  /** What the estate synthesizes: all its stacks. */
  readonly stacks: Stacks;
  /** For a person, when all is done. */
  readonly next: string;
}

/** The first deployment of one environment of an estate. Writes nothing to this folder. */
export function chosenDeploy(estates: readonly Estate[], name: string | undefined, environment: string | undefined): Chosen {
  const able = estates.filter(({ firstDeploy }) => firstDeploy);
  const names = able.map((estate) => estate.name);
  if (name === undefined) throw new UsageError(`Which estate? ESTATE= is one of ${names.join(', ')}`);
  const estate = able.find((one) => one.name === name);
  if (!estate?.firstDeploy) throw noEstate(name, names);
  const { estates: values, terraformCloud } = load(estates);
  const config = values[name];
  const all = estate.needs?.(config) ?? [];
  const chosen = oneEnvironment(name, all, environment);
  const { steps, next } = estate.firstDeploy(config, chosen);
  // where Terraform Cloud keeps the state, no bucket does
  const isForNothing = ({ kind }: Need) => kind === 'state-bucket' && terraformCloud !== undefined;
  const wanted = steps.filter(({ done }) => !needsOf(done).some(isForNothing));
  const fulfilled = new Set(steps.flatMap(({ done }) => needsOf(done)).map((need) => JSON.stringify(need)));
  const entrance = all.filter((need) => (need.environment === 'shared' || need.environment === chosen) && !fulfilled.has(JSON.stringify(need)));
  const deployment = terraformCloud ? { terraformCloud: { type: 'cloud', ...terraformCloud } as const } : {};
  const stacks = synthesized(estate, config, deployment);
  return { estate: name, environment: chosen, steps: wanted, entrance, next, stacks, ...(terraformCloud && { terraformCloud }) };
}

function needsOf(checks: readonly Check[]): Need[] {
  return checks.flatMap((check) => (check.kind === 'need' ? [check.need] : []));
}

/** As `make synth` would write them, in a folder that goes again. */
function synthesized(estate: Estate, config: unknown, deployment: Deployment): Stacks {
  const outdir = mkdtempSync(join(tmpdir(), 'up-'));
  try {
    const app = new EstatesApp({ outdir });
    estate.stacks(app, config, deployment);
    app.synth();
    return readStacks(outdir);
  } catch (error) {
    throw error instanceof SynthProblems ? new UsageError(error.message) : error;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
