import { Firestore } from '@google-cloud/firestore';
import type { Stores } from '../stores';
import { FirestoreSeenRequests } from './seen-requests';
import { FirestoreTaskLedger } from './task-ledger';

export interface FirestoreStoresSettings {
  /** The project's id. */
  readonly project: string;
  /** @default (default) */
  readonly database?: string;
}

/** Google's Firestore; its emulator where FIRESTORE_EMULATOR_HOST names one. */
export function openFirestoreStores({ project, database }: FirestoreStoresSettings): Stores {
  const firestore = new Firestore({ projectId: project, ...(database && { databaseId: database }), ignoreUndefinedProperties: true });
  return {
    taskLedger: new FirestoreTaskLedger(firestore),
    seenRequests: new FirestoreSeenRequests(firestore),
    close: () => firestore.terminate(),
  };
}
