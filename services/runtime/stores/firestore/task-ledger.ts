import { randomUUID } from 'node:crypto';
import { type DocumentSnapshot, type Firestore, type QueryDocumentSnapshot, Timestamp } from '@google-cloud/firestore';
import { COLLECTIONS } from '../../../contracts/firestore';
import { storedTask } from '../../../contracts/task';
import { type TaskRecord, taskRecord } from '../../../contracts/task-record';
import { json } from '../../../contracts/worker-metadata';
import { checkRecord, closedRecord, parseStored, recordsOf, startedRecord } from '../records';
import type { Closing, Records, TaskLedger } from '../task-ledger';
import { create } from './create';

/** The record, its task as JSON: Firestore refuses some names that an environment variable may have. */
const taskDocument = taskRecord.extend({ run: json(storedTask) });
/** Fields beside the record: what is sorted by (times as text do not sort), and who made and closed it. */
const REQUESTED = 'requested';
const CLOSED_BY = 'closedBy';

export class FirestoreTaskLedger implements TaskLedger {
  constructor(private readonly firestore: Firestore) {}

  async claim(record: TaskRecord): ReturnType<TaskLedger['claim']> {
    const checked = checkRecord(record);
    const data = { ...documentOf(checked), [REQUESTED]: Timestamp.fromMillis(Date.parse(checked.requestedAt)) };
    const known = await create(this.document(checked.key), data);
    return known ? { claimed: false, record: recordOf(known) } : { claimed: true, record: checked };
  }

  async started(key: string, startedAt: string): Promise<void> {
    await this.firestore.runTransaction(async (transaction) => {
      const found = await transaction.get(this.document(key));
      const next = found.exists && startedRecord(recordOf(found), startedAt);
      if (next) transaction.update(found.ref, documentOf(next));
    });
  }

  close(key: string, closing: Closing): Promise<boolean> {
    const mark = randomUUID();
    return this.firestore.runTransaction(async (transaction) => {
      const found = await transaction.get(this.document(key));
      if (!found.exists) return false;
      const next = closedRecord(recordOf(found), closing);
      if (!next) return found.get(CLOSED_BY) === mark; // ours: the answer to the first commit was lost
      transaction.update(found.ref, { ...documentOf(next), [CLOSED_BY]: mark });
      return true;
    });
  }

  async get(key: string): Promise<TaskRecord | undefined> {
    const found = await this.document(key).get();
    return found.exists ? recordOf(found) : undefined;
  }

  async open(): Promise<Records> {
    const { docs } = await this.tasks.where('state', 'in', ['claimed', 'started']).get();
    return readable(docs);
  }

  async list(limit: number): Promise<Records> {
    const { docs } = await this.tasks.orderBy(REQUESTED, 'desc').limit(limit).get();
    return readable(docs);
  }

  private get tasks() {
    return this.firestore.collection(COLLECTIONS.tasks);
  }

  private document(key: string) {
    return this.tasks.doc(key);
  }
}

function documentOf(record: TaskRecord): Record<string, unknown> {
  return { ...record, run: JSON.stringify(record.run) };
}

const readable = (docs: readonly QueryDocumentSnapshot[]): Records => recordsOf(docs, ({ id }) => id, recordOf);

function recordOf(found: DocumentSnapshot): TaskRecord {
  return parseStored(taskDocument, found.data() ?? {}, found.ref.path);
}
