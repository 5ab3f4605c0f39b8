import { EVENTS } from '../contracts/functions';
import { machineSeconds } from '../contracts/task';
import type { Prices } from '../contracts/task-cost';
import { isOpen, type TaskRecord } from '../contracts/task-record';
import { resultIdOf } from '../contracts/task-result';
import { WORKER_LABEL } from '../contracts/worker-metadata';
import type { Clock } from '../runtime/clock';
import type { TaskLedger } from '../runtime/stores/task-ledger';
import { closeWithAlert } from './close-with-alert';
import { type ComputeApi, type Instance, metadataOf, zoneOf } from './compute-api';
import { costOf } from './cost';
import { startBy } from './create-worker';
import type { Log } from './log';
import { belongsTo, isWorker } from './names';

export interface ReapWorkersParts {
  readonly compute: Pick<ComputeApi, 'withLabel' | 'get' | 'delete'>;
  readonly ledger: TaskLedger;
  readonly clock: Clock;
  readonly log: Log;
  readonly prices: Prices;
}

/** What one run of the reaper did. */
export interface ReaperSummary {
  /** Machines with our label, and open attempts, as they were found. */
  readonly machines: number;
  readonly open: number;
  /** Records that cannot be read. Each is logged with an event of its own, and no problem of this run. */
  readonly broken: number;
  /** Names of machines, keys of attempts. */
  readonly deleted: string[];
  readonly lost: string[];
  /** What could not be done, in words. */
  readonly problems: string[];
}

/** Seconds that an attempt without a machine is left alone: after the machine was accepted, or after it could have been. */
const GRACE_SECONDS = 300;
/** Seconds until a missing machine is looked for again: its report may be under way. */
const SECOND_LOOK_SECONDS = 60;
/** The longest life that a task can have: of machines that do not say. */
const LONGEST_SECONDS = machineSeconds({ maxMinutes: 1435 });

/**
 * Deletes every machine with our label that is past its deadline or whose attempt is closed, and closes every open attempt that is past its
 * deadline or has no machine any more. Each for itself: what fails is in the summary, and does not stop the rest.
 */
export async function reapWorkers(parts: ReapWorkersParts): Promise<ReaperSummary> {
  const { compute, ledger, clock, log } = parts;
  const problems: string[] = [];
  // Either may be away: machines past their deadline go without the ledger, attempts past theirs are closed without the list.
  const [listed, { records: open, broken }] = await Promise.all([
    orProblem(compute.withLabel(WORKER_LABEL), problems, 'the machines cannot be listed', undefined),
    orProblem(ledger.open(), problems, 'the ledger cannot be read', { records: [], broken: [] }),
  ]);
  for (const zone of listed?.unreachable ?? []) problems.push(`${zone} could not say which machines it has`);
  for (const { key, problem } of broken)
    log.error({ event: EVENTS.ledgerBroken, key }, `${problem}; its attempt is neither closed nor retried until it is mended`);
  const machines = (listed?.instances ?? []).filter(isWorker);
  const summary: ReaperSummary = { machines: machines.length, open: open.length, broken: broken.length, deleted: [], lost: [], problems };

  const overdue = new Map<string, Promise<void>>(); // by key: until it is closed
  const close = (record: TaskRecord): Promise<void> => {
    const closing =
      overdue.get(record.key) ?? orProblem(giveUp(parts, record, 'it is past its deadline', summary), problems, `${record.key} is not closed`, undefined);
    overdue.set(record.key, closing);
    return closing;
  };
  for (const record of open) if (new Date(clock.now()).toISOString() > record.deadline) void close(record);
  await Promise.all(
    machines.map(async (machine) => {
      const record = await orProblem(attemptOf(ledger, machine), problems, `the attempt of ${machine.name} cannot be read`, undefined);
      const isLate = clock.now() > machineDeadline(machine);
      // The record first: the agent's last report must find it closed, and not ask for another attempt.
      if (isLate && record && isOpen(record)) await close(record);
      if (isLate || (record && !isOpen(record))) await remove(parts, machine, record, summary);
    }),
  );
  await Promise.all(overdue.values());

  const names = new Set(machines.map(({ name }) => name));
  const missing = open.filter((record) => !overdue.has(record.key) && !names.has(record.instance) && isDue(record, new Date(clock.now())));
  if (missing.length > 0) await clock.sleep(SECOND_LOOK_SECONDS * 1000);
  await Promise.all(missing.map((record) => orProblem(lookAgain(parts, record, summary), problems, record.instance, undefined)));

  const done = `reaped ${summary.deleted.length} machines and ${summary.lost.length} tasks`;
  if (problems.length > 0) log.error({ event: EVENTS.reapFailed, ...summary }, `${done}, and left something undone: ${problems.join('; ')}`);
  else log.info({ event: EVENTS.reaped, ...summary }, done);
  return summary;
}

