import { type CollectionReference, type DocumentReference, type DocumentSnapshot, FieldValue, type Query, Timestamp } from '@google-cloud/firestore';
import * as z from 'zod';
import { FILMLINKD_COLLECTIONS } from '../../../contracts/filmlinkd-documents';
import { TTL_FIELD } from '../../../contracts/firestore';
import { type LogEntry, logEntry } from '../../../contracts/log-entry';
import type { Deliveries, Outcome, PendingEntry } from '../deliveries';
import { FORGOTTEN_AFTER, storedOutcome } from '../delivery-records';
import { parseStored, readable, rethrown, unlessBroken } from '../records';
import { create } from './create';

/** Only open entries have it: one index of one field finds what is due. */
const DUE = 'due';
/** Entries that are looked at together for those that are somebody's. */
const PAGE = 200;

const storedEntry = z.object({ entry: logEntry, since: z.number(), published: z.number() });

/** A document for each entry, and one below it for each channel: channels do not wait for each other's writes. */
export class FirestoreDeliveries implements Deliveries {
  constructor(private readonly deliveries: CollectionReference) {}

  async open(entry: LogEntry, at: Date): Promise<boolean> {
    const time = at.getTime();
    return (await create(this.deliveries.doc(entry.lid), { entry, since: time, published: 0, [DUE]: time })) === undefined;
  }

  async due(now: Date, limit: number, mine: (entry: LogEntry) => boolean = () => true, onBroken: (error: Error) => void = rethrown): Promise<PendingEntry[]> {
    const found: { document: DocumentSnapshot; pending: z.output<typeof storedEntry> }[] = [];
    const all = this.deliveries.where(DUE, '<=', now.getTime()).orderBy(DUE).limit(PAGE);
    for (let page: Query | undefined = all; page && found.length < limit; ) {
      const { docs }: { docs: DocumentSnapshot[] } = await page.get();
      for (const document of docs) {
        const pending = unlessBroken(() => parseStored(storedEntry, document.data(), document.ref.path), onBroken);
        if (pending && mine(pending.entry)) found.push({ document, pending });
      }
      const last = docs.at(-1);
      page = last && docs.length === PAGE ? all.startAfter(last) : undefined;
    }
    return Promise.all(
      found.slice(0, limit).map(async ({ document, pending: { entry, since, published } }) => ({
        entry,
        since: new Date(since),
        published,
        outcomes: await this.outcomes(document.id, onBroken),
      })),
    );
  }

  async published(entryLid: string, nextAt: Date): Promise<void> {
    await this.whileOpen(entryLid, { published: FieldValue.increment(1), [DUE]: nextAt.getTime() });
  }

  claim(entryLid: string, channelId: string, owner: string, until: Date): ReturnType<Deliveries['claim']> {
    const reference = this.outcome(entryLid, channelId);
    return this.deliveries.firestore.runTransaction(async (transaction) => {
      const found = await transaction.get(reference);
      if (found.get('outcome')) return outcomeIn(found);
      const holder = found.get('owner');
      if (holder && holder !== owner && found.get('until') > Date.now()) return 'busy';
      transaction.set(reference, { owner, until: until.getTime(), ...forgottenAfter('outcome') });
      return 'claimed';
    });
  }

  async record(entryLid: string, channelId: string, outcome: Outcome): Promise<void> {
    const reference = this.outcome(entryLid, channelId);
    await this.deliveries.firestore.runTransaction(async (transaction) => {
      if (!(await transaction.get(reference)).get('outcome')) transaction.set(reference, { outcome, ...forgottenAfter('outcome') });
    });
  }

  async release(entryLid: string, channelId: string, owner: string): Promise<void> {
    const reference = this.outcome(entryLid, channelId);
    await this.deliveries.firestore.runTransaction(async (transaction) => {
      const found = await transaction.get(reference);
      if (found.get('owner') === owner) transaction.delete(reference);
    });
  }

  async close(entryLid: string): Promise<void> {
    await this.whileOpen(entryLid, { [DUE]: FieldValue.delete(), ...forgottenAfter('entry') });
  }

  /** Nothing when it is closed, or not there. */
  private async whileOpen(entryLid: string, change: Record<string, unknown>): Promise<void> {
    const reference = this.deliveries.doc(entryLid);
    await this.deliveries.firestore.runTransaction(async (transaction) => {
      const found = await transaction.get(reference);
      if (found.get(DUE) !== undefined) transaction.update(reference, change);
    });
  }

  private async outcomes(entryLid: string, onBroken: (error: Error) => void): Promise<ReadonlyMap<string, Outcome>> {
    const { docs } = await this.deliveries.doc(entryLid).collection(FILMLINKD_COLLECTIONS.outcomes).get();
    const done = docs.filter((found) => found.get('outcome'));
    return readable(done, ({ id }) => id, outcomeIn, onBroken);
  }

  private outcome(entryLid: string, channelId: string): DocumentReference {
    return this.deliveries.doc(entryLid).collection(FILMLINKD_COLLECTIONS.outcomes).doc(channelId);
  }
}

function outcomeIn(found: DocumentSnapshot): Outcome {
  return parseStored(storedOutcome, found.get('outcome'), found.ref.path);
}

function forgottenAfter(what: keyof typeof FORGOTTEN_AFTER): Record<string, Timestamp> {
  return { [TTL_FIELD]: Timestamp.fromMillis(Date.now() + FORGOTTEN_AFTER[what]) };
}
