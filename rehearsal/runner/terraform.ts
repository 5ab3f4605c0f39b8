import { existsSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { Failure, UsageError } from './failure';
import { type Outcome, run } from './process';
import type { Stack } from './stack';
import { standIns } from './variables';

const PLAN_FILE = 'rehearsal.tfplan';

export interface TerraformOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Attaches Terraform to the rehearsal's providers. */
  readonly providers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Told whenever Terraform starts on something. */
  readonly onPhase: (stack: string, phase: string) => void;
}

/** What a plan would do: Terraform's own JSON of it, or undefined when it did not get that far; and what it complained about. */
export interface Planned {
  readonly json: unknown;
  readonly error?: Failure;
}

/** The real Terraform in a stack's folder. Methods throw a {@link Failure} with Terraform's own words. */
export class Terraform {
  private readonly env: NodeJS.ProcessEnv;

  constructor(private readonly options: TerraformOptions) {
    this.env = { ...neutral(options.env), ...options.providers };
  }

  async init(stack: Stack): Promise<void> {
    await this.must(stack, 'init', '-input=false');
  }

  async validate(stack: Stack): Promise<void> {
    await this.must(stack, 'validate');
  }

  async apply(stack: Stack): Promise<void> {
    await this.must(stack, 'apply', '-input=false', '-auto-approve');
  }

  async destroy(stack: Stack): Promise<void> {
    await this.must(stack, 'destroy', '-input=false', '-auto-approve');
  }

  /** Fails when anything would still change. */
  async expectNothingToDo(stack: Stack): Promise<void> {
    const outcome = await this.attempt(stack, 'plan', '-input=false', '-detailed-exitcode');
    if (outcome.code === 2) throw new Failure('second plan', `A second plan right after the apply must be empty, and is not:\n${outcome.stdout}`);
    if (outcome.code !== 0) throw failure('second plan', outcome);
  }

  async plan(stack: Stack): Promise<Planned> {
    const outcome = await this.attempt(stack, 'plan', '-input=false', `-out=${PLAN_FILE}`);
    const error = outcome.code === 0 ? undefined : failure('plan', outcome);
    // A plan that prevent_destroy stops is written too, and holds what it would have done.
    const json = existsSync(join(stack.folder, PLAN_FILE)) ? JSON.parse(await this.must(stack, 'show', '-json', PLAN_FILE)) : undefined;
    return { json, ...(error && { error }) };
  }

  async applyPlan(stack: Stack): Promise<void> {
    await this.must(stack, 'apply', '-input=false', PLAN_FILE);
  }

  private async must(stack: Stack, command: string, ...args: string[]): Promise<string> {
    const outcome = await this.attempt(stack, command, ...args);
    if (outcome.code !== 0) throw failure(command, outcome);
    return outcome.stdout;
  }

  private attempt(stack: Stack, command: string, ...args: string[]): Promise<Outcome> {
    this.options.onPhase(stack.name, command);
    return runTerraform([command, '-no-color', ...args], stack.folder, { ...this.env, ...standIns(stack, this.env) }, this.options.signal);
  }
}

/** Throws with instructions when Terraform is not there. */
export async function requireTerraform(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  await runTerraform(['version'], '/', neutral(env), signal);
}

async function runTerraform(args: string[], cwd: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Outcome> {
  try {
    return await run('terraform', args, { cwd, env, signal });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UsageError(
      'terraform is not on PATH. A rehearsal needs Terraform 1.11 or newer, and nothing else: https://developer.hashicorp.com/terraform/install',
    );
  }
}

/** The user's environment without the settings that would steer Terraform elsewhere: its own variables and log level stay. */
function neutral(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('TF_') || /^TF_(VAR_|LOG)/.test(name));
  return { ...Object.fromEntries(kept), TF_CLI_CONFIG_FILE: devNull, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' };
}

function failure(phase: string, { stdout, stderr }: Outcome): Failure {
  return new Failure(phase, (stderr.trim() || stdout.trim()).trimEnd());
}
