import { EVENTS } from '../contracts/functions';
import type { Prices } from '../contracts/task-cost';
import { isOpen, type TaskRecord } from '../contracts/task-record';
import type { TaskRequest } from '../contracts/task-request';
import { resultIdOf, succeeded, type TaskResult } from '../contracts/task-result';
import type { Bus } from '../runtime/bus/bus';
import type { TaskLedger } from '../runtime/stores/task-ledger';
import { closeWithAlert } from './close-with-alert';
import type { ComputeApi } from './compute-api';
import { costOf } from './cost';
import { Refused } from './handler';
import type { Log } from './log';
import { belongsTo } from './names';

export interface DeleteWorkerParts {
  readonly compute: Pick<ComputeApi, 'get' | 'delete'>;
  readonly ledger: TaskLedger;
  readonly bus: Pick<Bus, 'publish'>;
  readonly log: Log;
  readonly prices: Prices;
  /** Short name. */
  readonly requestTopic: string;
}

/**
 * Takes an agent's report: closes the attempt in the ledger, deletes its machine, asks for another attempt where the task has one left. Every
 * step can be repeated: a report that comes again does what is left to do. Rejects when something could not be done.
 */
export async function deleteWorker(parts: DeleteWorkerParts, result: TaskResult): Promise<void> {
  const { ledger, log } = parts;
  if (result.resultId !== resultIdOf(result)) throw new Refused(400, `the report ${result.resultId} is not of attempt ${result.attempt} of ${result.taskId}`);
  const record = await recordOf(ledger, result);
  const closed = await close(parts, record, result);
  const about = { taskId: closed.taskId, attempt: closed.attempt, instance: closed.instance };
  if (closed.state === 'lost') log.warn(about, `${closed.task} reported after it was given up for lost`);

  // Each for itself: a machine that cannot be deleted does not hold up the next attempt.
  const outcomes = await Promise.allSettled([removeMachine(parts, closed), nextAttempt(parts, closed)]);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
  if (failures[0]) throw failures[0];
}

/** The attempt that the report is of. An agent that could not read its metadata does not know; then it is the one that its machine was made for. */
async function recordOf(ledger: TaskLedger, { resultId, instance, error }: TaskResult): Promise<TaskRecord> {
  const record = await ledger.get(resultId);
  if (record?.instance === instance) return record;
  if (error?.code === 'bad-metadata') {
    const made = (await ledger.open()).records.find((open) => open.instance === instance);
    if (made) return made;
  }
  if (record) throw new Refused(400, `the report ${resultId} comes from ${instance}, but its machine is ${record.instance}`);
  throw new Refused(400, `the report ${resultId} is of no attempt that is in the ledger`);
}

async function close({ ledger, log, prices }: DeleteWorkerParts, record: TaskRecord, result: TaskResult): Promise<TaskRecord> {
  if (!isOpen(record)) return record;
  const { key, run, task, taskId, attempt, instance } = record;
  const { exitCode, error, finishedAt: closedAt, oomKilled, signal, imageDigest } = result;
  const startedAt = record.startedAt ?? result.startedAt;
  const cost = costOf(prices, run, new Date(startedAt ?? record.requestedAt), new Date(closedAt));
  const closing = { state: succeeded(result) ? 'finished' : 'failed', closedAt, startedAt, exitCode, error, cost } as const;
  const about = { taskId, task, attempt, instance, exitCode, failure: error, oomKilled, signal, imageDigest, cost };
  const isFailedTask = closing.state === 'failed' && !hasNextAttempt({ ...record, ...closing });
  const why = error ? `${error.code}: ${error.message}` : `exit code ${exitCode}`;
  const closed = await (isFailedTask
    ? closeWithAlert(ledger, key, closing, () => log.error({ event: EVENTS.taskFailed, ...about }, `${task} failed: ${why}`))
    : ledger.close(key, closing));
  if (!closed) return (await ledger.get(key)) ?? record;
  if (closing.state === 'finished') log.info(about, `${task} finished`);
  else if (!isFailedTask) log.warn(about, `attempt ${attempt} of ${task} failed, another one follows: ${why}`);
  return { ...record, ...closing };
}

/** Preemption is always worth another attempt, an exit code only where the task says so. */
export function hasNextAttempt({ state, attempt, run: { retries }, error, exitCode }: TaskRecord): boolean {
  if (state !== 'failed' || attempt > retries.attempts) return false;
  if (error) return error.code === 'preempted';
  return retries.on !== 'preemption' && exitCode !== null && retries.on.exitCodes.includes(exitCode);
}

/** Asked for until it is in the ledger; create_worker makes one machine of all that ask. */
async function nextAttempt({ ledger, bus, log, requestTopic }: DeleteWorkerParts, record: TaskRecord): Promise<void> {
  if (!hasNextAttempt(record)) return;
  const { task, taskId } = record;
  const attempt = record.attempt + 1;
  if (await ledger.get(resultIdOf({ taskId, attempt }))) return;
  await bus.publish(requestTopic, JSON.stringify({ task, idempotencyKey: taskId, attempt } satisfies TaskRequest));
  log.info({ taskId, task, attempt }, `asked for attempt ${attempt} of ${task}`);
}

async function removeMachine({ compute, log }: DeleteWorkerParts, { key, instance, taskId, task, attempt, run: { zone } }: TaskRecord): Promise<void> {
  const about = { taskId, task, attempt, instance, zone };
  try {
    const found = await compute.get(zone, instance);
    if (!found) return;
    if (!belongsTo(found, key)) {
      log.error(about, `${instance} does not carry the labels of this attempt, and is left alone`);
      return;
    }
    await compute.delete(zone, instance);
    log.info(about, `deleted ${instance}`);
  } catch (error) {
    log.error({ event: EVENTS.deleteFailed, ...about, err: error }, `${instance} was not deleted: ${(error as Error).message}`);
    throw error;
  }
}
