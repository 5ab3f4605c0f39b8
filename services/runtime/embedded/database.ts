import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Libsql from 'libsql';
import { StartFailure } from '../start-failure';

type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

/** A statement of a transaction. */
export interface Sql {
  /** The first row. */
  get<R extends Row>(sql: string, ...values: Value[]): R | undefined;
  all<R extends Row>(sql: string, ...values: Value[]): R[];
  /** Returns how many rows it changed. */
  run(sql: string, ...values: Value[]): number;
}

/** `durable`: survives a power cut too, not only the death of the process. It costs a flush of the disk. */
export type Durability = 'durable' | 'process';

const PATIENCE = 60_000;

/**
 * One SQLite file that all processes of a machine share. One writes at a time; whoever waits for another keeps its event loop free.
 */
export class EmbeddedDatabase {
  private readonly statements = new Map<string, Libsql.Statement<unknown[]>>();
  private durability: Durability | undefined;
  /** Writers of this process queue up: one of them at a time asks for the file. */
  private lastWrite: Promise<unknown> = Promise.resolve();

  private constructor(private readonly db: Libsql.Database) {}

  /** @param file In a folder that exists. @param schema Statements that make what is not there yet. */
  static async open(file: string, schema: string): Promise<EmbeddedDatabase> {
    const folder = resolve(dirname(file));
    if (!existsSync(folder))
      throw new StartFailure(`EMBEDDED_FILE: found ${JSON.stringify(file)}; there is no folder ${folder}. Make it, or change EMBEDDED_FILE.`);
    try {
      const db = new Libsql(file, { timeout: 0 });
      const database = new EmbeddedDatabase(db);
      await whenFree(() => {
        db.exec('PRAGMA busy_timeout = 5'); // ms; the rest of the waiting is ours, without blocking
        db.pragma('journal_mode = WAL');
        db.exec('PRAGMA journal_size_limit = 16777216');
      });
      await database.write('durable', () => db.exec(schema));
      return database;
    } catch (error) {
      throw new StartFailure(
        `EMBEDDED_FILE: found ${JSON.stringify(file)}; it cannot be used: ${(error as Error).message}. Mend it, or change EMBEDDED_FILE.`,
        { cause: error },
      );
    }
  }

  /** Runs `work` alone: no other process writes between its statements. It may run again, from its beginning, and must not wait for anything. */
  write<T>(durability: Durability, work: (sql: Sql) => T): Promise<T> {
    const deadline = Date.now() + PATIENCE;
    const written = this.lastWrite.then(() => whenFree(() => this.transact(durability, work), deadline));
    this.lastWrite = written.catch(() => {}); // its caller is told
    return written;
  }

  /** Reads what was committed last; waits for nobody who writes. */
  async read<T>(work: (sql: Pick<Sql, 'get' | 'all'>) => T): Promise<T> {
    return whenFree(() => work(this.sql));
  }

  private transact<T>(durability: Durability, work: (sql: Sql) => T): T {
    if (this.durability !== durability) {
      this.db.exec(`PRAGMA synchronous = ${durability === 'durable' ? 'FULL' : 'NORMAL'}`);
      this.durability = durability;
    }
    this.db.exec('BEGIN IMMEDIATE');
    try {
      const result = work(this.sql);
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.statements.clear();
    if (this.db.open) this.db.close();
  }

  private readonly sql: Sql = {
    get: <R extends Row>(sql: string, ...values: Value[]) => this.prepared(sql).all(...values)[0] as R | undefined,
    all: <R extends Row>(sql: string, ...values: Value[]) => this.prepared(sql).all(...values) as R[],
    run: (sql, ...values) => this.prepared(sql).run(...values).changes,
  };

  private prepared(sql: string): Libsql.Statement<unknown[]> {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

/** Waits, with chance so that nobody starves, while another process has the file. */
async function whenFree<T>(work: () => T, deadline = Date.now() + PATIENCE): Promise<T> {
  for (let pause = 2; ; pause = Math.min(pause * 1.5, 30)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      await sleep(Math.random() * pause);
    }
  }
}

/** Also what a process meets while another opens, recovers or leaves the file. */
function isBusy(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code);
}
