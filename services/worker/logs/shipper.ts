import type { Readable } from 'node:stream';
import type { Clock } from '../../runtime/clock';
import type { Engine } from '../docker/engine';
import { type Frame, frames } from '../docker/frames';
import { textOf } from '../failure';
import type { Log } from '../log';
import { Batches } from './batches';
import { Brake } from './brake';
import { LineAssembler } from './lines';
import type { PositionFile } from './position-file';
import type { LogSink } from './sink';

export interface ShipperContext {
  readonly engine: Pick<Engine, 'logs' | 'attach' | 'inspect' | 'isAlive'>;
  readonly sink: LogSink;
  readonly position: PositionFile;
  readonly clock: Clock;
  readonly log: Log;
}

/** What became of a container's output. */
export interface Shipped {
  readonly written: number;
  /** The sink did not take them in time. */
  readonly dropped: number;
  /** The engine's file was rotated before they were read. */
  readonly rotated: number;
  /** Not even all that was dropped could be counted. */
  readonly uncounted: boolean;
}

/** How long what is dropped is counted, milliseconds. */
const COUNTING_MS = 1500;
/** The attached stream ends with the container: how long that is waited for, milliseconds. */
const ATTACHED_MS = 500;

/** Ships one container's output from the engine's file to a sink, from where the last agent got to, until the container's end. */
export class Shipper {
  private readonly giveUp = new AbortController();
  private readonly stopReading = new AbortController();
  private readonly stopHolding = new AbortController();
  private readonly assembler: LineAssembler;
  private readonly batches: Batches;
  private brake: Brake | undefined;
  private isReading = true;
  private running: Promise<void> | undefined;
  private holding: Promise<void> | undefined;

  constructor(
    private readonly container: string,
    private readonly context: ShipperContext,
  ) {
    const { sink, position, clock } = context;
    this.assembler = new LineAssembler(position.position);
    this.batches = new Batches(sink, clock, this.giveUp.signal, (lines) => position.advance(lines));
  }

  /** Before the container starts, or whenever an agent takes it over. */
  async begin(): Promise<void> {
    const { engine, clock, log } = this.context;
    try {
      const since = new Date(clock.now()).toISOString();
      const attached = await engine.attach(this.container, this.stopHolding.signal);
      const brake = new Brake(clock, since, () => engine.isAlive(this.container));
      this.brake = brake;
      this.holding = brake.hold(attached, () => this.isReading).catch(() => {}); // ends with the container, or the engine
    } catch (error) {
      log.warn({ error: textOf(error) }, 'The container’s output is not attached: what it writes faster than it can be shipped may be lost');
    }
  }

  /** Once the container is started. */
  ship(): void {
    this.running = this.run();
    this.running.catch(() => {}); // thrown where it is waited for
  }

  /** The container has ended: ships the rest, and after `limit` milliseconds, or a shorter one from a signal on, only counts it. */
  async finish(limit: number, hurry: { readonly signal: AbortSignal; readonly limit: number }): Promise<Shipped> {
    const { clock } = this.context;
    const done = new AbortController();
    const within = (milliseconds: number) =>
      clock
        .sleep(milliseconds, done.signal)
        .then(() => this.giveUp.abort())
        .then(() => clock.sleep(COUNTING_MS, done.signal))
        .then(() => this.stopReading.abort())
        .catch(() => {}); // done
    within(limit);
    if (hurry.signal.aborted) within(hurry.limit);
    else hurry.signal.addEventListener('abort', () => within(hurry.limit), { signal: done.signal });
    await this.running;
    await Promise.race([this.holding, clock.sleep(ATTACHED_MS, done.signal).catch(() => {})]);
    done.abort();
    const uncounted = this.stopReading.signal.aborted;
    return { written: this.batches.written, dropped: this.batches.dropped, rotated: uncounted ? 0 : (this.brake?.missing ?? 0), uncounted };
  }

  /** Lets go of everything. */
  abandon(): void {
    for (const each of [this.giveUp, this.stopReading, this.stopHolding]) each.abort();
  }

  private async run(): Promise<void> {
    const { engine, clock, log } = this.context;
    while (!this.stopReading.signal.aborted) {
      let broken: unknown;
      let news = false;
      try {
        news = await this.read(await engine.logs(this.container, this.assembler.reopen(), this.stopReading.signal));
      } catch (error) {
        broken = error;
      }
      const { status } = await engine.inspect(this.container).catch(() => ({ status: 'gone' }));
      // The engine ends at the end of one file when the container's end comes while it changes files: there may be more.
      if (status === 'gone' || (status === 'exited' && !broken && !news)) break;
      if (broken) log.warn({ error: textOf(broken) }, 'Reading the container’s output was interrupted, going on');
      if (broken || status !== 'exited') await clock.sleep(500);
    }
    for (const line of this.assembler.end()) await this.batches.add(line);
    await this.batches.end();
  }

  /** True: there was something that had not been read before. */
  private async read(stream: Readable): Promise<boolean> {
    const before = this.assembler.frames;
    for await (const frame of frames(stream)) {
      this.isReading = false;
      const read = this.assembler.frames;
      for (const line of this.assembler.add(frame)) await this.batches.add(line);
      if (this.assembler.frames > read) this.tell(frame);
      this.isReading = true;
    }
    return this.assembler.frames > before;
  }

  private tell({ bytes }: Frame): void {
    const space = bytes.indexOf(32);
    this.brake?.read(bytes.toString('latin1', 0, space), bytes.subarray(space + 1));
  }
}
