import type { LogEntry } from '../../services/contracts/log-entry';
import { type BusWay, openWay } from './bus-way';
import { sampleEntry } from './sample-entry';

/** What the parent asks for: so many messages through the bus. */
export interface BusRound {
  readonly messages: number;
}

/** What a round took: wall time, and this process's own. Seconds. */
export interface BusSample {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export type BusReport = { readonly event: 'ready' } | ({ readonly event: 'done' } & BusSample) | { readonly event: 'failed'; readonly reason: string };

/** Messages that are being published at the same time, at most. */
const IN_FLIGHT = 500;
/** Milliseconds without a message after which a round has failed. */
const PATIENCE = 30_000;

/** A child process: publishes and takes messages by one way, round after round, as its parent says. */
async function main(way: BusWay, project: string): Promise<void> {
  const say = (report: BusReport) => process.send?.(report);
  const failed = (error: Error) => say({ event: 'failed', reason: `${way}: ${error.message}` });
  process.on('disconnect', () => process.exit());
  process.on('uncaughtException', failed);
  process.on('unhandledRejection', (error) => failed(error as Error));
  const open = await openWay(way, project);
  let round = 0;
  let missing = new Set<string>();
  let done = () => {};
  let last = 0;
  const handle = ({ entry }: { entry: LogEntry }) => {
    last = performance.now();
    if (missing.delete(entry.lid) && missing.size === 0) done(); // one that comes again counts once
  };
  open.subscribe(handle, failed);

  process.on('message', async ({ messages }: BusRound) => {
    round += 1;
    const bodies = Array.from({ length: messages }, (_, i) => JSON.stringify({ entry: sampleEntry(`e${round}x${i}`) }));
    missing = new Set(bodies.map((_, i) => `e${round}x${i}`));
    const arrived = new Promise<void>((resolve) => {
      done = resolve;
    });
    const [begun, cpu] = [performance.now(), process.cpuUsage()];
    last = begun;
    const watch = setInterval(() => {
      if (performance.now() - last > PATIENCE) failed(new Error(`${missing.size} of ${messages} messages did not come within ${PATIENCE / 1000} s`));
    }, 1000);
    let next = 0;
    const publishing = Array.from({ length: IN_FLIGHT }, async () => {
      for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) await open.publish(body);
    });
    await Promise.all([...publishing, arrived]);
    clearInterval(watch);
    const { user, system } = process.cpuUsage(cpu);
    say({ event: 'done', seconds: (performance.now() - begun) / 1000, cpuSeconds: (user + system) / 1e6 });
  });
  say({ event: 'ready' });
}

void main(process.argv[2] as BusWay, process.argv[3] as string);
