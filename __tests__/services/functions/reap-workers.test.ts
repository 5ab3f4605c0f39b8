import { EVENTS } from '../../../services/contracts/functions';
import { done, functionsBench, pushOf, requestOf } from '../../support/functions/bench';

type Bench = ReturnType<typeof functionsBench>;
const HOUR = 3600;

async function running(options: Parameters<typeof functionsBench>[0] = {}): Promise<Bench> {
  const bench = functionsBench({ honoursMaxRunDuration: false, ...options });
  await done(bench.createWorker(pushOf(requestOf())));
  return bench;
}
const machineOf = (bench: Bench) => bench.cloud.machines[0]?.body.name as string;
const nothing = { deleted: [], lost: [], problems: [] };

test('what runs in time is left alone', async () => {
  const bench = await running();
  bench.clock.pass(HOUR + 250);
  expect(await done(bench.reapWorkers({ headers: {}, rawBody: Buffer.alloc(0) }))).toEqual({ machines: 1, open: 1, ...nothing });
});

const reap = (bench: Bench) => done(bench.reapWorkers({ headers: {}, rawBody: Buffer.alloc(0) }));

test('a machine past its deadline goes, and its task is lost, with one alert', async () => {
  const bench = await running();
  bench.clock.pass(HOUR + 301);
  expect(await reap(bench)).toEqual({ machines: 1, open: 1, deleted: [machineOf(bench)], lost: ['7001.1'], problems: [] });
  expect(await reap(bench)).toEqual({ machines: 0, open: 0, ...nothing });
  expect(bench.cloud.alive()).toEqual([]);
  expect(bench.ledger.records.get('7001.1')).toMatchObject({ state: 'lost', cost: 1.188 });
  expect(bench.log.events(EVENTS.taskLost)).toEqual([
    expect.objectContaining({ level: 'error', taskId: '7001', message: 'import is lost: it is past its deadline' }),
  ]);
});

test('a machine whose task is closed goes at once', async () => {
  const bench = await running();
  await bench.ledger.close('7001.1', { state: 'finished', closedAt: '2026-03-01T02:10:00.000Z', exitCode: 0, error: null, cost: 0 });
  expect(await reap(bench)).toMatchObject({ deleted: [machineOf(bench)], lost: [] });
  expect(bench.log.events(EVENTS.taskLost)).toEqual([]);
});

test('a task whose machine vanished is lost, after a grace', async () => {
  const bench = await running();
  bench.cloud.preempt(machineOf(bench));
  bench.clock.pass(299);
  expect(await reap(bench)).toMatchObject({ lost: [] });
  bench.clock.pass(2);
  expect(await reap(bench)).toMatchObject({ lost: ['7001.1'] });
  expect(bench.log.events(EVENTS.taskLost)).toHaveLength(1);
});

test('a report that arrives during the second look is taken', async () => {
  const bench = await running();
  bench.cloud.preempt(machineOf(bench));
  bench.clock.pass(400);
  const { sleep } = bench.clock;
  bench.clock.sleep = async (milliseconds) => {
    await bench.ledger.close('7001.1', { state: 'failed', closedAt: '2026-03-01T02:05:00.000Z', exitCode: null, error: null, cost: 0 });
    await sleep.call(bench.clock, milliseconds);
  };
  expect(await reap(bench)).toMatchObject({ lost: [] });
  expect(bench.ledger.records.get('7001.1')?.state).toBe('failed');
});

test('a claim whose machine was never made is lost when no delivery may make it any more', async () => {
  const bench = functionsBench({ fault: ({ method }) => (method === 'instances.insert' ? { status: 503 } : undefined) });
  await bench.createWorker(pushOf(requestOf()));
  bench.clock.pass(900 + 270);
  expect(await reap(bench)).toMatchObject({ open: 1, lost: [] });
  bench.clock.pass(30);
  expect(await reap(bench)).toMatchObject({ lost: ['7001.1'] });
  expect(bench.ledger.records.get('7001.1')?.cost).toBe(0);
});

test('a machine with our label that no record knows goes at the end of its time', async () => {
  const bench = await running();
  bench.ledger.records.clear();
  expect(await reap(bench)).toMatchObject({ machines: 1, ...nothing });
  bench.clock.pass(HOUR + 301);
  expect(await reap(bench)).toMatchObject({ deleted: [machineOf(bench)], lost: [] });
  expect(bench.log.lines).toContainEqual(expect.objectContaining({ level: 'warn', message: expect.stringContaining('of no attempt that is in the ledger') }));
});

