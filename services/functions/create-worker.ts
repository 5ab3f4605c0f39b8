import { EVENTS } from '../contracts/functions';
import { machineSeconds, type Task } from '../contracts/task';
import type { TaskRecord } from '../contracts/task-record';
import type { TaskRequest } from '../contracts/task-request';
import { resultIdOf, type TaskError } from '../contracts/task-result';
import type { Clock } from '../runtime/clock';
import { GoogleError } from '../runtime/google/rest';
import type { TaskLedger } from '../runtime/stores/task-ledger';
import { closeWithAlert } from './close-with-alert';
import type { ComputeApi } from './compute-api';
import { Refused } from './handler';
import { instanceBody, type MachineSettings } from './instance-body';
import type { Log } from './log';
import { belongsTo, instanceNameOf, requestIdOf } from './names';
import { refuseOverrides, regionOfSubnetwork, regionOfZone, resolveTask } from './resolve-task';

export interface CreateWorkerParts {
  readonly compute: Pick<ComputeApi, 'insert' | 'get'>;
  readonly ledger: TaskLedger;
  readonly clock: Clock;
  readonly log: Log;
  readonly tasks: Readonly<Record<string, Task>>;
  readonly namePrefix: string;
  readonly machine: MachineSettings;
}

export interface AskedRun {
  readonly request: TaskRequest;
  /** The idempotency key. */
  readonly taskId: string;
  readonly requestedAt: Date;
}

/**
 * Seconds from the claim within which a machine must be accepted. Redeliveries go on until then; the deadline counts from its end, so that
 * no machine that was accepted in time can live longer than its record.
 */
export const START_SECONDS = 900;

/** Until then the machine of a claimed attempt may still be made. */
export const startBy = ({ deadline, run }: TaskRecord): Date => new Date(Date.parse(deadline) - machineSeconds(run) * 1000);

/**
 * Starts the machine of one attempt of a task, once, however often it is asked for. The claim in the ledger comes first; everything after it
 * follows from the record that is there, so that a redelivery completes what a crash left behind. A machine that Google refuses, also for want
 * of quota or capacity, is a failed task with an alert at once: waiting would hide it, and another try with the same name and id is none.
 * Returns the record as it is now.
 */
export async function createWorker(parts: CreateWorkerParts, asked: AskedRun): Promise<TaskRecord> {
  const { ledger, clock, log, machine } = parts;
  const record = await claim(parts, asked);
  if (record.state !== 'claimed') {
    log.info({ taskId: record.taskId, attempt: record.attempt, instance: record.instance }, `asked for again; it is ${record.state}`);
    return record;
  }
  if (clock.now() > startBy(record).getTime()) return startedTooLate(parts, record);
  try {
    await parts.compute.insert(record.run.zone, instanceBody(record, machine), requestIdOf(record.key));
  } catch (error) {
    if (!(error instanceof GoogleError)) throw error;
    if (error.status !== 409) return failed(parts, record, error.message);
    if (!(await hasMachine(parts, record))) return failed(parts, record, `the name ${record.instance} is taken by a machine that is not this attempt's`);
  }
  return started(parts, record, ledger);
}

async function claim({ ledger, clock, ...parts }: CreateWorkerParts, { request, taskId, requestedAt }: AskedRun): Promise<TaskRecord> {
  const { task, attempt } = request;
  const key = resultIdOf({ taskId, attempt });
  let record = await ledger.get(key);
  if (!record) {
    const run = attempt === 1 ? resolveTask(parts.tasks, request) : await runBefore(ledger, request, taskId);
    const region = regionOfSubnetwork(parts.machine.subnetwork);
    if (regionOfZone(run.zone) !== region) throw new Refused(400, `zone ${run.zone} is not in ${region}, where the machines' subnetwork is`);
    const deadline = new Date(clock.now() + (START_SECONDS + machineSeconds(run)) * 1000);
    const claimed = await ledger.claim({
      key,
      taskId,
      task,
      attempt,
      state: 'claimed',
      run,
      instance: instanceNameOf(parts.namePrefix, key, requestedAt),
      requestedAt: requestedAt.toISOString(),
      deadline: deadline.toISOString(),
      startedAt: null,
      closedAt: null,
      exitCode: null,
      error: null,
      cost: null,
    });
    record = claimed.record;
  }
  if (record.task !== task) throw new Refused(409, `the key ${taskId} was used for ${record.task}, not ${task}: ask with another one`);
  return record;
}

/** What a further attempt runs is taken from the ledger, never from the request: it may be asked for by whoever can publish. */
async function runBefore(ledger: TaskLedger, request: TaskRequest, taskId: string) {
  const { attempt } = request;
  refuseOverrides(request);
  const before = await ledger.get(resultIdOf({ taskId, attempt: attempt - 1 }));
  if (!before) throw new Refused(400, `there was no attempt ${attempt - 1} of ${taskId}`);
  if (before.state !== 'failed') throw new Refused(400, `attempt ${attempt - 1} of ${taskId} is ${before.state}, not failed`);
  if (attempt > 1 + before.run.retries.attempts)
    throw new Refused(400, `${taskId} has no attempt ${attempt}: ${before.run.retries.attempts} may follow the first`);
  return before.run;
}

async function hasMachine({ compute }: CreateWorkerParts, record: TaskRecord): Promise<boolean> {
  const found = await compute.get(record.run.zone, record.instance);
  return found !== undefined && belongsTo(found, record.key);
}

async function startedTooLate(parts: CreateWorkerParts, record: TaskRecord): Promise<TaskRecord> {
  if (await hasMachine(parts, record)) return started(parts, record, parts.ledger);
  return failed(parts, record, `no machine was accepted within ${START_SECONDS} seconds`);
}

async function started({ clock, log }: CreateWorkerParts, record: TaskRecord, ledger: TaskLedger): Promise<TaskRecord> {
  const { key, taskId, task, attempt, instance, run } = record;
  const startedAt = new Date(clock.now()).toISOString();
  await ledger.started(key, startedAt);
  log.info({ taskId, task, attempt, instance, zone: run.zone }, `started ${instance}`);
  return { ...record, state: 'started', startedAt };
}

async function failed({ ledger, clock, log }: CreateWorkerParts, record: TaskRecord, message: string): Promise<TaskRecord> {
  const { key, taskId, task, attempt, instance, run } = record;
  const error: TaskError = { code: 'not-started', message };
  const closing = { state: 'failed', closedAt: new Date(clock.now()).toISOString(), exitCode: null, error, cost: 0 } as const;
  const about = { event: EVENTS.taskFailed, taskId, task, attempt, instance, zone: run.zone, failure: error };
  const closed = await closeWithAlert(ledger, key, closing, () => log.error(about, `${task} was not started: ${message}`));
  return closed ? { ...record, ...closing } : ((await ledger.get(key)) ?? record);
}
