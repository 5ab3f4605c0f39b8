import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PubSub } from '@google-cloud/pubsub';
import { unzipSync } from 'fflate';
import { type CreateWorkerVariables, type DeleteWorkerVariables, ENTRY_POINTS, EVENTS, type ReapWorkersVariables } from '../../services/contracts/functions';
import type { TaskRecord } from '../../services/contracts/task-record';
import type { TaskRequest } from '../../services/contracts/task-request';
import type { TaskResult } from '../../services/contracts/task-result';
import { systemClock } from '../../services/runtime/clock';
import { openFirestoreStores } from '../../services/runtime/stores/firestore/stores';
import type { OpenStores } from '../../services/runtime/stores/stores';
import { Emulator } from '../../services/testbench/google/emulators';
import { type ComputeFault, type ComputeRequest, FakeCompute } from '../support/compute/fake-compute';
import { serveCompute } from '../support/compute/server';
import { machine, prices, resultOf, SECRET, signed, tasks } from '../support/functions/bench';
import { bundle, Framework } from '../support/functions/framework';
import type { Server } from '../support/loopback';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';
import { eventually } from '../support/service-process';

const PROJECT = 'test-project';
const common = { PROJECT, LEDGER_DATABASE: 'tasks', PRICES: JSON.stringify(prices) };
const create: CreateWorkerVariables = {
  ...common,
  TASKS: JSON.stringify(tasks),
  NAME_PREFIX: 'docker-worker',
  BOOT_IMAGE: machine.bootImage,
  SUBNETWORK: machine.subnetwork,
  WORKER_ACCOUNT: machine.account,
  REPORTING_TOPIC: 'task-finished',
  WEBHOOK: 'hmac',
  WEBHOOK_SECRET: SECRET,
};
const remove: DeleteWorkerVariables = { ...common, REQUEST_TOPIC: 'task-request' };
const reap: ReapWorkersVariables = common;

/** What Terraform uploads, unpacked. */
function shipped(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shipped-'));
  for (const [name, content] of Object.entries(unzipSync(readFileSync(join(ROOT, '.cache/functions.zip'))))) writeFileSync(join(folder, name), content);
  return folder;
}

describe('the archive', () => {
  const processes: Framework[] = [];
  afterAll(() => Promise.all(processes.map((framework) => framework.kill())));

  test('is one file and its manifest, which the functions framework starts, and which says what its environment lacks', async () => {
    const folder = shipped();
    expect(readdirSync(folder).sort()).toEqual(['index.js', 'package-lock.json', 'package.json']);
    // npm itself finds nothing missing and nothing too many; it asks no registry
    const listed = spawnSync('npm', ['ls', '--all', '--package-lock-only', '--json'], { cwd: folder, encoding: 'utf8' });
    expect(JSON.parse(listed.stdout)).not.toHaveProperty('problems');
    expect(listed.status).toBe(0);
    for (const target of Object.values(ENTRY_POINTS)) {
      const framework = await Framework.start({ folder, target, env: { PROJECT } });
      processes.push(framework);
      for (const _ of ['cold', 'warm']) expect((await fetch(framework.url, { method: 'POST', body: '{}' })).status).toBe(500);
      expect(framework.lines[0]).toMatchObject({
        severity: 'ERROR',
        message: expect.stringMatching(/LEDGER_DATABASE: is missing[\s\S]*PRICES: is missing/),
      });
      await eventually(() => framework.lines.length === 3, 5);
      await framework.kill();
    }
    expect(statSync(join(folder, 'index.js')).size).toBeLessThan(10_000_000);
  });
});

