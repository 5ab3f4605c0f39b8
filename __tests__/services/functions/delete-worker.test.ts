import { EVENTS } from '../../../services/contracts/functions';
import type { TaskResult } from '../../../services/contracts/task-result';
import { done, functionsBench, pushOf, reportOf, requestOf, resultOf } from '../../support/functions/bench';

type Bench = ReturnType<typeof functionsBench>;

/** A task whose machine runs. */
async function running(options: Parameters<typeof functionsBench>[0] = {}, name = 'import'): Promise<Bench> {
  const bench = functionsBench(options);
  await done(bench.createWorker(pushOf(requestOf({ task: name }))));
  return bench;
}

const report = (bench: Bench, changes: Partial<TaskResult> = {}, key = '7001.1') => bench.deleteWorker(pushOf(reportOf(bench, key, changes), { id: '8001' }));

test('a report closes the attempt with its cost and deletes the machine', async () => {
  const bench = await running();
  await done(report(bench));
  // 31 minutes of machine at 1.05 and of 200 GB at 0.17 for 730 hours
  expect(bench.ledger.records.get('7001.1')).toMatchObject({ state: 'finished', exitCode: 0, closedAt: '2026-03-01T02:31:00.000Z', cost: 0.5666 });
  expect(bench.cloud.alive()).toEqual([]);
  expect(bench.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a spot machine has the spot price, and one without a price has no cost', async () => {
  const spot = await running({}, 'report');
  await done(report(spot));
  expect(spot.ledger.records.get('7001.1')?.cost).toBe(0.1532);
  const unknown = await running();
  Object.assign(unknown.parts.remove, { prices: { machineHour: {}, diskGbMonth: 0.17 } });
  await done(report(unknown));
  expect(unknown.ledger.records.get('7001.1')?.cost).toBeNull();
});

test('a report that comes again changes nothing and alerts once', async () => {
  const bench = await running();
  await done(report(bench, { exitCode: 3 }));
  const record = bench.ledger.records.get('7001.1');
  await done(report(bench, { exitCode: 0, finishedAt: '2026-03-01T09:00:00.000Z' }));
  expect(bench.ledger.records.get('7001.1')).toEqual(record);
  expect(record).toMatchObject({ state: 'failed', exitCode: 3 });
  expect(bench.log.events(EVENTS.taskFailed)).toEqual([expect.objectContaining({ taskId: '7001', exitCode: 3, message: 'import failed: exit code 3' })]);
});

test('reports at the same time close the attempt once', async () => {
  const bench = await running();
  await Promise.all([done(report(bench)), done(report(bench)), done(report(bench))]);
  expect(bench.log.lines.filter(({ message }) => message === 'import finished')).toHaveLength(1);
});

test.each([
  ['dies before the ledger has it', false],
  ['loses the answer of the ledger', true],
])('a failed task is alerted also when the process %s', async (_, isWritten) => {
  const bench = await running();
  const close = bench.ledger.close.bind(bench.ledger);
  bench.ledger.close = async (key, closing) => {
    if (isWritten) await close(key, closing);
    throw new Error('UNAVAILABLE');
  };
  expect(await report(bench, { exitCode: 3 })).toMatchObject({ status: 500 });
  bench.ledger.close = close;
  await done(report(bench, { exitCode: 3 }));
  expect(bench.log.events(EVENTS.taskFailed)).toHaveLength(isWritten ? 1 : 2);
  expect(bench.ledger.records.get('7001.1')?.state).toBe('failed');
});

test('a machine that is gone already is success', async () => {
  const bench = await running();
  bench.cloud.preempt(bench.cloud.alive()[0]?.body.name as string);
  await done(report(bench, { exitCode: null, error: { code: 'preempted', message: 'by the cloud' } }));
  expect(bench.ledger.records.get('7001.1')).toMatchObject({ state: 'failed', error: { code: 'preempted' } });
});

test.each([
  ['without our label', {}],
  ['without it, but with that of the attempt', { 'worker-key': 'KEY' }],
  ['of another attempt', { 'worker-task': 'import', 'worker-key': 'f'.repeat(40) }],
])('a machine %s is never touched', async (_, labels: Record<string, string>) => {
  const bench = await running();
  const [ours] = bench.cloud.alive();
  if (!ours) throw new Error('no machine');
  bench.cloud.preempt(ours.body.name);
  const key = ours.body.labels?.['worker-key'] as string;
  bench.cloud.place(ours.zone, { ...ours.body, labels: Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, value.replace('KEY', key)])) });
  await done(report(bench));
  expect(bench.cloud.isAlive(ours.body.name)).toBe(true);
  expect(bench.cloud.requests.some(({ method }) => method === 'instances.delete')).toBe(false);
  expect(bench.log.lines).toContainEqual(expect.objectContaining({ level: 'error', message: expect.stringContaining('left alone') }));
});

