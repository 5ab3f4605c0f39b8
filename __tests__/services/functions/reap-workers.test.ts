import { EVENTS } from '../../../services/contracts/functions';
import { ComputeApi } from '../../../services/functions/compute-api';
import { googleTransport } from '../../../services/runtime/google/rest';
import { serveCompute } from '../../support/compute/server';
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
  expect(await done(bench.reapWorkers({ headers: {}, rawBody: Buffer.alloc(0) }))).toEqual({ machines: 1, open: 1, broken: 0, ...nothing });
  expect(bench.log.events(EVENTS.reaped)).toEqual([expect.objectContaining({ level: 'info', machines: 1 })]);
});

const reap = (bench: Bench) => done(bench.reapWorkers({ headers: {}, rawBody: Buffer.alloc(0) }));

test('a machine past its deadline goes, and its task is lost, with one alert', async () => {
  const bench = await running();
  bench.clock.pass(HOUR + 301);
  expect(await reap(bench)).toEqual({ machines: 1, open: 1, broken: 0, deleted: [machineOf(bench)], lost: ['7001.1'], problems: [] });
  expect(await reap(bench)).toEqual({ machines: 0, open: 0, broken: 0, ...nothing });
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
  expect(bench.log.events(EVENTS.reapFailed)).toEqual([expect.objectContaining({ level: 'error', message: expect.stringContaining('forbidden') })]);
  expect(bench.log.events(EVENTS.reaped)).toEqual([]);
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

test('a zone that is down: the others are listed over HTTP, and nothing of it is lost', async () => {
  const bench = await running({ down: ['us-west1-b'] });
  const server = await serveCompute(bench.cloud);
  try {
    const transport = googleTransport({ getAccessToken: async () => 'token' });
    const compute = new ComputeApi({ project: 'p-dev', clock: bench.clock, transport, baseUrl: server.url });
    expect(await compute.withLabel('worker-task')).toMatchObject({ instances: [{ name: machineOf(bench) }], unreachable: ['zones/us-west1-b'] });
  } finally {
    await server.close();
  }
  expect(bench.cloud.refused).toEqual([]);
  bench.clock.pass(HOUR + 301);
  expect(await bench.reapWorkers({ headers: {}, rawBody: Buffer.alloc(0) })).toMatchObject({
    status: 500,
    body: { deleted: [machineOf(bench)], lost: ['7001.1'], problems: ['zones/us-west1-b could not say which machines it has'] },
  });
});

test('an API that does not take partial success any more is asked without it', async () => {
  const bench = await running({ fault: ({ query }) => (query.returnPartialSuccess ? { status: 400, reason: 'badRequest' } : undefined) });
  expect(await reap(bench)).toMatchObject({ machines: 1, problems: [] });
});

test('without the list, attempts past their deadline are lost all the same, and no other', async () => {
  const bench = functionsBench({
    honoursMaxRunDuration: false,
    fault: ({ method }) => (method === 'instances.aggregatedList' ? { status: 403, reason: 'forbidden' } : undefined),
  });
  await done(bench.createWorker(pushOf(requestOf(), { id: '1' })));
  bench.clock.pass(HOUR);
  await done(bench.createWorker(pushOf(requestOf(), { id: '2' })));
  bench.clock.pass(300 + 901);
  expect(await bench.reapWorkers({ headers: {}, rawBody: Buffer.alloc(0) })).toMatchObject({
    status: 500,
    body: { machines: 0, open: 2, lost: ['1.1'], problems: ['the machines cannot be listed: forbidden: as injected'] },
  });
  expect(bench.log.events(EVENTS.reapFailed)).toHaveLength(1);
});

test('an attempt that cannot be closed does not stop the rest, and its machine goes all the same', async () => {
  const bench = functionsBench({ honoursMaxRunDuration: false });
  for (const id of ['1', '2', '3']) await done(bench.createWorker(pushOf(requestOf(), { id })));
  const close = bench.ledger.close.bind(bench.ledger);
  bench.ledger.close = async (key, closing) => {
    if (key === '2.1') throw new Error('ABORTED');
    return close(key, closing);
  };
  bench.clock.pass(HOUR + 301);
  const { status, body } = await bench.reapWorkers({ headers: {}, rawBody: Buffer.alloc(0) });
  expect([status, body]).toEqual([500, expect.objectContaining({ lost: ['1.1', '3.1'], problems: ['2.1 is not closed: ABORTED'] })]);
  expect(bench.cloud.alive()).toEqual([]);
});

test('an attempt is closed before its machine is deleted: what the agent reports as it goes asks for nothing', async () => {
  const bench = await running();
  const states: (string | undefined)[] = [];
  const remove = bench.compute.delete.bind(bench.compute);
  bench.compute.delete = async (zone, name) => {
    states.push(bench.ledger.records.get('7001.1')?.state);
    await remove(zone, name);
  };
  bench.clock.pass(HOUR + 301);
  await reap(bench);
  expect(states).toEqual(['lost']);
});

test('a record that cannot be read is an event, and the others are handled', async () => {
  const bench = await running();
  bench.ledger.broken.push({ key: '9.1', problem: 'tasks/9.1 is broken: attempt' });
  bench.clock.pass(HOUR + 301);
  expect(await reap(bench)).toMatchObject({ broken: 1, lost: ['7001.1'], problems: [] });
  expect(bench.log.events(EVENTS.ledgerBroken)).toEqual([
    expect.objectContaining({ level: 'error', key: '9.1', message: expect.stringContaining('tasks/9.1 is broken') }),
  ]);
  expect(bench.log.events(EVENTS.reaped)).toHaveLength(1);
});

test('a failure that nobody foresaw is an alert, too', async () => {
  const bench = await running();
  bench.cloud.preempt(machineOf(bench));
  bench.clock.pass(400);
  bench.clock.sleep = () => Promise.reject(new Error('the clock stands still'));
  expect(await bench.reapWorkers({ headers: {}, rawBody: Buffer.alloc(0) })).toMatchObject({ status: 500 });
  expect(bench.log.events(EVENTS.reapFailed)).toEqual([expect.objectContaining({ message: 'the reaper failed: the clock stands still' })]);
});

test('a machine whose metadata names an attempt that its label does not is not taken for its machine', async () => {
  const bench = await running();
  const [ours] = bench.cloud.alive();
  if (!ours) throw new Error('no machine');
  bench.cloud.place(ours.zone, { ...ours.body, name: 'copy', labels: { 'worker-task': 'import', 'worker-key': 'f'.repeat(40) } });
  await bench.ledger.close('7001.1', { state: 'finished', closedAt: '2026-03-01T02:10:00.000Z', exitCode: 0, error: null, cost: 0 });
  expect(await reap(bench)).toMatchObject({ deleted: [machineOf(bench)] });
  expect(bench.cloud.isAlive('copy')).toBe(true);
});
