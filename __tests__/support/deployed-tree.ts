import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { type Outcome, run } from '../../rehearsal/runner/process';
import { ROOT } from './repository';

/** A stack's Terraform JSON, beside the names of those that it needs. */
export interface TreeStack {
  readonly needs?: readonly string[];
  readonly [block: string]: unknown;
}

/** A folder that looks like this repository after `make synth`, with stacks of a test's own: the real Terraform deploys them, and commands look at them. */
export class DeployedTree {
  readonly root = mkdtempSync(join(tmpdir(), 'tree-'));
  private readonly script: string;
  private readonly calm = new AbortController().signal;

  /** @param script the command that looks at it, such as `scripts/drift.ts` */
  constructor(
    script: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {
    this.script = join(this.root, 'command.js');
    buildSync({ entryPoints: [join(ROOT, script)], bundle: true, platform: 'node', target: 'node20', outfile: this.script, logLevel: 'error' });
    writeFileSync(join(this.root, 'cdktf.json'), '{}');
  }

  /** Replaces all stacks. */
  write(stacks: Readonly<Record<string, TreeStack>>): void {
    const manifest: Record<string, unknown> = {};
    for (const [name, { needs = [], terraform = {}, ...json }] of Object.entries(stacks)) {
      mkdirSync(this.folder(name), { recursive: true });
      const backend = { local: { path: `../../../.state/${name}.tfstate` } };
      writeFileSync(join(this.folder(name), 'cdk.tf.json'), JSON.stringify({ ...json, terraform: { backend, ...Object(terraform) } }));
      manifest[name] = { name, workingDirectory: `stacks/${name}`, dependencies: needs };
    }
    writeFileSync(join(this.root, 'cdktf.out/manifest.json'), JSON.stringify({ stacks: manifest }));
  }

  async apply(stack: string): Promise<void> {
    for (const args of [
      ['init', '-input=false'],
      ['apply', '-input=false', '-auto-approve'],
    ]) {
      const { code, stdout, stderr } = await run('terraform', [...args, '-no-color'], { cwd: this.folder(stack), env: this.environment(), signal: this.calm });
      if (code !== 0) throw new Error(`${stack}: ${stdout}${stderr}`);
    }
  }

  /** Bytes of a stack's state. */
  state(stack: string): string {
    return readFileSync(join(this.root, '.state', `${stack}.tfstate`), 'utf8');
  }

  command(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return run(process.execPath, [this.script, ...args], { cwd: this.root, env: { ...this.environment(), ...env }, signal: this.calm });
  }

  /** How to start the command oneself. */
  get started(): { readonly program: string; readonly args: readonly string[]; readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
    return { program: process.execPath, args: [this.script], cwd: this.root, env: this.environment() };
  }

  /** Processes that run in one of the stacks' folders. @param argument only those that were started with it */
  running(argument = ''): string[] {
    return readdirSync('/proc').filter((pid) => {
      try {
        const isHere = /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(join(this.root, 'cdktf.out'));
        return isHere && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(argument);
      } catch {
        return false; // it has just ended
      }
    });
  }

  private folder(stack: string): string {
    return join(this.root, 'cdktf.out/stacks', stack);
  }

  private environment(): NodeJS.ProcessEnv {
    return { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null', NO_COLOR: '1', ...this.env };
  }
}
