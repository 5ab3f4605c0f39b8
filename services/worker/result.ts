import { constants } from 'node:os';
import { resultIdOf, type TaskError, type TaskResult } from '../contracts/task-result';
import type { ContainerState } from './docker/engine';
import type { Attempt } from './metadata/task';

export interface Ending {
  readonly imageDigest: string | null;
  readonly error: TaskError | null;
  /** How the container ended, if it ran. */
  readonly container?: ContainerState;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The report of one attempt. What the engine knows is taken from it: it is the same for an agent that is started again. */
export function resultOf(attempt: Attempt, { imageDigest, error, container, now }: Ending): TaskResult {
  const exited = container?.status === 'exited' ? container : undefined;
  return {
    resultId: resultIdOf(attempt),
    taskId: attempt.taskId,
    task: attempt.task,
    attempt: attempt.attempt,
    instance: attempt.instance,
    image: attempt.image,
    imageDigest,
    exitCode: exited ? exited.exitCode : null,
    oomKilled: exited?.oomKilled ?? false,
    signal: exited ? signalOf(exited.exitCode) : null,
    error,
    startedAt: exited ? isoTime(exited.startedAt) : null,
    finishedAt: exited ? isoTime(exited.finishedAt) : new Date(now).toISOString(),
  };
}

/** Docker, as a shell, adds 128 to the number of the signal that ended the process. */
export function signalOf(exitCode: number): string | null {
  const found = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128);
  return found?.[0] ?? null;
}

const isoTime = (time: string) => new Date(time).toISOString();
