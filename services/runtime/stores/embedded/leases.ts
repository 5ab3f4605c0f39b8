import type { EmbeddedDatabase, Row } from '../../embedded/database';
import type { Leases } from '../leases';

export const LEASES_SCHEMA = `
  CREATE TABLE IF NOT EXISTS leases (team TEXT NOT NULL, instance TEXT NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (team, instance)) STRICT;
`;

interface LeaseRow extends Row {
  readonly instance: string;
}

export class EmbeddedLeases implements Leases {
  constructor(private readonly database: EmbeddedDatabase) {}

  async beat(group: string, instance: string, seconds: number): Promise<void> {
    await this.database.write('process', (sql) => {
      sql.run('DELETE FROM leases WHERE expires <= ?', Date.now());
      sql.run('INSERT OR REPLACE INTO leases VALUES (?, ?, ?)', group, instance, Math.round(Date.now() + seconds * 1000));
    });
  }

  async members(group: string): Promise<string[]> {
    const rows = await this.database.read((sql) =>
      sql.all<LeaseRow>('SELECT instance FROM leases WHERE team = ? AND expires > ? ORDER BY instance', group, Date.now()),
    );
    return rows.map(({ instance }) => instance);
  }

  async leave(group: string, instance: string): Promise<void> {
    await this.database.write('process', (sql) => sql.run('DELETE FROM leases WHERE team = ? AND instance = ?', group, instance));
  }
}
