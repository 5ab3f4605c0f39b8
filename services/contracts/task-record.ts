import * as z from 'zod';
import { storedTask, taskId, taskName } from './task';
import { taskError } from './task-result';

/** `claimed`: asked for, its machine is being made. `started`: Google has accepted the machine. The rest is the end. */
export const TASK_STATES = ['claimed', 'started', 'finished', 'failed', 'lost'] as const;

/** One attempt of a task in the ledger. What it does not know is passed over: who wrote it may be newer than who reads. */
export const taskRecord = z.object({
  /** {@link resultIdOf} task id and attempt. */
  key: z.string(),
  taskId,
  task: taskName,
  attempt: z.int().min(1),
  state: z.enum(TASK_STATES),
  /** What runs, as it was resolved when it was asked for. */
  run: storedTask,
  /** The machine's name, decided when it was claimed. */
  instance: z.string(),
  requestedAt: z.iso.datetime(),
  /** The machine is gone by then, or it is reaped. */
  deadline: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  closedAt: z.iso.datetime().nullable(),
  exitCode: z.int().nullable(),
  error: taskError.nullable(),
  /** US dollars, from the price table: machine and disk from start to end. null: not closed yet, or no price. */
  cost: z.number().nullable(),
});
export type TaskRecord = z.output<typeof taskRecord>;
export type TaskState = TaskRecord['state'];

export const isOpen = ({ state }: Pick<TaskRecord, 'state'>): boolean => state === 'claimed' || state === 'started';
