import type { SeenRequests } from './seen-requests';
import type { TaskLedger } from './task-ledger';

/** All stores of one database, by their use. */
export interface Stores {
  readonly taskLedger: TaskLedger;
  readonly seenRequests: SeenRequests;
  close(): Promise<void>;
}
