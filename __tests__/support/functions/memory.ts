import type { TaskRecord } from '../../../services/contracts/task-record';
import { isOpen } from '../../../services/contracts/task-record';
import type { Bus, Subscription } from '../../../services/runtime/bus/bus';
import type { SeenRequests } from '../../../services/runtime/stores/seen-requests';
import type { BrokenRecord, Closing, Records, TaskLedger } from '../../../services/runtime/stores/task-ledger';

/** The ports in memory, by the words of their interfaces: every change is whole before anybody else looks. */

export class MemoryLedger implements TaskLedger {
  readonly records = new Map<string, TaskRecord>();
  /** Open ones that cannot be read. */
  readonly broken: BrokenRecord[] = [];

  async claim(record: TaskRecord) {
    const there = this.records.get(record.key);
    if (!there) this.records.set(record.key, record);
    return { claimed: !there, record: there ?? record };
  }

  async started(key: string, startedAt: string): Promise<void> {
    const record = this.records.get(key);
    if (record?.state === 'claimed') this.records.set(key, { ...record, state: 'started', startedAt });
  }

  async close(key: string, closing: Closing): Promise<boolean> {
    const record = this.records.get(key);
    if (!record || !isOpen(record)) return false;
    this.records.set(key, { ...record, ...closing, startedAt: closing.startedAt === undefined ? record.startedAt : closing.startedAt });
    return true;
  }

  async get(key: string): Promise<TaskRecord | undefined> {
    return this.records.get(key);
  }

  async open(): Promise<Records> {
    return { records: [...this.records.values()].filter(isOpen), broken: this.broken };
  }

  async list(limit: number): Promise<Records> {
    const records = [...this.records.values()].sort((a, b) => (a.requestedAt < b.requestedAt ? 1 : -1)).slice(0, limit);
    return { records, broken: this.broken };
  }
}

export class MemorySeenRequests implements SeenRequests {
  /** By signature: when it may be forgotten. */
  readonly until = new Map<string, Date>();

  async remember(signature: string, until: Date): Promise<boolean> {
    const isNew = !this.until.has(signature);
    if (isNew) this.until.set(signature, until);
    return isNew;
  }
}

export interface Published {
  readonly topic: string;
  readonly data: string;
}

/** Only publishes: the functions subscribe to nothing, Pub/Sub calls them. */
export class MemoryBus implements Bus {
  readonly published: Published[] = [];
  private readonly told: ((message: Published, id: string) => void)[] = [];

  async publish(topic: string, data: string): Promise<string> {
    this.published.push({ topic, data });
    const id = String(1_000_000 + this.published.length);
    for (const tell of this.told) tell({ topic, data }, id);
    return id;
  }

  onPublish(tell: (message: Published, id: string) => void): void {
    this.told.push(tell);
  }

  subscribe(): Subscription {
    throw new Error('functions subscribe to nothing');
  }

  async close(): Promise<void> {}
}

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly event?: string;
  readonly [field: string]: unknown;
}

/** A log that is looked at. */
export class MemoryLog {
  readonly lines: LogLine[] = [];

  readonly info = (fields: object, message: string): void => this.write('info', fields, message);
  readonly warn = (fields: object, message: string): void => this.write('warn', fields, message);
  readonly error = (fields: object, message: string): void => this.write('error', fields, message);

  events(event: string): LogLine[] {
    return this.lines.filter((line) => line.event === event);
  }

  private write(level: LogLine['level'], fields: object, message: string): void {
    this.lines.push({ ...fields, level, message });
  }
}
