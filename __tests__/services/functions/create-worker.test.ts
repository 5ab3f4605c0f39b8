import { EVENTS } from '../../../services/contracts/functions';
import { SCHEDULED } from '../../../services/contracts/task-request';
import { workerMetadata } from '../../../services/contracts/worker-metadata';
import { createWorker, START_SECONDS } from '../../../services/functions/create-worker';
import { instanceBody } from '../../../services/functions/instance-body';
import type { InstanceBody } from '../../support/compute/machine';
import { callOf, done, functionsBench, machine, pushOf, requestOf, task } from '../../support/functions/bench';
import { COMPUTE } from '../../support/google/discovery';

const inserts = ({ cloud }: ReturnType<typeof functionsBench>) => cloud.requests.filter(({ method }) => method === 'instances.insert');

test('a message makes one machine, and a record that says so', async () => {
  const bench = functionsBench();
  await done(bench.createWorker(pushOf(requestOf())));
  expect(bench.cloud.refused).toEqual([]);
  expect(bench.cloud.alive().map(({ body }) => body.name)).toEqual([expect.stringMatching(/^docker-worker-20260301-1772330400-[0-9a-f]{8}$/)]);
  expect(bench.ledger.records.get('7001.1')).toMatchObject({ state: 'started', task: 'import', requestedAt: '2026-03-01T02:00:00.123Z', cost: null });
});

test('every machine is deleted by Google at the end of its time, spot or not', async () => {
  const bench = functionsBench();
  await done(bench.createWorker(pushOf(requestOf(), { id: '1' })));
  await done(bench.createWorker(pushOf(requestOf({ task: 'report' }), { id: '2' })));
  expect(inserts(bench).map(({ body }) => body?.scheduling)).toEqual([
    {
      provisioningModel: 'STANDARD',
      instanceTerminationAction: 'DELETE',
      maxRunDuration: { seconds: '3900' },
      automaticRestart: true,
      onHostMaintenance: 'MIGRATE',
    },
    {
      provisioningModel: 'SPOT',
      instanceTerminationAction: 'DELETE',
      maxRunDuration: { seconds: '1200' },
      automaticRestart: false,
      onHostMaintenance: 'TERMINATE',
    },
  ]);
});

test('a machine has no address on the internet, no keys of the project, and a disk that goes with it', async () => {
  const bench = functionsBench();
  await done(bench.createWorker(pushOf(requestOf())));
  const body = inserts(bench)[0]?.body as InstanceBody;
  expect(body.networkInterfaces).toEqual([{ subnetwork: machine.subnetwork }]);
  expect(body.disks?.[0]).toMatchObject({
    boot: true,
    autoDelete: true,
    initializeParams: { diskType: 'zones/us-west1-a/diskTypes/pd-ssd', diskSizeGb: '200' },
  });
  expect(body).toMatchObject({
    deletionProtection: false,
    shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
  });
  expect(Object.fromEntries((body.metadata?.items ?? []).map(({ key, value }) => [key, value]))).toMatchObject({
    'enable-oslogin': 'TRUE',
    'block-project-ssh-keys': 'TRUE',
  });
});

test('the agent reads from the metadata what was declared and asked for', async () => {
  const bench = functionsBench();
  await done(bench.createWorker(pushOf(requestOf({ args: ['--since', '2026'], env: { LEVEL: '2' } }))));
  const items = inserts(bench)[0]?.body?.metadata?.items ?? [];
  expect(workerMetadata.parse(Object.fromEntries(items.map(({ key, value }) => [key, value])))).toEqual({
    project: 'p-dev',
    reporting_topic: 'task-finished',
    shared_bucket: 'p-dev-shared',
    task_id: '7001',
    task_name: 'import',
    task_attempt: 1,
    task_image: 'docker.io/library/importer:1',
    task_args: ['--since', '2026'],
    task_env: { INDEX: 'films', LEVEL: '2' },
    task_max_seconds: 3600,
  });
});

test('arguments may be as long as metadata holds', async () => {
  const bench = functionsBench();
  await done(bench.createWorker(pushOf(requestOf({ args: ['x'.repeat(262_140)] }))));
  const items = inserts(bench)[0]?.body?.metadata?.items ?? [];
  expect(items.find(({ key }) => key === 'task_args')?.value).toHaveLength(262_144);
});

test('a message that comes again, also at the same time, makes no second machine', async () => {
  const bench = functionsBench();
  const asked = () => bench.createWorker(pushOf(requestOf()));
  await Promise.all([done(asked()), done(asked()), done(asked())]);
  await done(asked());
  expect(bench.cloud.machines).toHaveLength(1);
  expect(new Set(inserts(bench).map(({ query }) => query.requestId)).size).toBe(1);
});