async function lookAgain(parts: ReapWorkersParts, record: TaskRecord, summary: ReaperSummary): Promise<void> {
  const found = await parts.compute.get(record.run.zone, record.instance);
  if (!found) await giveUp(parts, record, 'its machine is gone, and it did not report', summary);
}

async function orProblem<T>(work: Promise<T>, problems: string[], what: string, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    problems.push(`${what}: ${(error as Error).message}`);
    return otherwise;
  }
}

/** By the machine's own metadata, and only if its labels agree. */
async function attemptOf(ledger: TaskLedger, machine: Instance): Promise<TaskRecord | undefined> {
  const taskId = metadataOf(machine, 'task_id');
  const attempt = Number(metadataOf(machine, 'task_attempt'));
  if (!taskId || !Number.isInteger(attempt)) return undefined;
  const key = resultIdOf({ taskId, attempt });
  return belongsTo(machine, key) ? ledger.get(key) : undefined;
}

/** Epoch ms. */
function machineDeadline({ creationTimestamp, scheduling }: Instance): number {
  return Date.parse(creationTimestamp) + Number(scheduling?.maxRunDuration?.seconds ?? LONGEST_SECONDS) * 1000;
}

/** Long enough without a machine to be looked for. */
function isDue(record: TaskRecord, now: Date): boolean {
  const since = record.startedAt === null ? startBy(record) : new Date(record.startedAt);
  return now.getTime() > since.getTime() + GRACE_SECONDS * 1000;
}

async function remove({ compute, log }: ReapWorkersParts, machine: Instance, record: TaskRecord | undefined, summary: ReaperSummary): Promise<void> {
  const { name } = machine;
  const about = { instance: name, zone: zoneOf(machine), taskId: record?.taskId, attempt: record?.attempt };
  try {
    await compute.delete(zoneOf(machine), name);
    summary.deleted.push(name);
    if (record) log.info(about, `deleted ${name}: ${isOpen(record) ? 'past its deadline' : `its task is ${record.state}`}`);
    else log.warn(about, `deleted ${name}: past its deadline, and of no attempt that is in the ledger`);
  } catch (error) {
    const { message } = error as Error;
    summary.problems.push(`${name}: ${message}`);
    log.error({ event: EVENTS.deleteFailed, ...about, err: error }, `${name} was not deleted: ${message}`);
  }
}

async function giveUp({ ledger, clock, log, prices }: ReapWorkersParts, record: TaskRecord, reason: string, summary: ReaperSummary): Promise<void> {
  const { key, taskId, task, attempt, instance, run, startedAt } = record;
  const now = new Date(clock.now());
  const start = startedAt === null ? now : new Date(startedAt);
  const end = new Date(Math.min(now.getTime(), start.getTime() + machineSeconds(run) * 1000)); // at most: when it went is not known
  const closing = { state: 'lost', closedAt: now.toISOString(), exitCode: null, error: null, cost: costOf(prices, run, start, end) } as const;
  const about = { event: EVENTS.taskLost, taskId, task, attempt, instance, zone: run.zone };
  if (await closeWithAlert(ledger, key, closing, () => log.error(about, `${task} is lost: ${reason}`))) summary.lost.push(key);
}
