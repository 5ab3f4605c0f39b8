import { type CollectionReference, Timestamp } from '@google-cloud/firestore';
import { TTL_FIELD } from '../../../contracts/firestore';
import type { Leases } from '../leases';

/** A document for each process; the database's TTL policy removes those that are long over. */
export class FirestoreLeases implements Leases {
  constructor(private readonly leases: CollectionReference) {}

  async beat(group: string, instance: string, seconds: number): Promise<void> {
    await this.document(group, instance).set({ group, instance, [TTL_FIELD]: Timestamp.fromMillis(Math.round(Date.now() + seconds * 1000)) });
  }

  async members(group: string): Promise<string[]> {
    const { docs } = await this.leases.where('group', '==', group).get();
    const now = Date.now();
    return docs
      .filter((found) => (found.get(TTL_FIELD) as Timestamp).toMillis() > now)
      .map((found) => String(found.get('instance')))
      .sort();
  }

  async leave(group: string, instance: string): Promise<void> {
    await this.document(group, instance).delete();
  }

  private document(group: string, instance: string) {
    return this.leases.doc(encodeURIComponent(`${group}:${instance}`));
  }
}
