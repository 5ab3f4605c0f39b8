import { type LogEntry, logEntry } from '../../../contracts/log-entry';
import { json } from '../../../contracts/worker-metadata';
import type { EmbeddedDatabase, Row, Sql } from '../../embedded/database';
import type { Deliveries, Outcome, PendingEntry } from '../deliveries';
import { FORGOTTEN_AFTER, storedOutcome } from '../delivery-records';
import { parseStored, readable, rethrown, unlessBroken } from '../records';

/** `due` is null once the entry is closed; `expires` is null until then. */
export const DELIVERIES_SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (
    lid TEXT PRIMARY KEY, entry TEXT NOT NULL, since INTEGER NOT NULL, published INTEGER NOT NULL DEFAULT 0, due INTEGER, expires INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS entries_due ON entries (due) WHERE due IS NOT NULL;
  CREATE INDEX IF NOT EXISTS entries_expires ON entries (expires) WHERE expires IS NOT NULL;
  CREATE TABLE IF NOT EXISTS outcomes (
    lid TEXT NOT NULL, channel TEXT NOT NULL, owner TEXT, until INTEGER, outcome TEXT, expires INTEGER NOT NULL, PRIMARY KEY (lid, channel)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS outcomes_expires ON outcomes (expires);
`;

interface EntryRow extends Row {
  readonly lid: string;
  readonly entry: string;
  readonly since: number;
  readonly published: number;
  readonly due: number;
}

interface OutcomeRow extends Row {
  readonly lid: string;
  readonly channel: string;
  readonly owner: string | null;
  readonly until: number | null;
  readonly outcome: string | null;
}

/** Entries that are looked at together for those that are somebody's. */
const PAGE = 200;

export class EmbeddedDeliveries implements Deliveries {
  constructor(private readonly database: EmbeddedDatabase) {}

  open(entry: LogEntry, at: Date): Promise<boolean> {
    return this.database.write('durable', (sql) => {
      sql.run('DELETE FROM entries WHERE expires <= ?', Date.now());
      const since = at.getTime();
      return sql.run('INSERT OR IGNORE INTO entries (lid, entry, since, due) VALUES (?, ?, ?, ?)', entry.lid, JSON.stringify(entry), since, since) === 1;
    });
  }

  due(now: Date, limit: number, mine: (entry: LogEntry) => boolean = () => true, onBroken: (error: Error) => void = rethrown): Promise<PendingEntry[]> {
    return this.database.read((sql) => {
      const found: PendingEntry[] = [];
      let after = { due: Number.MIN_SAFE_INTEGER, lid: '' };
      for (;;) {
        const rows = sql.all<EntryRow>(
          'SELECT * FROM entries WHERE due <= ? AND (due, lid) > (?, ?) ORDER BY due, lid LIMIT ?',
          now.getTime(),
          after.due,
          after.lid,
          PAGE,
        );
        for (const row of rows) {
          if (found.length === limit) return found;
          const entry = unlessBroken(() => parseStored(json(logEntry), row.entry, `entries/${row.lid}`), onBroken);
          if (!entry || !mine(entry)) continue;
          found.push({ entry, since: new Date(row.since), published: row.published, outcomes: outcomesOf(sql, row.lid, onBroken) });
        }
        const last = rows.at(-1);
        if (!last || rows.length < PAGE) return found;
        after = last;
      }
    });
  }

  async published(entryLid: string, nextAt: Date): Promise<void> {
    await this.database.write('durable', (sql) =>
      sql.run('UPDATE entries SET published = published + 1, due = ? WHERE lid = ? AND due IS NOT NULL', nextAt.getTime(), entryLid),
    );
  }

  claim(entryLid: string, channelId: string, owner: string, until: Date): ReturnType<Deliveries['claim']> {
    return this.database.write('durable', (sql) => {
      const now = Date.now();
      const known = find(sql, entryLid, channelId);
      if (known?.outcome) return outcomeIn(known);
      if (known && known.owner !== null && known.owner !== owner && Number(known.until) > now) return 'busy';
      save(sql, entryLid, channelId, { owner, until: until.getTime() });
      return 'claimed';
    });
  }

  async record(entryLid: string, channelId: string, outcome: Outcome): Promise<void> {
    await this.database.write('durable', (sql) => {
      if (!find(sql, entryLid, channelId)?.outcome) save(sql, entryLid, channelId, { outcome: JSON.stringify(outcome) });
    });
  }

  async release(entryLid: string, channelId: string, owner: string): Promise<void> {
    await this.database.write('durable', (sql) =>
      sql.run('UPDATE outcomes SET owner = NULL, until = NULL WHERE lid = ? AND channel = ? AND owner = ?', entryLid, channelId, owner),
    );
  }

  async close(entryLid: string): Promise<void> {
    await this.database.write('durable', (sql) =>
      sql.run('UPDATE entries SET due = NULL, expires = ? WHERE lid = ? AND due IS NOT NULL', Date.now() + FORGOTTEN_AFTER.entry, entryLid),
    );
  }
}

function find(sql: Pick<Sql, 'get'>, lid: string, channel: string): OutcomeRow | undefined {
  return sql.get<OutcomeRow>('SELECT * FROM outcomes WHERE lid = ? AND channel = ?', lid, channel);
}

interface Claim {
  readonly owner?: string;
  readonly until?: number;
  readonly outcome?: string;
}

function save(sql: Sql, lid: string, channel: string, { owner = null, until = null, outcome = null }: { [K in keyof Claim]: Claim[K] | null }): void {
  const now = Date.now();
  sql.run('DELETE FROM outcomes WHERE expires <= ?', now);
  sql.run('INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?, ?, ?)', lid, channel, owner, until, outcome, now + FORGOTTEN_AFTER.outcome);
}

function outcomesOf(sql: Pick<Sql, 'all'>, lid: string, onBroken: (error: Error) => void): ReadonlyMap<string, Outcome> {
  const rows = sql.all<OutcomeRow>('SELECT * FROM outcomes WHERE lid = ? AND outcome IS NOT NULL', lid);
  return readable(rows, ({ channel }) => channel, outcomeIn, onBroken);
}

function outcomeIn({ lid, channel, outcome }: OutcomeRow): Outcome {
  return parseStored(json(storedOutcome), outcome, `outcomes/${lid}/${channel}`);
}
