import { createHash } from 'node:crypto';
import { type Firestore, Timestamp } from '@google-cloud/firestore';
import { COLLECTIONS, TTL_FIELD } from '../../../contracts/firestore';
import type { SeenRequests } from '../seen-requests';
import { create } from './create';

/** A document for each; the database's TTL policy removes them. */
export class FirestoreSeenRequests implements SeenRequests {
  constructor(private readonly firestore: Firestore) {}

  async remember(signature: string, until: Date): Promise<boolean> {
    const id = createHash('sha256').update(signature).digest('hex'); // a signature may hold what an id must not
    const document = this.firestore.collection(COLLECTIONS.seenRequests).doc(id);
    return (await create(document, { [TTL_FIELD]: Timestamp.fromDate(until) })) === undefined;
  }
}
