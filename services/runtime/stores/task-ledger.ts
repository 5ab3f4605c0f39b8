import type { TaskRecord } from '../../contracts/task-record';

/** How an attempt ended. */
export type Closing = Pick<TaskRecord, 'exitCode' | 'error' | 'cost'> & {
  readonly state: 'finished' | 'failed' | 'lost';
  readonly closedAt: string;
  /** Known from the agent's report only. @default as recorded */
  readonly startedAt?: string | null;
};

/** A record that cannot be read. */
export interface BrokenRecord {
  readonly key: string;
  /** What is wrong with it, with its place. */
  readonly problem: string;
}

/** What is readable, and what is not: one broken record does not hide the others. */
export interface Records {
  readonly records: TaskRecord[];
  readonly broken: BrokenRecord[];
}

/** Every task ever started. A record is closed once, and never removed. */
export interface TaskLedger {
  /** Records a new attempt, unless its key is there already: then nothing changes. Returns the record that is in the ledger, and whether it is this one. */
  claim(record: TaskRecord): Promise<{ readonly claimed: boolean; readonly record: TaskRecord }>;
  /** claimed -> started. Nothing when it is further already. */
  started(key: string, startedAt: string): Promise<void>;
  /** Closes an open attempt. False: it was closed before (by whoever came first), or is not in the ledger; nothing changed. */
  close(key: string, closing: Closing): Promise<boolean>;
  get(key: string): Promise<TaskRecord | undefined>;
  /** All that are claimed or started. */
  open(): Promise<Records>;
  /** The newest first, by when they were asked for. */
  list(limit: number): Promise<Records>;
}
