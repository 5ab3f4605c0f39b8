import { createHmac } from 'node:crypto';
import { type Task, taskSchema } from '../../../services/contracts/task';
import { SIGNATURE, type TaskRequest } from '../../../services/contracts/task-request';
import { resultIdOf, type TaskResult } from '../../../services/contracts/task-result';
import { ComputeApi } from '../../../services/functions/compute-api';
import type { CreateWorkerParts } from '../../../services/functions/create-worker';
import type { DeleteWorkerParts } from '../../../services/functions/delete-worker';
import { type Answer, answering, type Call } from '../../../services/functions/handler';
import type { ReapWorkersParts } from '../../../services/functions/reap-workers';
import { reaping, requestPush, resultPush, webhook } from '../../../services/functions/requests';
import type { Clock } from '../../../services/runtime/clock';
import type { Transport } from '../../../services/runtime/google/rest';
import { FakeCompute, type FakeComputeOptions } from '../compute/fake-compute';
import { SteppingClock } from '../simulation/virtual-clock';
import { MemoryBus, MemoryLedger, MemoryLog, MemorySeenRequests } from './memory';

export const SECRET = 'a secret of more than thirty-two characters';

export const machine = {
  project: 'p-dev',
  bootImage: 'projects/p-dev/global/images/family/docker-worker',
  subnetwork: 'projects/p-dev/regions/us-west1/subnetworks/workers',
  account: 'worker@p-dev.iam.gserviceaccount.com',
  reportingTopic: 'task-finished',
} as const;

export const prices = { machineHour: { 'n2-highmem-16': 1.05, 'spot:n2-highmem-16': 0.25 }, diskGbMonth: 0.17 };

export const task = (changes: Partial<Task> = {}): Task =>
  taskSchema.parse({
    image: 'docker.io/library/importer:1',
    args: ['--full'],
    env: { INDEX: 'films' },
    machineType: 'n2-highmem-16',
    zone: 'us-west1-a',
    diskGb: 200,
    provisioning: 'on-demand',
    maxMinutes: 60,
    ...changes,
  });

export const tasks: Readonly<Record<string, Task>> = {
  import: task({ sharedBucket: 'p-dev-shared', mayOverride: ['args', 'env', 'zone'] }),
  report: task({ provisioning: 'spot', maxMinutes: 15, retries: { attempts: 2, on: { exitCodes: [75] } } }),
};

/** The functions with everything around them in memory. */
export function functionsBench(options: Partial<FakeComputeOptions> = {}) {
  const clock = new SteppingClock('2026-03-01T02:00:00.000Z');
  const cloud = new FakeCompute({ clock, ...options });
  const ledger = new MemoryLedger();
  const bus = new MemoryBus();
  const log = new MemoryLog();
  const seen = new MemorySeenRequests();
  const compute = computeApi(cloud, clock);
  const create: CreateWorkerParts = { compute, ledger, clock, log, tasks, namePrefix: 'docker-worker', machine };
  const remove: DeleteWorkerParts = { compute, ledger, bus, log, prices, requestTopic: 'task-request' };
  const reap: ReapWorkersParts = { compute, ledger, clock, log, prices };
  return {
    clock,
    cloud,
    ledger,
    bus,
    log,
    seen,
    compute,
    parts: { create, remove, reap },
    createWorker: answering(log, requestPush(create)),
    deleteWorker: answering(log, resultPush(remove)),
    reapWorkers: answering(log, reaping(reap)),
    webhook: answering(log, webhook(create, undefined)),
    signedWebhook: answering(log, webhook(create, { secret: SECRET, seen })),
  };
}

/** The client, straight into the fake. */
export function computeApi(cloud: FakeCompute, clock: Clock, random: () => number = () => 0.5): ComputeApi {
  const transport: Transport = (method, url, body) => cloud.handle(method, url.replace('http://compute', ''), body);
  return new ComputeApi({ project: machine.project, clock, transport, baseUrl: 'http://compute/compute/v1', random });
}

export interface PushOptions {
  readonly id?: string;
  readonly publishTime?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** What Pub/Sub posts for a message. */
export const pushOf = (data: unknown, { id = '7001', publishTime = '2026-03-01T02:00:00.123Z', attributes = {} }: PushOptions = {}): Call =>
  callOf({
    message: {
      messageId: id,
      message_id: id,
      publishTime,
      publish_time: publishTime,
      attributes,
      data: Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)).toString('base64'),
    },
    subscription: 'projects/p-dev/subscriptions/s',
    deliveryAttempt: 1,
  });

export const callOf = (body: unknown, headers: Call['headers'] = {}): Call => ({
  headers,
  rawBody: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

export function signed(body: unknown, at: Date, secret = SECRET): Call {
  const { rawBody } = callOf(body);
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const hex = createHmac('sha256', secret).update(`${timestamp}.${rawBody}`).digest('hex');
  return { rawBody, headers: { [SIGNATURE.timestampHeader]: timestamp, [SIGNATURE.signatureHeader]: `sha256=${hex}` } };
}

export const requestOf = (changes: Partial<TaskRequest> = {}): Partial<TaskRequest> => ({ task: 'import', ...changes });

/** An agent's report. */
export function resultOf(changes: Partial<TaskResult> = {}): TaskResult {
  const { taskId = '7001', attempt = 1 } = changes;
  return {
    resultId: resultIdOf({ taskId, attempt }),
    taskId,
    task: 'import',
    attempt,
    instance: 'docker-worker-20260301-1772330400-00000000',
    image: 'docker.io/library/importer:1',
    imageDigest: `sha256:${'0'.repeat(64)}`,
    exitCode: 0,
    oomKilled: false,
    signal: null,
    error: null,
    startedAt: '2026-03-01T02:01:00.000Z',
    finishedAt: '2026-03-01T02:31:00.000Z',
    ...changes,
  };
}

/** The report of what a machine was made for. */
export function reportOf(bench: ReturnType<typeof functionsBench>, key: string, changes: Partial<TaskResult> = {}): TaskResult {
  const record = bench.ledger.records.get(key);
  if (!record) throw new Error(`no ${key} in the ledger`);
  const { taskId, task: name, attempt, instance } = record;
  return resultOf({ taskId, task: name, attempt, instance, ...changes });
}

/** A handler that must do its work. */
export async function done(answer: Promise<Answer>): Promise<Answer['body']> {
  const { status, body } = await answer;
  if (status !== 200) throw new Error(`answered ${status} ${JSON.stringify(body)}`);
  return body;
}