test.each([[{ status: 403, reason: 'forbidden' }], [{ operationError: 'INTERNAL_ERROR' }], [{ status: 503 }]] as const)(
  'a machine that cannot be deleted (%j) is an alert, and the next delivery deletes it',
  async (fault) => {
    let broken = true;
    const bench = await running({ fault: ({ method }) => (broken && method === 'instances.delete' ? fault : undefined) });
    expect((await report(bench)).status).toBeGreaterThanOrEqual(500);
    expect(bench.log.events(EVENTS.deleteFailed)).toHaveLength(1);
    expect(bench.ledger.records.get('7001.1')?.state).toBe('finished');
    broken = false;
    await done(report(bench));
    expect(bench.cloud.alive()).toEqual([]);
  },
);

test.each<[string, Partial<TaskResult>, boolean]>([
  ['preemption', { exitCode: null, error: { code: 'preempted', message: '' } }, true],
  ['an exit code that the task names', { exitCode: 75 }, true],
  ['another exit code', { exitCode: 1 }, false],
  ['being stopped by somebody', { exitCode: null, error: { code: 'stopped', message: '' } }, false],
  ['a missing image', { exitCode: null, error: { code: 'image-not-found', message: '' } }, false],
  ['success', { exitCode: 0 }, false],
])('after %s: another attempt is asked for, or none', async (_, changes, isRetried) => {
  const bench = await running({}, 'report');
  await done(report(bench, changes));
  const asked = { topic: 'task-request', data: JSON.stringify({ task: 'report', idempotencyKey: '7001', attempt: 2 }) };
  expect(bench.bus.published).toEqual(isRetried ? [asked] : []);
  // An attempt that another one follows is no failed task yet.
  expect(bench.log.events(EVENTS.taskFailed)).toHaveLength(isRetried || changes.exitCode === 0 ? 0 : 1);
});

test('an attempt follows once, and only as often as the task says', async () => {
  const bench = await running({}, 'report');
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    await done(report(bench, { exitCode: 75 }, `7001.${attempt}`));
    const asked = bench.bus.published.at(-1)?.data as string;
    await done(bench.createWorker(pushOf(asked, { id: `9${attempt}` })));
    await done(report(bench, { exitCode: 75 }, `7001.${attempt}`));
  }
  expect(bench.bus.published.map(({ data }) => JSON.parse(data).attempt)).toEqual([2, 3]);
  expect(bench.cloud.machines).toHaveLength(3);
  expect(bench.log.events(EVENTS.taskFailed)).toEqual([expect.objectContaining({ attempt: 3 })]);
});

test('what a crash left undone is done at the next delivery', async () => {
  const bench = await running({}, 'report');
  const publish = bench.bus.publish.bind(bench.bus);
  bench.bus.publish = async () => {
    throw new Error('UNAVAILABLE');
  };
  expect((await report(bench, { exitCode: 75 })).status).toBe(500);
  expect(bench.cloud.alive()).toEqual([]); // the machine goes all the same
  bench.bus.publish = publish;
  await done(report(bench, { exitCode: 75 }));
  expect(bench.bus.published).toHaveLength(1);
});

