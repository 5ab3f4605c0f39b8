import { BATCH, Batches } from '../../../services/worker/logs/batches';
import { Brake } from '../../../services/worker/logs/brake';
import type { PlacedLine } from '../../../services/worker/logs/lines';
import type { Line, LogSink } from '../../../services/worker/logs/sink';
import { FakeClock, settled } from '../../support/fake-clock';

/** Takes a batch when the test says so. */
class HeldSink implements LogSink {
  readonly batches: (readonly Line[])[] = [];
  private readonly waiting: ((lost: number) => void)[] = [];

  write(lines: readonly Line[]): Promise<number> {
    this.batches.push(lines);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  async take(lost = 0): Promise<void> {
    this.waiting.shift()?.(lost);
    await settled();
  }
}

const line = (text: string, bytes = text.length): PlacedLine => ({
  line: { stream: 'stdout', text, time: text, id: text },
  after: { time: text, nth: 1 },
  bytes,
});

function setUp() {
  const sink = new HeldSink();
  const clock = new FakeClock();
  const giveUp = new AbortController();
  const done: string[] = [];
  const batches = new Batches(sink, clock, giveUp.signal, (lines) => done.push(...lines.map((each) => each.line.text)));
  return { sink, clock, giveUp, done, batches };
}

test('lines wait for each other a second, and no longer', async () => {
  const { sink, clock, batches, done } = setUp();
  await batches.add(line('a'));
  await clock.pass(500);
  await batches.add(line('b'));
  expect(sink.batches).toEqual([]);
  await clock.pass(500);
  expect(sink.batches.map((each) => each.map(({ text }) => text))).toEqual([['a', 'b']]);
  expect(done).toEqual([]);
  await sink.take();
  expect(done).toEqual(['a', 'b']);
});

test.each([
  ['as many lines as fit', BATCH.lines, 1],
  ['as many bytes as fit', 5, BATCH.bytes / 5],
])('%s are a batch', async (_, count, bytes) => {
  const { sink, batches } = setUp();
  for (let i = 0; i < count; i += 1) await batches.add(line(String(i), bytes));
  expect(sink.batches.map(({ length }) => length)).toEqual([count]);
});

test('who adds waits while one batch is written and one is full: no third is ever held', async () => {
  const { sink, batches } = setUp();
  let added = 0;
  const producer = (async () => {
    for (; added < 10 * BATCH.lines; added += 1) await batches.add(line(String(added)));
  })();
  await settled();
  expect(added).toBe(2 * BATCH.lines - 1);
  await sink.take();
  expect(added).toBe(3 * BATCH.lines - 1);
  for (let i = 0; i < 10; i += 1) await sink.take();
  await producer;
  expect(batches.written).toBe(10 * BATCH.lines);
});

test('what the sink loses is counted', async () => {
  const { sink, batches } = setUp();
  await batches.add(line('a'));
  await batches.add(line('b'));
  const end = batches.end();
  await settled();
  await sink.take(1);
  await end;
  expect([batches.written, batches.dropped]).toEqual([1, 1]);
});

test('a sink that takes nothing is given up when time is over, and all the rest is counted', async () => {
  const { sink, giveUp, batches } = setUp();
  for (let i = 0; i < BATCH.lines; i += 1) await batches.add(line('a'));
  giveUp.abort();
  for (let i = 0; i < 3 * BATCH.lines; i += 1) await batches.add(line('b'));
  await batches.end();
  expect(sink.batches.length).toBe(1);
  expect([batches.written, batches.dropped]).toEqual([0, 4 * BATCH.lines]);
});

describe('the brake', () => {
  const text = Buffer.from(`${'x'.repeat(999)}\n`.repeat(1000)); // a megabyte
  const framed = Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), text]);
  framed.writeUInt32BE(text.length, 4);

  function attached(alive = () => true, isReading = () => false) {
    const clock = new FakeClock();
    const brake = new Brake(clock, '2026-01-01T00:00:00.000Z', alive);
    let taken = 0;
    const source = (async function* () {
      for (; taken < 20; taken += 1) yield framed;
    })();
    const held = brake.hold(source, isReading);
    return { brake, clock, held, taken: () => taken };
  }

  const read = (brake: Brake) => brake.read('2026-01-01T00:00:01.000000000Z', text);

  test('holds the container when it is a few megabytes ahead, and lets it go on by as much as was read', async () => {
    const { brake, clock, taken } = attached();
    await clock.pass(60_000);
    const ahead = taken();
    expect(ahead).toBeGreaterThan(3);
    expect(ahead).toBeLessThan(10);
    read(brake);
    read(brake);
    await clock.pass(60_000);
    expect(taken()).toBe(ahead + 2);
  });

  test('does not count what was written before there was an attachment', async () => {
    const { brake, clock, taken } = attached();
    await clock.pass(1000);
    const ahead = taken();
    brake.read('2025-12-31T23:59:59.000000000Z', text);
    await clock.pass(1000);
    expect(taken()).toBe(ahead);
  });

  test('holds nobody who is dead: the last output would be lost', async () => {
    const { held, clock } = attached(() => false);
    await clock.pass(0);
    await held;
  });

  test('lets go when the file has nothing more to read, and says how many lines are missing then', async () => {
    const { brake, held, clock } = attached(
      () => true,
      () => true,
    );
    read(brake);
    expect(brake.missing).toBe(0);
    await clock.pass(30_000);
    await held;
    expect(brake.missing).toBe(19_000);
  });
});
