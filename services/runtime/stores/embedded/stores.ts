import { EmbeddedDatabase } from '../../embedded/database';
import type { Stores } from '../stores';
import { EmbeddedSeenRequests, SEEN_REQUESTS_SCHEMA } from './seen-requests';
import { EmbeddedTaskLedger, TASKS_SCHEMA } from './task-ledger';

export interface EmbeddedStoresSettings {
  /** SQLite file, the same for all processes of a machine; it may be the bus's. Made when it is not there. */
  readonly file: string;
}

export async function openEmbeddedStores({ file }: EmbeddedStoresSettings): Promise<Stores> {
  const database = await EmbeddedDatabase.open(file, TASKS_SCHEMA + SEEN_REQUESTS_SCHEMA);
  return {
    taskLedger: new EmbeddedTaskLedger(database),
    seenRequests: new EmbeddedSeenRequests(database),
    close: async () => database.close(),
  };
}
