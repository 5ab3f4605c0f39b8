import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

// its end of the pipe closes when we are gone, also by SIGKILL
const ENDS_WITH_US = `process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume().unref()`;
const OPTIONS = ['--import', `data:text/javascript,${encodeURIComponent(ENDS_WITH_US)}`];

/** A Node program as a process of its own that prints lines of JSON. It ends when this process does. */
export class NodeProcess<Line = Record<string, unknown>> {
  readonly lines: Line[] = [];
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Told of each line as it comes. */
  onLine: ((line: Line) => void) | undefined;
  private readonly child: ChildProcess;
  private said = '';

  /** @param command Node's options, the program and its arguments. */
  constructor(command: readonly string[], env: NodeJS.ProcessEnv) {
    // a process group of its own: Ctrl-C is for us, and we say when it ends
    this.child = spawn(process.execPath, [...OPTIONS, ...command], { stdio: ['pipe', 'pipe', 'pipe'], env, detached: true });
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
