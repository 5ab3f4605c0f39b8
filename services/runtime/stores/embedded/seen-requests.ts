import type { EmbeddedDatabase } from '../../embedded/database';
import type { SeenRequests } from '../seen-requests';

export const SEEN_REQUESTS_SCHEMA = `
  CREATE TABLE IF NOT EXISTS seen_requests (signature TEXT PRIMARY KEY, expires INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS seen_requests_expires ON seen_requests (expires);
`;

export class EmbeddedSeenRequests implements SeenRequests {
  constructor(private readonly database: EmbeddedDatabase) {}

  remember(signature: string, until: Date): Promise<boolean> {
    return this.database.write('durable', (sql) => {
      sql.run('DELETE FROM seen_requests WHERE expires < ?', Date.now());
      return sql.run('INSERT OR IGNORE INTO seen_requests VALUES (?, ?)', signature, until.getTime()) === 1;
    });
  }
}
