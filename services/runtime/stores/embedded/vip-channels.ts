import type { EmbeddedDatabase, Row } from '../../embedded/database';
import type { VipChannels } from '../users';
import { poll } from './poll';

export const VIP_SCHEMA = `
  CREATE TABLE IF NOT EXISTS vip_channels (channel TEXT PRIMARY KEY, member_of TEXT NOT NULL) STRICT;
`;

interface VipRow extends Row {
  readonly channel: string;
}

export class EmbeddedVipChannels implements VipChannels {
  constructor(private readonly database: EmbeddedDatabase) {}

  async add(channelId: string, group = ''): Promise<void> {
    await this.database.write('durable', (sql) => sql.run('INSERT OR IGNORE INTO vip_channels VALUES (?, ?)', channelId, group));
  }

  async remove(channelId: string): Promise<void> {
    await this.database.write('durable', (sql) => sql.run('DELETE FROM vip_channels WHERE channel = ?', channelId));
  }

  /** They are few: all are read each time, and told when they differ. */
  listen(onChannels: (channelIds: ReadonlySet<string>) => void, onError: (error: Error) => void): { stop(): Promise<void> } {
    let told: string | undefined;
    return poll(async () => {
      const rows = await this.database.read((sql) => sql.all<VipRow>('SELECT * FROM vip_channels ORDER BY channel'));
      const channels = rows.map(({ channel }) => channel);
      if (channels.join() === told) return;
      told = channels.join();
      onChannels(new Set(channels));
    }, onError);
  }
}