test.each(['started', 'finished', 'lost'] as const)('a message that comes again when its attempt is %s asks Google for nothing', async (state) => {
  const bench = functionsBench();
  await done(bench.createWorker(pushOf(requestOf())));
  if (state !== 'started') await bench.ledger.close('7001.1', { state, closedAt: '2026-03-01T02:30:00.000Z', exitCode: null, error: null, cost: 0 });
  bench.cloud.requests.length = 0;
  expect(await done(bench.createWorker(pushOf(requestOf())))).toMatchObject({ state });
  expect(bench.cloud.requests).toEqual([]);
});

test('two messages with one idempotency key are one task', async () => {
  const bench = functionsBench();
  await done(bench.createWorker(pushOf(requestOf({ idempotencyKey: 'monday' }), { id: '1' })));
  await done(bench.createWorker(pushOf(requestOf({ idempotencyKey: 'monday' }), { id: '2', publishTime: '2026-03-01T02:00:09.000Z' })));
  expect(bench.cloud.machines).toHaveLength(1);
});

test('what a schedule publishes twice runs once, and again when it is due again', async () => {
  const bench = functionsBench();
  const due = (id: string, publishTime: string) => pushOf(requestOf(), { id, publishTime, attributes: SCHEDULED });
  await done(bench.createWorker(due('1', '2026-03-01T02:00:00.400Z')));
  await done(bench.createWorker(due('2', '2026-03-01T02:00:07.100Z')));
  expect(bench.cloud.alive()).toHaveLength(1);
  await done(bench.createWorker(due('3', '2026-03-01T02:01:00.300Z')));
  expect([...bench.ledger.records.keys()]).toEqual(['import-2026-03-01T02:00.1', 'import-2026-03-01T02:01.1']);
});

test('two requests of one second get two names', async () => {
  const bench = functionsBench();
  await done(bench.createWorker(pushOf(requestOf(), { id: '1' })));
  await done(bench.createWorker(pushOf(requestOf(), { id: '2' })));
  expect(new Set(bench.cloud.alive().map(({ body }) => body.name)).size).toBe(2);
});

test('one key is not for two tasks', async () => {
  const bench = functionsBench();
  await done(bench.createWorker(pushOf(requestOf({ idempotencyKey: 'monday' }))));
  const answer = await bench.createWorker(pushOf(requestOf({ task: 'report', idempotencyKey: 'monday' }), { id: '2' }));
  expect(answer).toEqual({ status: 409, body: { error: 'the key monday was used for import, not report: ask with another one' } });
});

test.each([
  ['no JSON', '{', /^message 7001 is not JSON/],
  ['an unknown field', { task: 'import', zones: [] }, /Unrecognized key: "zones"/],
  ['several wrong fields', { task: 'Import', diskGb: 1 }, /task: not the name of a task.*; diskGb: must be 10 GB or more/],
  ['an unknown task', { task: 'export' }, /no task is called export; there is import, report/],
  [
    'a field that may not be set',
    { task: 'import', machineType: 'n2-highmem-32', diskGb: 500 },
    /may not set machineType, diskGb of import; it may set args, env, zone/,
  ],
  ['arguments that no metadata can hold', { task: 'import', args: ['x'.repeat(262_141)] }, /args: longer than the 262144 bytes/],
  ['an environment that no metadata can hold', { task: 'import', env: { A: 'ä'.repeat(131_072) } }, /env: longer than the 262144 bytes/],
  [
    'an environment that is too long together with the declared one',
    { task: 'import', env: { A: 'x'.repeat(262_134) } },
    /env, with what import declares: longer/,
  ],
  ['a zone elsewhere', { task: 'import', zone: 'europe-west1-b' }, /zone europe-west1-b is not in us-west1/],
  ['a further attempt of nothing', { task: 'import', idempotencyKey: 'x', attempt: 2 }, /there was no attempt 1 of x/],
  ['a further attempt of no task', { task: 'import', attempt: 2 }, /attempt 2 of which task/],
])('a message with %s is refused for the dead-letter topic, and nothing is started', async (_, data, reason) => {
  const bench = functionsBench();
  const { status, body } = await bench.createWorker(pushOf(data));
  expect(status).toBe(400);
  expect(body).toEqual({ error: expect.stringMatching(reason) });
  expect(bench.log.lines).toEqual([expect.objectContaining({ level: 'error', message: expect.stringMatching(reason.source.replace('^', '')) })]);
  expect([bench.ledger.records.size, bench.cloud.machines.length]).toEqual([0, 0]);
});

