import type { Logger } from './logging';

export interface ShutdownOptions {
  readonly log: Logger;
  /** Milliseconds for all closers together. @default 10000, what Kubernetes and Docker leave at least */
  readonly limit?: number;
}

type Close = () => Promise<unknown> | unknown;

interface Closer {
  readonly name: string;
  readonly close: Close;
}

/**
 * How the process ends. SIGTERM or SIGINT runs the closers, the last registered first, and exits with 0. A closer that fails, the
 * limit, or a second signal make it 1, and the log names what did not close. An error that nobody caught does the same, with 1.
 */
export class Shutdown {
  private readonly log: Logger;
  private readonly limit: number;
  private readonly ending = new AbortController();
  private readonly closers: Closer[] = [];
  /** Those that have not ended, while the process ends. */
  private open: string[] = [];
  private exitCode = 0;

  constructor({ log, limit = 10_000 }: ShutdownOptions) {
    this.log = log;
    this.limit = limit;
    process.on('SIGTERM', (name) => this.onSignal(name));
    process.on('SIGINT', (name) => this.onSignal(name));
    process.on('uncaughtException', (error) => this.onFatal(error, 'an error that nobody caught'));
    process.on('unhandledRejection', (reason) => this.onFatal(reason, 'a rejection that nobody handled'));
  }

  /** Aborted when the process begins to end: start nothing new. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** Closes `name` when the process ends, before everything that was registered earlier. Returns how to take it off again. */
  register(name: string, close: Close): () => void {
    const closer = { name, close };
    this.closers.push(closer);
    return () => {
      const index = this.closers.indexOf(closer);
      if (index >= 0) this.closers.splice(index, 1);
    };
  }

  /** Ends the process as a signal does: for a runtime that has done its work. */
  end(exitCode = 0): void {
    this.exitCode = Math.max(this.exitCode, exitCode);
    if (!this.ending.signal.aborted) void this.close();
  }

  private onSignal(name: NodeJS.Signals): void {
    if (this.ending.signal.aborted) this.abandon(`a second signal, ${name}`);
    this.log.info({ signal: name }, `${name}: closing`);
    this.end();
  }

  private onFatal(reason: unknown, what: string): void {
    const error = reason instanceof Error ? reason : new Error(`not an Error was thrown: ${String(reason)}`);
    this.log.fatal({ error }, `${what}: ${error.message}`);
    this.end(1);
  }

  private async close(): Promise<void> {
    setTimeout(() => this.abandon(`${this.limit / 1000} s have passed`), this.limit);
    this.open = this.closers.map(({ name }) => name);
    this.ending.abort();
    // one may be registered while another closes: it is closed too
    for (let closer = this.closers.pop(); closer; closer = this.closers.pop()) {
      const { name } = closer;
      try {
        await closer.close();
      } catch (error) {
        this.exitCode = Math.max(this.exitCode, 1);
        this.log.error({ error }, `${name} failed to close`);
      }
      this.open = this.open.filter((other) => other !== name);
    }
    this.log.info({ exitCode: this.exitCode }, 'closed');
    process.exit(this.exitCode);
  }

  /** The first of `open` to be closed is the one that hangs. */
  private abandon(why: string): never {
    const open = [...this.open].reverse();
    this.log.fatal({ open }, `${why}, and this has not closed: ${open.join(', ')}`);
    process.exit(Math.max(this.exitCode, 1));
  }
}
