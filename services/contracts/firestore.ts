/** The collections of a Firestore database, for who sets it up. */
export const COLLECTIONS = {
  tasks: 'tasks',
  /** Its field `expiresAt` has a TTL policy. */
  seenRequests: 'seen-requests',
} as const;

export const TTL_FIELD = 'expiresAt';