test('a further attempt runs what the ledger says of the one before, once', async () => {
  const bench = functionsBench();
  await done(bench.createWorker(pushOf(requestOf({ task: 'report', idempotencyKey: 'r' }))));
  const retry = (changes = {}) => bench.createWorker(pushOf({ task: 'report', idempotencyKey: 'r', attempt: 2, ...changes }, { id: '9' }));
  expect(await retry()).toMatchObject({ status: 400, body: { error: 'attempt 1 of r is started, not failed' } });
  await bench.ledger.close('r.1', { state: 'failed', closedAt: '2026-03-01T02:10:00.000Z', exitCode: 75, error: null, cost: 0 });
  expect(await retry({ image: 'evil/image' })).toMatchObject({ status: 400, body: { error: 'attempt 2 runs what the one before ran, and may not set image' } });
  await done(retry());
  await done(retry());
  expect(bench.cloud.machines).toHaveLength(2);
  expect(bench.ledger.records.get('r.2')).toMatchObject({ attempt: 2, state: 'started', run: { image: 'docker.io/library/importer:1' } });
  await bench.ledger.close('r.2', { state: 'failed', closedAt: '2026-03-01T02:20:00.000Z', exitCode: 75, error: null, cost: 0 });
  await done(retry({ attempt: 3 }));
  await bench.ledger.close('r.3', { state: 'failed', closedAt: '2026-03-01T02:30:00.000Z', exitCode: 75, error: null, cost: 0 });
  expect(await retry({ attempt: 4 })).toMatchObject({ status: 400, body: { error: 'r has no attempt 4: 2 may follow the first' } });
});

test.each(['ZONE_RESOURCE_POOL_EXHAUSTED', 'QUOTA_EXCEEDED'])('%s is a failed task with one alert, not a task that waits', async (code) => {
  const bench = functionsBench({ operationMs: 3000, fault: ({ method }) => (method === 'instances.insert' ? { operationError: code } : undefined) });
  await done(bench.createWorker(pushOf(requestOf())));
  await done(bench.createWorker(pushOf(requestOf())));
  expect(bench.ledger.records.get('7001.1')).toMatchObject({ state: 'failed', error: { code: 'not-started', message: `${code}: as injected` }, cost: 0 });
  expect(bench.log.events(EVENTS.taskFailed)).toHaveLength(1);
});

test('a refused insert is a failed task as well', async () => {
  const bench = functionsBench({ fault: ({ method }) => (method === 'instances.insert' ? { status: 403, reason: 'forbidden' } : undefined) });
  await done(bench.createWorker(pushOf(requestOf())));
  expect(bench.ledger.records.get('7001.1')?.error?.message).toBe('forbidden: as injected');
});

test.each([
  [{ status: 500 }],
  [{ status: 503 }],
  [{ status: 429 }],
  [{ status: 403, reason: 'rateLimitExceeded' }],
  [{ status: 403, reason: 'userRateLimitExceeded' }],
  ['drop'],
  ['lose-answer'],
] as const)('%j is tried again, with pauses, and one machine is made', async (fault) => {
  let left = 3;
  const bench = functionsBench({ fault: ({ method }) => (method === 'instances.insert' && left-- > 0 ? fault : undefined) });
  const before = bench.clock.now();
  await done(bench.createWorker(pushOf(requestOf())));
  expect(inserts(bench)).toHaveLength(4);
  expect(bench.cloud.machines).toHaveLength(1);
  expect(bench.clock.now() - before).toBeGreaterThan(1500);
});

test('what stays unavailable is left to the next delivery, which completes it', async () => {
  let down = true;
  const bench = functionsBench({ fault: () => (down ? { status: 503 } : undefined) });
  const before = bench.clock.now();
  expect(await bench.createWorker(pushOf(requestOf()))).toMatchObject({ status: 503 });
  expect(bench.clock.now() - before).toBeLessThan(30_000);
  expect(bench.ledger.records.get('7001.1')?.state).toBe('claimed');
  down = false;
  await done(bench.createWorker(pushOf(requestOf())));
  expect(bench.ledger.records.get('7001.1')?.state).toBe('started');
  expect(bench.cloud.machines).toHaveLength(1);
});

test('a machine of our own that is there already is taken for started', async () => {
  const bench = functionsBench();
  await done(bench.createWorker(pushOf(requestOf())));
  const record = bench.ledger.records.get('7001.1');
  if (!record) throw new Error('no record');
  bench.ledger.records.set('7001.1', { ...record, state: 'claimed', startedAt: null });
  const insert = bench.compute.insert.bind(bench.compute);
  bench.compute.insert = (zone, body) => insert(zone, body, '00000000-0000-4000-8000-000000000000'); // Google has forgotten the id
  await done(bench.createWorker(pushOf(requestOf())));
  expect(bench.ledger.records.get('7001.1')?.state).toBe('started');
});

