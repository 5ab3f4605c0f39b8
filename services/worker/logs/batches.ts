import type { Clock } from '../../runtime/clock';
import type { PlacedLine } from './lines';
import type { LogSink } from './sink';

export const BATCH = {
  lines: 2000,
  /** Of text. */
  bytes: 1_000_000,
  /** Milliseconds that a line waits for others. */
  age: 1000,
} as const;

/**
 * Hands lines to a sink in batches, one at a time: one is being written, one is filled. Whoever adds more has to wait, so that
 * no more than two are ever held.
 */
export class Batches {
  /** Taken by the sink, and lost. */
  written = 0;
  dropped = 0;

  private waiting: PlacedLine[] = [];
  private bytes = 0;
  private writing: Promise<void> | undefined;
  private ageing = new AbortController();
  private readonly givenUp: Promise<never>;

  constructor(
    private readonly sink: LogSink,
    private readonly clock: Clock,
    /** After this no more is given to the sink: what is added is dropped and counted. */
    private readonly giveUp: AbortSignal,
    /** Told when lines need not be read again. */
    private readonly onDone: (lines: readonly PlacedLine[]) => void,
  ) {
    this.givenUp = new Promise((_, reject) => giveUp.addEventListener('abort', () => reject(giveUp.reason)));
    this.givenUp.catch(() => {}); // nothing may be waiting for it
  }

  async add(line: PlacedLine): Promise<void> {
    if (this.waiting.length === 0) this.age();
    this.waiting.push(line);
    this.bytes += line.bytes;
    if (this.waiting.length >= BATCH.lines || this.bytes >= BATCH.bytes) await this.send();
  }

  /** Everything that was added has been taken, or dropped. */
  async end(): Promise<void> {
    await this.send();
    await this.writing;
  }

  /** Begins to write what waits, as soon as nothing else is being written. */
  private async send(): Promise<void> {
    while (this.writing) await this.writing;
    const lines = this.waiting;
    if (lines.length === 0) return;
    this.ageing.abort();
    this.waiting = [];
    this.bytes = 0;
    this.writing = this.write(lines).finally(() => {
      this.writing = undefined;
    });
  }

  private async write(lines: readonly PlacedLine[]): Promise<void> {
    const all = lines.map(({ line }) => line);
    const lost = this.giveUp.aborted ? lines.length : await Promise.race([this.sink.write(all, this.giveUp), this.givenUp]).catch(() => lines.length);
    this.dropped += lost;
    this.written += lines.length - lost;
    this.onDone(lines);
  }

  private age(): void {
    this.ageing = new AbortController();
    this.clock.sleep(BATCH.age, this.ageing.signal).then(
      () => this.send(),
      () => {}, // sent before
    );
  }
}
