import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure';
import { keepStateHere } from './local-state';
import { run } from './process';
import { readStacks, type Stack, type Stacks } from './stack';

export interface SynthOptions {
  /** Root of the tree: where its `cdktf.json` is. */
  readonly root: string;
  /** Where the stacks are written, instead of `cdktf.out`. */
  readonly out: string;
  /** The override file for this synth (ESTATES_CONFIG). */
  readonly overrides: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Synthesizes a tree the way `cdktf synth` does: by the command in its own `cdktf.json`. */
export async function synth({ root, out, overrides, env, signal }: SynthOptions): Promise<Stacks> {
  const settings = join(root, 'cdktf.json');
  if (!existsSync(settings)) throw new Failure('synth', `${settings} is missing: there is nothing to synthesize in this tree`);
  const { app } = JSON.parse(readFileSync(settings, 'utf8')) as { app: string };
  const { TF_CLOUD_ORGANIZATION: _, ...local } = env; // it would move every state into Terraform Cloud
  const { code, stdout, stderr } = await run('sh', ['-c', app], { cwd: root, env: { ...local, CDKTF_OUTDIR: out, ESTATES_CONFIG: overrides }, signal });
  if (code !== 0) throw new Failure('synth', stderr || stdout);

  for (const name of readdirSync(join(out, 'stacks'))) keepStateHere(join(out, 'stacks', name));
  const stacks = readStacks(out);
  for (const stack of stacks.values()) refuseRealState(stack);
  return stacks;
}

/** A kind of state that {@link keepStateHere} does not know. */
function refuseRealState(stack: Stack): void {
  const remote = [stack.backend, ...stack.readBackends].find((backend) => backend !== 'local');
  if (remote) throw new Failure('synth', `${stack.name} keeps or reads state in '${remote}'; a rehearsal runs on local state only and did not start`);
}
