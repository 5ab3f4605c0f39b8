import type { StreamName } from '../docker/frames';

/** A line of a container's output, or a part of one that is too long. */
export interface Line {
  readonly stream: StreamName;
  readonly text: string;
  /** When the container wrote it, nanoseconds included (RFC 3339). */
  readonly time: string;
  /** The same whenever the line is read again: a sink that knows it drops the second. */
  readonly id: string;
}

/** Where a container's output goes. */
export interface LogSink {
  /**
   * Resolves with the number of lines that were lost for good, 0 if all is well; until then no more are given. A sink tries
   * again by itself, and gives up at last: logs that cannot be stored must not hold the task for ever. `signal` ends the tries.
   */
  write(lines: readonly Line[], signal: AbortSignal): Promise<number>;
}

export const SEVERITY: Readonly<Record<StreamName, string>> = { stdout: 'INFO', stderr: 'ERROR' };

/** What every line of one attempt has in common. */
export interface Source {
  readonly taskId: string;
  readonly task: string;
  readonly attempt: number;
}

export const labelsOf = ({ taskId, task, attempt }: Source) => ({ task_id: taskId, task, attempt: String(attempt) });
