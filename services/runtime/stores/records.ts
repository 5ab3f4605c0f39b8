import * as z from 'zod';
import { isOpen, type TaskRecord, taskRecord } from '../../contracts/task-record';
import type { Closing, Records } from './task-ledger';

/** A stored record as it is now; throws with the place of one that is broken. */
export function parseStored<S extends z.ZodType>(schema: S, value: unknown, place: string): z.output<S> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new Error(`${place} is broken: ${z.prettifyError(error).replaceAll('\n', ' ')}`);
}

/** What `read` gives; undefined when that is broken, which `onBroken` is told. */
export function unlessBroken<T>(read: () => T, onBroken: (error: Error) => void): T | undefined {
  try {
    return read();
  } catch (error) {
    onBroken(error as Error);
    return undefined;
  }
}

/** Those that can be read, by their keys. */
export function readable<T, V>(found: readonly T[], keyOf: (one: T) => string, read: (one: T) => V, onBroken: (error: Error) => void): ReadonlyMap<string, V> {
  const values = new Map<string, V>();
  for (const one of found) {
    const value = unlessBroken(() => read(one), onBroken);
    if (value !== undefined) values.set(keyOf(one), value);
  }
  return values;
}

/** A record that is broken is an error, when nobody asks to be told. */
export function rethrown(error: Error): never {
  throw error;
}

/** Reads each for itself. */
export function recordsOf<T>(found: readonly T[], keyOf: (one: T) => string, recordOf: (one: T) => TaskRecord): Records {
  const sorted: Records = { records: [], broken: [] };
  for (const one of found) {
    try {
      sorted.records.push(recordOf(one));
    } catch (error) {
      sorted.broken.push({ key: keyOf(one), problem: (error as Error).message });
    }
  }
  return sorted;
}

/** A record that may be stored: one that could not be read again is refused. */
export function checkRecord(record: TaskRecord): TaskRecord {
  return parseStored(taskRecord, record, `the record ${record.key}`);
}

/** undefined: it has started already. */
export function startedRecord(record: TaskRecord, startedAt: string): TaskRecord | undefined {
  return record.state === 'claimed' ? checkRecord({ ...record, state: 'started', startedAt }) : undefined;
}

/** undefined: it is closed already. */
export function closedRecord(record: TaskRecord, closing: Closing): TaskRecord | undefined {
  if (!isOpen(record)) return undefined;
  const { startedAt = record.startedAt, ...rest } = closing;
  return checkRecord({ ...record, ...rest, startedAt });
}
