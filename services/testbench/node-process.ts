import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const OPTIONS = ['--require', join(__dirname, 'ends-with-parent.cjs')];

/** A Node program as a process of its own that prints lines of JSON. It ends when this process does. */
export class NodeProcess<Line = Record<string, unknown>> {
  readonly lines: Line[] = [];
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Told of each line as it comes. */
  onLine: ((line: Line) => void) | undefined;
  /** When it was started, by `performance.now()`. */
  readonly begun = performance.now();
  private readonly child: ChildProcess;
  private said = '';

  /** @param command Node's options, the program and its arguments. @param around makes the command line that is run of Node's: one that becomes Node by `exec` */
  constructor(command: readonly string[], env: NodeJS.ProcessEnv, around: (line: readonly string[]) => readonly string[] = (line) => line) {
    const [program = '', ...args] = around([process.execPath, ...OPTIONS, ...command]);
    // a process group of its own: Ctrl-C is for us, and we say when it ends
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env, detached: true });
    this.child.stderr?.on('data', (data) => {
      this.said += data;
    });
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', (text) => {
      const line = JSON.parse(text) as Line;
      this.lines.push(line);
      this.onLine?.(line);
    });
    this.ended = once(this.child, 'close').then(([code, signal]) => ({ code, signal }));
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What it wrote to stderr. */
  get complaints(): string {
    return this.said;
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
