import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../synth/measure';
import type { BusWay } from './bus-way';
import type { BusReport, BusSample } from './bus-worker';

/** The medians of one way. */
export interface Throughput {
  readonly perSecond: number;
  readonly slowest: number;
  readonly fastest: number;
  /** Of the process that publishes and takes; microseconds a message. */
  readonly cpuMicros: number;
}

export type Throughputs = Readonly<Record<BusWay, Throughput>>;

/** In a round. */
export const MESSAGES = 10_000;
/** Rounds that are not counted, while Node and the emulator's JVM compile. */
const WARM_UP = 2;
/** Milliseconds between two rounds: the last acknowledgements leave. */
const REST = 300;

/** A process that knows one way. */
class Worker {
  private readonly child: ChildProcess;

  constructor(
    readonly way: BusWay,
    project: string,
  ) {
    this.child = fork(join(__dirname, 'bus-worker.ts'), [way, project], { execArgv: ['--import', 'tsx'] });
  }

  async ready(): Promise<void> {
    await this.report();
  }

  async round(signal: AbortSignal): Promise<BusSample> {
    const report = this.report(signal);
    this.child.send({ messages: MESSAGES });
    const { seconds, cpuSeconds } = (await report) as BusSample;
    return { seconds, cpuSeconds };
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  private async report(signal?: AbortSignal): Promise<BusReport> {
    const over = new AbortController();
    const ended = once(this.child, 'exit', { signal: over.signal }).then(() => {
      throw new Error(`the process of the way ${this.way} ended`);
    });
    const options = signal ? { signal } : {};
    try {
      const [report] = (await Promise.race([once(this.child, 'message', options), ended])) as [BusReport];
      if (report.event === 'failed') throw new Error(report.reason);
      return report;
    } finally {
      over.abort();
      ended.catch(() => {});
    }
  }
}

/** Messages a second through Pub/Sub's emulator (PUBSUB_EMULATOR_HOST), by both ways in turn. */
export async function measureThroughput(rounds: number, signal: AbortSignal, progress: (text: string) => void): Promise<Throughputs> {
  const workers = (['ours', 'bare'] as const).map((way) => new Worker(way, `bench-${process.pid}`));
  const samples: Record<BusWay, BusSample[]> = { ours: [], bare: [] };
  try {
    await Promise.all(workers.map((worker) => worker.ready()));
    for (let round = 1 - WARM_UP; round <= rounds; round += 1) {
      const rates: string[] = [];
      // who comes first changes: the emulator may not be the same for both
      for (const worker of round % 2 === 0 ? workers : workers.toReversed()) {
        const sample = await worker.round(signal);
        if (round > 0) samples[worker.way].push(sample);
        rates.push(`${worker.way} ${(MESSAGES / sample.seconds).toFixed(0)}/s (${((sample.cpuSeconds / MESSAGES) * 1e6).toFixed(0)} µs CPU)`);
        await sleep(REST, undefined, { signal });
      }
      progress(`${round > 0 ? `round ${round} of ${rounds}` : 'warming up'}: ${rates.sort().join(', ')}`);
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
  return { ours: figures(samples.ours), bare: figures(samples.bare) };
}

function figures(samples: readonly BusSample[]): Throughput {
  const rates = samples.map(({ seconds }) => MESSAGES / seconds);
  return {
    perSecond: median(rates),
    slowest: Math.min(...rates),
    fastest: Math.max(...rates),
    cpuMicros: (median(samples.map(({ cpuSeconds }) => cpuSeconds)) / MESSAGES) * 1e6,
  };
}
