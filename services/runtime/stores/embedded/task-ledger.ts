import { type TaskRecord, taskRecord } from '../../../contracts/task-record';
import { json } from '../../../contracts/worker-metadata';
import type { EmbeddedDatabase, Row, Sql } from '../../embedded/database';
import { checkRecord, closedRecord, parseStored, recordsOf, startedRecord } from '../records';
import type { Closing, Records, TaskLedger } from '../task-ledger';

/** The record is JSON in one column; the others are what is searched by. */
export const TASKS_SCHEMA = `
  CREATE TABLE IF NOT EXISTS tasks (key TEXT PRIMARY KEY, state TEXT NOT NULL, requested INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS tasks_requested ON tasks (requested, key);
  CREATE INDEX IF NOT EXISTS tasks_open ON tasks (state) WHERE state IN ('claimed', 'started');
`;

interface TaskRow extends Row {
  readonly key: string;
  readonly record: string;
}

export class EmbeddedTaskLedger implements TaskLedger {
  constructor(private readonly database: EmbeddedDatabase) {}

  async claim(record: TaskRecord): ReturnType<TaskLedger['claim']> {
    const checked = checkRecord(record);
    return this.database.write('durable', (sql) => {
      const known = find(sql, checked.key);
      if (known) return { claimed: false, record: known };
      const { key, state, requestedAt } = checked;
      sql.run('INSERT INTO tasks VALUES (?, ?, ?, ?)', key, state, Date.parse(requestedAt), JSON.stringify(checked));
      return { claimed: true, record: checked };
    });
  }

  async started(key: string, startedAt: string): Promise<void> {
    await this.change(key, (record) => startedRecord(record, startedAt));
  }

  close(key: string, closing: Closing): Promise<boolean> {
    return this.change(key, (record) => closedRecord(record, closing));
  }

  get(key: string): Promise<TaskRecord | undefined> {
    return this.database.read((sql) => find(sql, key));
  }

  open(): Promise<Records> {
    return this.database.read((sql) => readable(sql.all<TaskRow>("SELECT * FROM tasks WHERE state IN ('claimed', 'started')")));
  }

  list(limit: number): Promise<Records> {
    return this.database.read((sql) => readable(sql.all<TaskRow>('SELECT * FROM tasks ORDER BY requested DESC, key DESC LIMIT ?', limit)));
  }

  private change(key: string, changed: (record: TaskRecord) => TaskRecord | undefined): Promise<boolean> {
    return this.database.write('durable', (sql) => {
      const known = find(sql, key);
      const next = known && changed(known);
      if (next) sql.run('UPDATE tasks SET state = ?, record = ? WHERE key = ?', next.state, JSON.stringify(next), key);
      return next !== undefined;
    });
  }
}

function find(sql: Pick<Sql, 'get'>, key: string): TaskRecord | undefined {
  const row = sql.get<TaskRow>('SELECT * FROM tasks WHERE key = ?', key);
  return row && recordOf(row);
}

const readable = (rows: readonly TaskRow[]): Records => recordsOf(rows, ({ key }) => key, recordOf);

function recordOf({ key, record }: TaskRow): TaskRecord {
  return parseStored(json(taskRecord), record, `tasks/${key}`);
}
