import { EVENTS } from '../contracts/functions';
import { machineSeconds } from '../contracts/task';
import { isOpen, type TaskRecord } from '../contracts/task-record';
import { resultIdOf } from '../contracts/task-result';
import { WORKER_LABEL } from '../contracts/worker-metadata';
import type { TaskLedger } from '../runtime/stores/task-ledger';
import type { Clock } from './clock';
import { closeWithAlert } from './close-with-alert';
import { type ComputeApi, type Instance, metadataOf, zoneOf } from './compute-api';
import { costOf, type Prices } from './cost';
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
 * deadline or has no machine any more.
 */
export async function reapWorkers(parts: ReapWorkersParts): Promise<ReaperSummary> {
  const { compute, ledger, clock, log } = parts;
  const problems: string[] = [];
  const listed = await compute.withLabel(WORKER_LABEL);
  const machines = listed.instances.filter(isWorker);
  // Without the ledger machines past their deadline must go all the same.
  const open = await orProblem(ledger.open(), problems, 'the ledger cannot be read', []);
  const summary: ReaperSummary = { machines: machines.length, open: open.length, deleted: [], lost: [], problems };
  for (const zone of listed.unreachable) problems.push(`${zone} could not say which machines it has`);

  const overdue = new Map<string, TaskRecord>(); // by key
  await Promise.all(
    machines.map(async (machine) => {
      const record = await orProblem(attemptOf(ledger, machine), problems, `the attempt of ${machine.name} cannot be read`, undefined);
      const isLate = clock.now().getTime() > machineDeadline(machine);
      if (isLate && record && isOpen(record)) overdue.set(record.key, record);
      if (isLate || (record && !isOpen(record))) await remove(parts, machine, record, summary);
    }),
  );
  for (const record of open) if (clock.now().toISOString() > record.deadline) overdue.set(record.key, record);
  for (const record of overdue.values()) await giveUp(parts, record, 'it is past its deadline', summary);

  const names = new Set(machines.map(({ name }) => name));
  const missing = open.filter((record) => !overdue.has(record.key) && !names.has(record.instance) && isDue(record, clock.now()));
  if (missing.length > 0) await clock.sleep(SECOND_LOOK_SECONDS * 1000);
  await Promise.all(
    missing.map(async (record) => {
      try {
        const found = await compute.get(record.run.zone, record.instance);
        if (!found) await giveUp(parts, record, 'its machine is gone, and it did not report', summary);
      } catch (error) {
        problems.push(`${record.instance}: ${(error as Error).message}`);
      }
    }),
  );
  log[summary.problems.length > 0 ? 'error' : 'info']({ ...summary }, `reaped ${summary.deleted.length} machines and ${summary.lost.length} tasks`);
  return summary;
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
  const now = clock.now();
  const start = startedAt === null ? now : new Date(startedAt);
  const end = new Date(Math.min(now.getTime(), start.getTime() + machineSeconds(run) * 1000)); // at most: when it went is not known
  const closing = { state: 'lost', closedAt: now.toISOString(), exitCode: null, error: null, cost: costOf(prices, run, start, end) } as const;
  const about = { event: EVENTS.taskLost, taskId, task, attempt, instance, zone: run.zone };
  if (await closeWithAlert(ledger, key, closing, () => log.error(about, `${task} is lost: ${reason}`))) summary.lost.push(key);
}
