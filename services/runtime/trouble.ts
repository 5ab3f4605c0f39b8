import { MissingError } from './bus/bus';
import type { Logger } from './logging';

type Log = Pick<Record<keyof Logger, (fields: object, message: string) => void>, 'warn' | 'error'>;

/** Logs what went wrong and goes on by itself. What only has to be made is a line that says how; all else is an error, with its stack. */
export function tell(log: Log, error: unknown, message: string, fields: object = {}): void {
  if (error instanceof MissingError) log.warn(fields, `${message}: ${error.message}`);
  else log.error({ ...fields, error }, message);
}