test('a report after the attempt was given up changes nothing, and its machine goes', async () => {
  const bench = await running({}, 'report');
  await bench.ledger.close('7001.1', { state: 'lost', closedAt: '2026-03-01T04:00:00.000Z', exitCode: null, error: null, cost: 1 });
  await done(report(bench, { exitCode: 75 }));
  expect(bench.ledger.records.get('7001.1')?.state).toBe('lost');
  expect([bench.bus.published, bench.cloud.alive()]).toEqual([[], []]);
});

test('an agent that could not read its task is known by its machine', async () => {
  const bench = await running();
  const { instance } = reportOf(bench, '7001.1');
  const error = { code: 'bad-metadata', message: 'task_image: is missing' } as const;
  await done(bench.deleteWorker(pushOf(resultOf({ taskId: instance, instance, exitCode: null, startedAt: null, error }))));
  expect(bench.ledger.records.get('7001.1')).toMatchObject({ state: 'failed', error });
  expect(bench.cloud.alive()).toEqual([]);
});

test.each<[string, Partial<TaskResult>, RegExp]>([
  ['of no attempt', { taskId: 'unknown' }, /is of no attempt that is in the ledger/],
  ['from another machine', { instance: 'docker-worker-other' }, /comes from docker-worker-other, but its machine is docker-worker-2/],
  ['of another id', { resultId: '7001.2' }, /is not of attempt 1 of 7001/],
])('a report %s is refused, and no machine is touched', async (_, changes, reason) => {
  const bench = await running();
  const answer = await bench.deleteWorker(pushOf(resultOf({ ...reportOf(bench, '7001.1'), resultId: `${changes.taskId ?? '7001'}.1`, ...changes })));
  expect(answer).toEqual({ status: 400, body: { error: expect.stringMatching(reason) } });
  expect(bench.cloud.alive()).toHaveLength(1);
  expect(bench.ledger.records.get('7001.1')?.state).toBe('started');
});

test('what is no report is refused', async () => {
  const { status, body } = await functionsBench().deleteWorker(pushOf({ taskId: 'x' }));
  expect([status, body]).toEqual([400, { error: expect.stringMatching(/resultId: .*; task: /) }]);
});

test('a report that overtakes the record of the start is priced by its own start', async () => {
  const bench = await running();
  const record = bench.ledger.records.get('7001.1');
  if (!record) throw new Error('no record');
  bench.ledger.records.set('7001.1', { ...record, state: 'claimed', startedAt: null });
  await done(report(bench));
  expect(bench.ledger.records.get('7001.1')).toMatchObject({ state: 'finished', startedAt: '2026-03-01T02:01:00.000Z', cost: 0.5483 });
});

test('a report with more in it than we know is taken: the agent may be newer', async () => {
  const bench = await running();
  const error = { code: 'timed-out', message: 'late', since: 'yesterday' };
  await done(bench.deleteWorker(pushOf({ ...reportOf(bench, '7001.1'), exitCode: null, error, colour: 'green' })));
  expect(bench.ledger.records.get('7001.1')?.error).toEqual({ code: 'timed-out', message: 'late' });
});

test('a report with a code that we do not know is taken, and not retried', async () => {
  const bench = await running({}, 'report');
  const error = { code: 'struck-by-lightning', message: 'the disk is gone' };
  await done(bench.deleteWorker(pushOf({ ...reportOf(bench, '7001.1'), exitCode: null, error })));
  expect(bench.ledger.records.get('7001.1')).toMatchObject({ state: 'failed', error: { code: 'agent-error', message: 'the disk is gone' } });
  expect([bench.bus.published, bench.cloud.alive()]).toEqual([[], []]);
});