test("somebody else's machine of that name is not taken for ours", async () => {
  const other = functionsBench();
  await done(other.createWorker(pushOf(requestOf())));
  const bench = functionsBench();
  const [same] = other.cloud.alive();
  bench.cloud.place('us-west1-a', { ...(same as NonNullable<typeof same>).body, labels: { 'worker-task': 'import' } });
  await done(bench.createWorker(pushOf(requestOf())));
  expect(bench.ledger.records.get('7001.1')).toMatchObject({ state: 'failed', error: { message: expect.stringContaining("not this attempt's") } });
});

test('a claim that nobody completed in time is not completed too late', async () => {
  const bench = functionsBench({ fault: ({ method }) => (method === 'instances.insert' ? { status: 503 } : undefined) });
  await bench.createWorker(pushOf(requestOf()));
  bench.clock.pass(START_SECONDS);
  await done(bench.createWorker(pushOf(requestOf())));
  expect(bench.ledger.records.get('7001.1')).toMatchObject({ state: 'failed', error: { message: 'no machine was accepted within 900 seconds' } });
  expect(bench.log.events(EVENTS.taskFailed)).toHaveLength(1);
});

test('an operation that takes long is accepted without its end', async () => {
  const bench = functionsBench({ operationMs: 300_000 });
  const before = bench.clock.now();
  await done(bench.createWorker(pushOf(requestOf())));
  expect(bench.clock.now() - before).toBeLessThan(60_000);
  expect(bench.ledger.records.get('7001.1')?.state).toBe('started');
});

test('a failing ledger stops before anything is made', async () => {
  const bench = functionsBench();
  bench.ledger.claim = async () => {
    throw new Error('UNAVAILABLE');
  };
  expect(await bench.createWorker(pushOf(requestOf()))).toMatchObject({ status: 500 });
  expect(bench.cloud.requests).toEqual([]);
});

test('names are legal and stay below 63 characters with the longest prefix', async () => {
  const { parts } = functionsBench();
  const requestedAt = new Date('2026-12-31T23:59:59.999Z');
  const record = await createWorker(
    { ...parts.create, namePrefix: `a${'b'.repeat(25)}` },
    { request: { task: 'import', attempt: 1 }, taskId: `x${':'.repeat(127)}`, requestedAt },
  );
  expect(record.instance).toMatch(/^ab{25}-20261231-1798761599-[0-9a-f]{8}$/);
  expect(record.instance.length).toBeLessThanOrEqual(63);
});

test('the fake lets only published fields pass', async () => {
  const { cloud, parts } = functionsBench();
  const record = await createWorker(parts.create, { request: { task: 'import', attempt: 1 }, taskId: 'x', requestedAt: new Date() });
  const good = instanceBody({ ...record, instance: 'other' }, machine);
  const insert = (body: object, query = '') => cloud.handle('POST', `/compute/v1/projects/p-dev/zones/us-west1-a/instances${query}`, body);
  const cases: [object, string?][] = [
    [{ ...good, maxRunDuration: { seconds: '1' } }],
    [{ ...good, scheduling: { ...good.scheduling, maxRunDuration: '3900s' } }],
    [{ ...good, scheduling: { ...good.scheduling, instanceTerminationAction: 'REMOVE' } }],
    [{ ...good, scheduling: { ...good.scheduling, maxRunDuration: { seconds: 3900 } } }],
    [{ ...good, disks: [{ ...good.disks[0], autodelete: true }] }],
    [good, '?request_id=x'],
    [good, '?requestId=x'],
  ];
  for (const [body, query] of cases) expect((await insert(body, query)).status).toBe(400);
  expect(cloud.refused[0]).toContain('Unknown name "maxRunDuration"');
  expect((await insert(good)).status).toBe(200);
  expect(COMPUTE.extract.revision).toMatch(/^20[0-9]{6}$/);
});

test('the push request itself must be one', async () => {
  const bench = functionsBench();
  expect(await bench.createWorker(callOf({ hello: 'world' }))).toMatchObject({
    status: 400,
    body: { error: expect.stringContaining('push request: message') },
  });
});

test('what a task may override is what its declaration says, env by addition', async () => {
  const { parts, ledger } = functionsBench();
  const own = { ...parts.create, tasks: { import: task({ mayOverride: ['image', 'machineType', 'diskGb', 'sharedBucket', 'env'] }) } };
  const request = {
    task: 'import',
    attempt: 1,
    image: 'other/image:2',
    machineType: 'n2-highmem-32',
    diskGb: 500,
    sharedBucket: 'other',
    env: { INDEX: 'x', B: '1' },
  };
  await createWorker(own, { request, taskId: 'x', requestedAt: new Date() });
  const { image, machineType, diskGb, sharedBucket, env } = request;
  expect(ledger.records.get('x.1')?.run).toMatchObject({ image, machineType, diskGb, sharedBucket, env, args: ['--full'], maxMinutes: 60 });
});
