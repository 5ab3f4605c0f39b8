import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { BATCH } from '../../../services/worker/logs/batches';
import { PositionFile } from '../../../services/worker/logs/position-file';
import { Shipper, type ShipperContext } from '../../../services/worker/logs/shipper';
import type { Line, LogSink } from '../../../services/worker/logs/sink';
import { FakeClock, settled } from '../../support/fake-clock';
import { RecordingLog } from '../../support/recording-log';

const TIME = '2026-01-01T00:00:00';

/** So many lines, as the engine's file holds them; what is older than `since` is left out. */
function output(count: number, since = '0'): Buffer[] {
  const lines: Buffer[] = [];
  for (let i = 0; i < count; i += 1) {
    const nanoseconds = String(i).padStart(9, '0');
    if (`${Date.parse(`${TIME}Z`) / 1000}.${nanoseconds}` < since) continue;
    const text = Buffer.from(`${TIME}.${nanoseconds}Z line ${i}\n`);
    const header = Buffer.alloc(8);
    header[0] = 1;
    header.writeUInt32BE(text.length, 4);
    lines.push(header, text);
  }
  return lines;
}

type FakeEngine = ShipperContext['engine'];

/** A container that has ended, and left so many lines. */
const ended = (count: number): FakeEngine => ({
  logs: async (_, since) => Readable.from(output(count, since)),
  attach: async () => Readable.from([]),
  inspect: async (id) => ({ id, status: 'exited', exitCode: 0, oomKilled: false, startedAt: '', finishedAt: '' }),
  isAlive: () => false,
});

class CollectingSink implements LogSink {
  readonly lines: string[] = [];
  async write(lines: readonly Line[]): Promise<number> {
    this.lines.push(...lines.map(({ text }) => text));
    return 0;
  }
}

const hanging: LogSink = { write: () => new Promise(() => {}) };

function shipperWith(engine: FakeEngine, sink: LogSink, clock = new FakeClock()) {
  const position = new PositionFile(mkdtempSync(join(tmpdir(), 'shipper-')), 'task.1');
  const log = new RecordingLog();
  return { clock, log, shipper: new Shipper('c1', { engine, sink, clock, position, log }) };
}

const calm = { signal: new AbortController().signal, limit: 2000 };

test('everything that the engine has is shipped, once', async () => {
  const sink = new CollectingSink();
  const { shipper } = shipperWith(ended(2500), sink);
  shipper.ship();
  expect(await shipper.finish(60_000, calm)).toEqual({ written: 2500, dropped: 0, rotated: 0, uncounted: false });
  expect(sink.lines).toEqual(Array.from({ length: 2500 }, (_, i) => `line ${i}`));
});

test('a sink that takes nothing is waited for a minute; then what it did not take is counted', async () => {
  const { shipper, clock } = shipperWith(ended(5000), hanging);
  shipper.ship();
  let shipped: unknown;
  shipper.finish(60_000, calm).then((result) => {
    shipped = result;
  });
  await clock.pass(59_999);
  expect(shipped).toBeUndefined();
  await clock.pass(1);
  for (let turn = 0; turn < 20; turn += 1) await settled();
  expect(shipped).toEqual({ written: 0, dropped: 5000, rotated: 0, uncounted: false });
});

test('and only two seconds, once the machine is being taken away', async () => {
  const { shipper, clock } = shipperWith(ended(BATCH.lines), hanging);
  const preempted = new AbortController();
  shipper.ship();
  const shipped = shipper.finish(60_000, { signal: preempted.signal, limit: 2000 });
  await clock.pass(5000);
  preempted.abort();
  await clock.pass(2000);
  expect(await shipped).toMatchObject({ dropped: BATCH.lines });
});

test('output that does not end is not counted to its end, and that is said', async () => {
  const endless: FakeEngine = { ...ended(10), logs: async (_id, _since, signal) => neverEnding(signal) };
  const { shipper, clock } = shipperWith(endless, new CollectingSink());
  shipper.ship();
  const shipped = shipper.finish(60_000, calm);
  await clock.pass(62_000);
  expect(await shipped).toMatchObject({ uncounted: true });
});

test('a connection that breaks is opened again, where it broke', async () => {
  const sink = new CollectingSink();
  const opened: string[] = [];
  const breaking: FakeEngine = {
    ...ended(100),
    logs: async (_, since) => {
      opened.push(since);
      if (opened.length > 1) return Readable.from(output(100, since));
      return Readable.from(
        (async function* () {
          yield* output(40);
          throw new Error('the engine went away');
        })(),
      );
    },
  };
  const { shipper, clock, log } = shipperWith(breaking, sink);
  shipper.ship();
  const shipped = shipper.finish(60_000, calm);
  await clock.pass(2000);
  expect(await shipped).toMatchObject({ written: 100, dropped: 0 });
  expect(sink.lines).toEqual(Array.from({ length: 100 }, (_, i) => `line ${i}`));
  expect(log.lines).toEqual([expect.objectContaining({ level: 'warn', message: expect.stringContaining('interrupted') })]);
});

function neverEnding(signal: AbortSignal): Readable {
  const stream = new Readable({ read() {} });
  signal.addEventListener('abort', () => stream.destroy(signal.reason));
  return stream;
}
