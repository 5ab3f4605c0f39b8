import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import { NodeProcess } from '../../services/testbench/node-process';
import { ROOT } from './repository';

const bundles = new Map<string, string>();
const running = new Set<Pick<NodeProcess, 'kill' | 'ended'>>();

/** A program of `__tests__/support/programs` as a process of its own: it gets `task` as JSON, and prints lines of JSON. */
export class ServiceProcess<Line = Record<string, unknown>> extends NodeProcess<Line> {
  constructor(program: string, task: object, env: NodeJS.ProcessEnv = {}) {
    super([bundleOf(program), JSON.stringify(task)], { ...process.env, NODE_PATH: join(ROOT, 'node_modules'), ...env });
    running.add(this);
    void this.ended.then(() => running.delete(this));
  }

  /** Its lines, once there are so many or once it has ended. */
  async until(count: number, seconds = 20): Promise<Line[]> {
    await eventually(
      () => this.lines.length >= count || !this.isRunning,
      seconds,
      () => `${this.lines.length} of ${count} lines. ${this.complaints}`,
    );
    if (this.lines.length < count) throw new Error(`ended with ${this.lines.length} of ${count} lines: ${this.complaints}`);
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
    mainFields: ['module', 'main'],
    external,
    outfile,
    logLevel: 'error',
  });
  bundles.set(program, outfile);
  return outfile;
}
