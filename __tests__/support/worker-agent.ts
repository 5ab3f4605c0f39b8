import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerMetadataText } from '../../services/contracts/worker-metadata';
import { ROOT } from './repository';

/** Bundles the agent as it is shipped, and returns the file. */
export function bundleAgent(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'agent-')), 'main.js');
  const folder = join(ROOT, 'services/worker');
  const [, ...flags] = (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).scripts.build as string).split(' ');
  const args = flags.filter((flag) => !flag.startsWith('--outfile='));
  execFileSync(join(ROOT, 'node_modules/.bin/esbuild'), [...args, `--outfile=${file}`], { cwd: folder, stdio: 'inherit' });
  return file;
}

/** Metadata of a task that says hello; `change` replaces what a test is about. */
export function metadataOf(image: string, change: Partial<WorkerMetadataText> & { readonly args?: readonly string[] } = {}): WorkerMetadataText {
  const { args = ['echo', 'hello'], ...texts } = change;
  return {
    project: 'project-1',
    reporting_topic: 'task-finished',
    task_id: 'task:1',
    task_name: 'import',
    task_attempt: '1',
    task_image: image,
    task_args: JSON.stringify(args),
    task_env: '{}',
    task_max_seconds: '60',
    ...texts,
  };
}

/** One worker machine: what stays when its agent is killed and started again. */
export class WorkerMachine {
  readonly folder = mkdtempSync(join(tmpdir(), 'machine-'));
  readonly agents: WorkerAgent[] = [];

  constructor(
    private readonly bundle: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** A file that the agent can take for its metadata. */
  write(name: string, content: unknown): string {
    const file = join(this.folder, name);
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  }

  startAgent(args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}): WorkerAgent {
    const folders = ['--state', join(this.folder, 'state'), '--shared', join(this.folder, 'shared')];
    const env = { PATH: process.env.PATH, HOME: this.folder, ...this.environment, ...environment };
    const agent = new WorkerAgent(spawn(process.execPath, [this.bundle, ...folders, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    this.agents.push(agent);
    return agent;
  }
}

export class WorkerAgent {
  stdout = '';
  stderr = '';
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;

  constructor(readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (piece) => {
      this.stdout += piece;
    });
    child.stderr?.setEncoding('utf8').on('data', (piece) => {
      this.stderr += piece;
    });
    this.ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  }

  /** As the kernel does when memory is out. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Resolves when the agent has said so. */
  async says(text: string): Promise<void> {
    for (let attempt = 0; attempt < 600; attempt += 1) {
      if (this.stderr.includes(text) || this.stdout.includes(text)) return;
      if (this.child.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the agent does not say ${JSON.stringify(text)}:\n${this.stderr}`);
  }
}
