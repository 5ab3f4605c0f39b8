import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { ROOT } from './repository';

const bundles = new Map<string, string>();
const running = new Set<ServiceProcess>();

// its end of the pipe closes when the test run is killed
const ENDS_WITH_US = "process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume().unref();";

/** A program of `__tests__/support/programs` as a process of its own: it gets `task` as JSON, and prints lines of JSON. */
export class ServiceProcess<Line = Record<string, unknown>> {
  readonly lines: Line[] = [];
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  private readonly child: ChildProcess;
  private said = '';

  constructor(program: string, task: object, env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, [bundleOf(program), JSON.stringify(task)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules'), ...env },
    });
    running.add(this as ServiceProcess<unknown> as ServiceProcess);
    this.child.stderr?.on('data', (data) => {
      this.said += data;
    });
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', (line) => this.lines.push(JSON.parse(line)));
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      running.delete(this as ServiceProcess<unknown> as ServiceProcess);
      return { code, signal };
    });
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Its lines, once there are so many or once it has ended. */
  async until(count: number, seconds = 20): Promise<Line[]> {
    await eventually(
      () => this.lines.length >= count || this.child.exitCode !== null,
      seconds,
      () => `${this.lines.length} of ${count} lines. ${this.said}`,
    );
    if (this.lines.length < count) throw new Error(`ended with ${this.lines.length} of ${count} lines: ${this.said}`);
    return this.lines;
  }
}

/** For `afterAll`: whatever a failed test has left. */
export async function endProcesses(): Promise<void> {
  for (const process of running) {
    process.kill('SIGCONT');
    process.kill('SIGKILL');
  }
  await Promise.all([...running].map(({ ended }) => ended));
}

/** Waits until `condition` holds. */
export async function eventually(condition: () => boolean | Promise<boolean>, seconds = 20, what: () => string = () => String(condition)): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function bundleOf(program: string): string {
  const known = bundles.get(program);
  if (known) return known;
  const outfile = join(mkdtempSync(join(tmpdir(), 'program-')), `${basename(program, '.ts')}.js`);
  // as a runtime is shipped: one file; Google's packages stay outside, so that it can be told whether they are loaded
  const external = ['libsql', '@google-cloud/*'];
  buildSync({
    entryPoints: [join(__dirname, 'programs', program)],
    bundle: true,
    platform: 'node',
    target: 'node20',
    banner: { js: ENDS_WITH_US },
    mainFields: ['module', 'main'],
    external,
    outfile,
    logLevel: 'error',
  });
  bundles.set(program, outfile);
  return outfile;
}
