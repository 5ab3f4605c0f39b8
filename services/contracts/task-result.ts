import * as z from 'zod';
import { taskId, taskName } from './task';

/** Why a run has no exit code of its own, or one that says nothing. */
export const ERROR_CODES = [
  'bad-metadata',
  'docker-unavailable',
  'bucket-unreadable',
  'image-not-found',
  'registry-unreachable',
  'registry-denied',
  'command-not-found',
  'not-started',
  'timed-out',
  'preempted',
  'stopped',
  'container-lost',
  'agent-error',
] as const;

/** A code that only a newer agent knows is its error, and its message stays: the report must not be lost for it. */
const errorCode = z.enum(ERROR_CODES).or(z.string().transform(() => 'agent-error' as const));

export const taskError = z.object({ code: errorCode, message: z.string() });
export type TaskError = z.output<typeof taskError>;

/** The report of one attempt, on the topic task_finished. What it does not know is passed over: agents and functions are deployed apart. */
export const taskResult = z.object({
  /** {@link resultIdOf}: a report that is sent twice is recognized by it. */
  resultId: z.string(),
  taskId,
  task: taskName,
  attempt: z.int().min(1),
  /** The machine's name. */
  instance: z.string(),
  image: z.string(),
  /** `sha256:...`; null: it was never pulled. */
  imageDigest: z.string().nullable(),
  /** Of the container; null: it did not run to an end. */
  exitCode: z.int().nullable(),
  oomKilled: z.boolean(),
  /** That ended the container, such as SIGKILL; null: none did. */
  signal: z.string().nullable(),
  /** null: the container ran, and its exit code tells. */
  error: taskError.nullable(),
  /** When the container started; null: it did not. */
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime(),
});
export type TaskResult = z.output<typeof taskResult>;

/** One id for every report of one attempt. */
export const resultIdOf = (of: { readonly taskId: string; readonly attempt: number }): string => `${of.taskId}.${of.attempt}`;

export const succeeded = ({ error, exitCode }: Pick<TaskResult, 'error' | 'exitCode'>): boolean => error === null && exitCode === 0;
