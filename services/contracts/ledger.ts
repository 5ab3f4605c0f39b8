/** The Firestore database that the ledger is in. */
export const LEDGER_DATABASE = 'docker-worker-ledger';

/** The ledger's collections: the infrastructure sets when documents expire, the adapters write them. */
export const TASK_RECORDS = { collection: 'tasks' } as const;
export const SEEN_REQUESTS = { collection: 'seen-requests', expiresAt: 'expiresAt' } as const;