describeReal(['gcloud', 'java'], 'the functions on Pub/Sub and Firestore', () => {
  const emulators: Emulator[] = [];
  const functions: Partial<Record<keyof typeof ENTRY_POINTS, Framework>> = {};
  let pubsub: PubSub;
  let stores: OpenStores<'taskLedger'>;
  let server: Server;
  let fault: ((request: ComputeRequest) => ComputeFault | undefined) | undefined;
  const cloud = new FakeCompute({ clock: systemClock, operationMs: 200, pageSize: 2, honoursMaxRunDuration: false, fault: (request) => fault?.(request) });

  beforeAll(async () => {
    emulators.push(...(await Promise.all([Emulator.start('pubsub'), Emulator.start('firestore')])));
    const { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST } = process.env;
    server = await serveCompute(cloud);
    const folder = bundle('__tests__/support/functions/program.ts');
    const places = { PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST, METADATA_SERVER_DETECTION: 'none', TEST_COMPUTE_URL: server.url };
    const environments = { webhook: create, createWorker: create, deleteWorker: remove, reapWorkers: reap };
    for (const [name, target] of Object.entries(ENTRY_POINTS) as [keyof typeof ENTRY_POINTS, string][]) {
      functions[name] = await Framework.start({ folder, target, env: { ...places, ...environments[name] } });
    }
    stores = openFirestoreStores({ project: PROJECT, database: 'tasks' }, ['taskLedger']);
    pubsub = new PubSub({ projectId: PROJECT });
    await pushTo('task-request', 'createWorker');
    await pushTo('task-finished', 'deleteWorker');
  });

  afterAll(async () => {
    await Promise.all(Object.values(functions).map((framework) => framework.kill()));
    await pubsub?.close();
    await stores?.close();
    await server?.close();
    await Promise.all(emulators.map((emulator) => emulator.stop()));
  });

  beforeEach(() => {
    fault = undefined;
  });

  /** As the infrastructure sets it up: a push subscription with a dead-letter topic. */
  async function pushTo(topic: string, name: keyof typeof ENTRY_POINTS): Promise<void> {
    await pubsub.createTopic(topic);
    const [dead] = await pubsub.createTopic(`${topic}-dead`);
    await dead.createSubscription(`${topic}-dead`);
    await pubsub.topic(topic).createSubscription(`${topic}-push`, {
      pushConfig: { pushEndpoint: running(name).url },
      ackDeadlineSeconds: 10,
      retryPolicy: { minimumBackoff: { seconds: 1 }, maximumBackoff: { seconds: 2 } },
      deadLetterPolicy: { deadLetterTopic: dead.name, maxDeliveryAttempts: 5 },
    });
  }

  const running = (name: keyof typeof ENTRY_POINTS): Framework => functions[name] as Framework;
  const ask = (request: Partial<TaskRequest>) => pubsub.topic('task-request').publishMessage({ json: { task: 'import', ...request } });
  const record = (key: string) => stores.taskLedger.get(key);
  const inserts = (taskId: string) =>
    cloud.requests.filter(({ method, body }) => method === 'instances.insert' && body?.metadata?.items?.some(({ value }) => value === taskId));
  const machinesOf = (taskId: string) => cloud.machines.filter(({ body }) => body.metadata?.items?.some(({ value }) => value === taskId));

  async function started(taskId: string, attempt = 1): Promise<TaskRecord> {
    await eventually(
      async () => (await record(`${taskId}.${attempt}`))?.state === 'started',
      30,
      () => `${taskId} has not started: ${JSON.stringify(running('createWorker').lines.at(-1))}`,
    );
    return (await record(`${taskId}.${attempt}`)) as TaskRecord;
  }
  async function reported({ taskId, task, attempt, instance, startedAt }: TaskRecord, changes: Partial<TaskResult> = {}): Promise<TaskResult> {
    const result = resultOf({ taskId, task, attempt, instance, startedAt, finishedAt: new Date().toISOString(), ...changes });
    await pubsub.topic('task-finished').publishMessage({ json: result });
    return result;
  }
  const call = (name: keyof typeof ENTRY_POINTS, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    fetch(running(name).url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

  test('a message becomes a machine, its report removes it, and the ledger has both', async () => {
    const taskId = await ask({});
    const { instance } = await started(taskId);
    expect(cloud.isAlive(instance)).toBe(true);
    await reported(await started(taskId));
    await eventually(() => !cloud.isAlive(instance));
    await eventually(async () => (await record(`${taskId}.1`))?.state === 'finished');
    expect((await record(`${taskId}.1`))?.cost).toBeGreaterThanOrEqual(0);
  });

  test('duplicates at the same time, by message and by key, make one machine', async () => {
    const body = {
      message: { messageId: '5001', publishTime: new Date().toISOString(), data: Buffer.from('{"task":"import"}').toString('base64') },
      subscription: 's',
    };
    const answers = await Promise.all([1, 2, 3, 4].map(() => call('createWorker', JSON.stringify(body))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await Promise.all([1, 2, 3, 4].map(() => ask({ idempotencyKey: 'same' })));
    await started('same');
    expect([machinesOf(body.message.messageId).length, machinesOf('same').length]).toEqual([1, 1]);
    expect(new Set(inserts('same').map(({ query }) => query.requestId)).size).toBe(1);
  });

  test('two requests of one second make two machines', async () => {
    const ids = await Promise.all([ask({}), ask({})]);
    const [first, second] = await Promise.all(ids.map((id) => started(id)));
    expect(first?.instance).not.toBe(second?.instance);
    expect(cloud.isAlive(first?.instance ?? '') && cloud.isAlive(second?.instance ?? '')).toBe(true);
  });

  test.each([{ status: 500 }, { status: 429, reason: 'rateLimitExceeded' }, 'drop', 'lose-answer'] as const)(
    'Compute Engine with %j is asked again',
    async (given) => {
      let left = 2;
      fault = ({ method }) => (method === 'instances.insert' && left-- > 0 ? given : undefined);
      const taskId = await ask({});
      await started(taskId);
      expect([machinesOf(taskId).length, inserts(taskId).length]).toEqual([1, 3]);
    },
  );

  test('a process that is killed between claim and insert, or before the answer: the redelivery makes one machine', async () => {
    for (const given of ['drop', 'lose-answer'] as const) {
      let left = 1;
      const killed = new Promise<void>((resolve) => {
        fault = ({ method }) => {
          if (method !== 'instances.insert' || left-- <= 0) return undefined;
          resolve(running('createWorker').kill());
          return given;
        };
      });
      const taskId = await ask({});
      await killed;
      expect(await record(`${taskId}.1`)).toMatchObject({ state: 'claimed' });
      expect(machinesOf(taskId)).toHaveLength(given === 'drop' ? 0 : 1);
      await running('createWorker').restart();
      const { instance } = await started(taskId);
      expect(machinesOf(taskId).map(({ body }) => body.name)).toEqual([instance]);
    }
  });

  test('a machine that is gone is success; one without our label is left alone', async () => {
    const gone = await started(await ask({}));
    cloud.preempt(gone.instance);
    await reported(gone);
    const other = await started(await ask({}));
    const [ours] = machinesOf(other.taskId);
    if (!ours) throw new Error('no machine');
    cloud.preempt(other.instance);
    cloud.place(ours.zone, { ...ours.body, labels: { owner: 'somebody' } });
    await reported(other);
    await eventually(async () => (await Promise.all([gone, other].map(({ key }) => record(key)))).every((closed) => closed?.state === 'finished'));
    await eventually(() => running('deleteWorker').lines.some(({ message }) => String(message).includes('left alone')));
    const { status } = await call('reapWorkers', '{}');
    expect([status, cloud.isAlive(other.instance)]).toEqual([200, true]);
    expect(running('deleteWorker').events(EVENTS.deleteFailed)).toEqual([]);
  });

  test('a failed attempt is followed by another one, once, and the last failure is an alert', async () => {
    const taskId = await ask({ task: 'report' });
    for (const attempt of [1, 2, 3]) {
      const running = await started(taskId, attempt);
      await Promise.all([reported(running, { exitCode: 75 }), reported(running, { exitCode: 75 })]);
      await eventually(() => !cloud.isAlive(running.instance));
    }
    await eventually(async () => (await record(`${taskId}.3`))?.state === 'failed');
    expect(machinesOf(taskId)).toHaveLength(3);
    expect(await record(`${taskId}.4`)).toBeUndefined();
    expect(running('deleteWorker').events(EVENTS.taskFailed).length).toBeGreaterThanOrEqual(1);
  });

  test('a delete that fails is an alert, and is tried again until the machine is gone', async () => {
    let left = 2;
    fault = ({ method }) => (method === 'instances.delete' && left-- > 0 ? { status: 403, reason: 'forbidden' } : undefined);
    const { instance, key } = await started(await ask({}));
    await reported((await record(key)) as TaskRecord);
    await eventually(() => !cloud.isAlive(instance), 30);
    expect(running('deleteWorker').events(EVENTS.deleteFailed)).toHaveLength(2);
  });

  test('the reaper removes what is past its deadline, over all pages, and closes its attempts', async () => {
    const records = await Promise.all([ask({}), ask({}), ask({})].map(async (id) => started(await id)));
    const [late, later, young] = records as [TaskRecord, TaskRecord, TaskRecord];
    for (const { instance } of [late, later]) cloud.age(instance, 3901);
    const answer = await call('reapWorkers', '{}');
    expect([answer.status, await answer.json()]).toEqual([
      200,
      {
        machines: expect.any(Number),
        open: expect.any(Number),
        broken: 0,
        deleted: expect.arrayContaining([late.instance, later.instance]),
        lost: expect.arrayContaining([late.key, later.key]),
        problems: [],
      },
    ]);
    expect(records.map(({ instance }) => cloud.isAlive(instance))).toEqual([false, false, true]);
    expect(await Promise.all([late, later, young].map(async ({ key }) => (await record(key))?.state))).toEqual(['lost', 'lost', 'started']);
    expect(
      running('reapWorkers')
        .events(EVENTS.taskLost)
        .map(({ taskId }) => taskId)
        .sort(),
    ).toEqual([late.taskId, later.taskId].sort());
  });

  test('a signed request passes once; a bad signature, an old timestamp and a replay are refused', async () => {
    const body = { task: 'import', idempotencyKey: 'signed' };
    const send = ({ rawBody, headers }: ReturnType<typeof signed>) => call('webhook', new Uint8Array(rawBody), headers as Record<string, string>);
    const right = signed(body, new Date());
    expect((await send({ ...right, rawBody: Buffer.from('{"task":"import","idempotencyKey":"forged"}') })).status).toBe(401);
    expect((await send(signed(body, new Date(), 'another secret of more than thirty-two characters'))).status).toBe(401);
    expect((await send(signed(body, new Date(Date.now() - 400_000)))).status).toBe(401);
    expect(machinesOf('signed')).toHaveLength(0);
    const answer = await send(right);
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ taskId: 'signed', state: 'started' })]);
    expect((await send(right)).status).toBe(409);
    expect((await send(signed(body, new Date(Date.now() + 1000)))).status).toBe(200); // asked again, signed anew: the same task
    expect(machinesOf('signed')).toHaveLength(1);
    // The framework reads no body without a Content-Type.
    const unnamed = signed({ task: 'import', idempotencyKey: 'unnamed' }, new Date());
    const headers = unnamed.headers as Record<string, string>;
    expect((await fetch(running('webhook').url, { method: 'POST', body: new Uint8Array(unnamed.rawBody), headers })).status).toBe(200);
    expect(machinesOf('unnamed')).toHaveLength(1);
    expect(JSON.stringify(running('webhook').lines)).not.toContain(SECRET);
  });

  test('what is no request ends in the dead-letter topic', async () => {
    const messageId = await pubsub.topic('task-request').publishMessage({ data: Buffer.from('{"task":') });
    const dead = pubsub.subscription('task-request-dead');
    const found = await new Promise<string>((resolve) => {
      dead.on('message', (message) => {
        message.ack();
        resolve(message.data.toString());
      });
    });
    await dead.close();
    expect(found).toBe('{"task":');
    expect(
      running('createWorker').lines.filter(({ severity, message }) => severity === 'ERROR' && String(message).includes(messageId)).length,
    ).toBeGreaterThanOrEqual(5);
  });

  test('of all that was asked of Compute Engine nothing was unknown to it, and every insert ends its machine', () => {
    expect(cloud.refused).toEqual([]);
    const bodies = cloud.requests.filter(({ method }) => method === 'instances.insert');
    expect(bodies.length).toBeGreaterThan(15);
    for (const { body, query } of bodies) {
      expect(query.requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(body?.scheduling).toMatchObject({ instanceTerminationAction: 'DELETE', maxRunDuration: { seconds: expect.stringMatching(/^[0-9]+$/) } });
    }
  });
});