test('a machine without our label is never touched, however old', async () => {
  const bench = await running();
  const [ours] = bench.cloud.alive();
  bench.ledger.records.clear();
  bench.cloud.preempt(machineOf(bench));
  bench.cloud.place('us-west1-a', { ...(ours as NonNullable<typeof ours>).body, name: 'database', labels: { other: 'x' } });
  bench.clock.pass(1000 * HOUR);
  expect(await reap(bench)).toMatchObject({ machines: 0, ...nothing });
  expect(bench.cloud.isAlive('database')).toBe(true);
});

test('what a list shows without our label is not touched either', async () => {
  const bench = await running();
  const { instances } = await bench.compute.withLabel('worker-task');
  bench.compute.withLabel = async () => ({ instances: instances.map((machine) => ({ ...machine, labels: {} })), unreachable: [] });
  bench.clock.pass(100 * HOUR);
  expect(await reap(bench)).toMatchObject({ machines: 0, deleted: [] });
});

test('an attempt past its deadline is lost although its machine looks young, which goes in the next run', async () => {
  const bench = await running();
  bench.clock.pass(HOUR + 300 + 901);
  bench.cloud.age(machineOf(bench), -2000);
  expect(await reap(bench)).toMatchObject({ deleted: [], lost: ['7001.1'] });
  expect(await reap(bench)).toMatchObject({ deleted: [machineOf(bench)], lost: [] });
});

test('all pages of the list are read', async () => {
  const bench = functionsBench({ pageSize: 2, honoursMaxRunDuration: false });
  for (let id = 1; id <= 5; id += 1) await done(bench.createWorker(pushOf(requestOf(), { id: String(id) })));
  bench.clock.pass(HOUR + 301);
  expect(await reap(bench)).toMatchObject({ machines: 5, lost: ['1.1', '2.1', '3.1', '4.1', '5.1'] });
  expect(bench.cloud.alive()).toEqual([]);
  expect(bench.cloud.requests.filter(({ method }) => method === 'instances.aggregatedList')).toHaveLength(3);
});

test('what cannot be deleted is an alert, does not stop the rest, and shows in the answer', async () => {
  let left = 1;
  const bench = functionsBench({
    honoursMaxRunDuration: false,
    fault: ({ method }) => (method === 'instances.delete' && left-- > 0 ? { status: 403, reason: 'forbidden' } : undefined),
  });
  for (const id of ['1', '2']) await done(bench.createWorker(pushOf(requestOf(), { id })));
  bench.clock.pass(HOUR + 301);
  const { status, body } = await bench.reapWorkers({ headers: {}, rawBody: Buffer.alloc(0) });
  expect([status, body]).toEqual([500, expect.objectContaining({ problems: [expect.stringContaining('forbidden')], lost: ['1.1', '2.1'] })]);
  expect(bench.log.events(EVENTS.deleteFailed)).toHaveLength(1);
  expect(bench.cloud.alive()).toHaveLength(1);
  expect(await reap(bench)).toMatchObject({ lost: [], problems: [] });
  expect(bench.cloud.alive()).toEqual([]);
});

test('without the ledger, machines past their deadline go all the same', async () => {
  const bench = await running();
  bench.ledger.open = bench.ledger.get = async () => {
    throw new Error('UNAVAILABLE');
  };
  expect(await bench.reapWorkers({ headers: {}, rawBody: Buffer.alloc(0) })).toMatchObject({ status: 500, body: { deleted: [] } });
  bench.clock.pass(HOUR + 301);
  expect(await bench.reapWorkers({ headers: {}, rawBody: Buffer.alloc(0) })).toMatchObject({ status: 500, body: { deleted: [machineOf(bench)] } });
});

test('a zone that cannot say which machines it has loses no task', async () => {
  const bench = await running({ fault: ({ method }) => (method === 'instances.get' ? { status: 503 } : undefined) });
  bench.clock.pass(600);
  bench.compute.withLabel = async () => ({ instances: [], unreachable: ['zones/us-west1-a'] });
  expect(await bench.reapWorkers({ headers: {}, rawBody: Buffer.alloc(0) })).toMatchObject({
    status: 500,
    body: { lost: [], problems: ['zones/us-west1-a could not say which machines it has', expect.stringContaining('503')] },
  });
  expect(bench.ledger.records.get('7001.1')?.state).toBe('started');
});
