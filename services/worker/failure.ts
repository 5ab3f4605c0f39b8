import type { TaskError } from '../contracts/task-result';

/** Why the task has no good end, as it is reported. */
export class TaskFailure extends Error {
  constructor(
    readonly code: TaskError['code'],
    message: string,
  ) {
    super(message);
  }

  toJSON(): TaskError {
    return { code: this.code, message: this.message };
  }
}

/** A report is a message, not a log: what is longer than this loses its middle. */
const LONGEST_MESSAGE = 4000;

/** Anything that was thrown, as it is reported. */
export function taskErrorOf(error: unknown): TaskError {
  const { code, message } = error instanceof TaskFailure ? error : { code: 'agent-error' as const, message: textOf(error) };
  const half = LONGEST_MESSAGE / 2;
  return { code, message: message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, half)} ... ${message.slice(-half)}` };
}

/** An error's message with those of its causes: fetch says nothing but "fetch failed" itself. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : textOf(error.cause);
  const code = (error as NodeJS.ErrnoException).code;
  const own = error.message.trim() || (typeof code === 'string' ? code : error.name);
  return cause && !own.includes(cause) ? `${own}: ${cause}` : own;
}
