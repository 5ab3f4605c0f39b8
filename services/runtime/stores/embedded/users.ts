import { type UserDocument, userDocument } from '../../../contracts/filmlinkd-documents';
import { json } from '../../../contracts/worker-metadata';
import type { EmbeddedDatabase, Row, Sql } from '../../embedded/database';
import { parseStored } from '../records';
import { byLidOrder, follows, newUser, previousAfter } from '../user-records';
import type { Profile, Users } from '../users';
import { poll } from './poll';

/** The document is JSON, as Firestore has it. `revision` grows with every change of any user: whoever listens asks for what is newer. */
export const USERS_SCHEMA = `
  CREATE TABLE IF NOT EXISTS users (lid TEXT PRIMARY KEY, revision INTEGER NOT NULL, document TEXT NOT NULL) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS users_revision ON users (revision);
`;
const SAVE = `
  INSERT INTO users VALUES (?, (SELECT 1 + coalesce(max(revision), 0) FROM users), ?)
  ON CONFLICT (lid) DO UPDATE SET revision = excluded.revision, document = excluded.document
`;

interface UserRow extends Row {
  readonly lid: string;
  readonly revision: number;
  readonly document: string;
}

export class EmbeddedUsers implements Users {
  constructor(private readonly database: EmbeddedDatabase) {}

  byLid(lid: string): Promise<UserDocument | undefined> {
    return this.database.read((sql) => find(sql, lid));
  }

  follow(profile: Profile, channelId: string): Promise<boolean> {
    return this.database.write('durable', (sql) => {
      const known = find(sql, profile.lid);
      if (known && follows(known, channelId)) return false;
      const now = Date.now();
      save(sql, known ? { ...known, channelList: [...known.channelList, { channelId }], updated: now } : newUser(profile, channelId, now));
      return true;
    });
  }

  unfollow(lid: string, channelId: string): Promise<boolean> {
    return this.change(lid, (user) =>
      follows(user, channelId) ? { ...user, channelList: user.channelList.filter((channel) => channel.channelId !== channelId), updated: Date.now() } : user,
    );
  }

  refresh({ lid, userName, displayName, image }: Profile): Promise<boolean> {
    return this.change(lid, (user) => ({ ...user, userName, displayName, image, updated: Date.now() }));
  }

  async ofChannel(channelId: string): Promise<UserDocument[]> {
    const rows = await this.database.read((sql) =>
      sql.all<UserRow>("SELECT * FROM users WHERE EXISTS (SELECT 1 FROM json_each(document, '$.channelList') WHERE value ->> '$.channelId' = ?)", channelId),
    );
    return byLidOrder(rows.map(userOf));
  }

  async count(): Promise<number> {
    return Number((await this.database.read((sql) => sql.get('SELECT count(*) AS users FROM users')))?.users);
  }

  async posted(lid: string, entry: { readonly lid: string; readonly published: number; readonly link: string }): Promise<void> {
    await this.change(lid, (user) => {
      const previous = previousAfter(user, entry);
      return previous ? { ...user, previous: { ...user.previous, ...previous }, updated: Date.now() } : user;
    });
  }

  listen(onUsers: (users: ReadonlyMap<string, UserDocument>) => void, onError: (error: Error) => void): { stop(): Promise<void> } {
    const users = new Map<string, UserDocument>();
    let seen = -1;
    return poll(async () => {
      const changed = await this.database.read((sql) => sql.all<UserRow>('SELECT * FROM users WHERE revision > ? ORDER BY revision', seen));
      if (changed.length === 0 && seen >= 0) return;
      for (const row of changed) {
        try {
          users.set(row.lid, userOf(row));
        } catch (error) {
          users.delete(row.lid);
          onError(error as Error);
        }
      }
      seen = changed.at(-1)?.revision ?? 0;
      onUsers(new Map(users));
    }, onError);
  }

  /** False: there is no such user. */
  private change(lid: string, changed: (user: UserDocument) => UserDocument): Promise<boolean> {
    return this.database.write('durable', (sql) => {
      const known = find(sql, lid);
      const next = known && changed(known);
      if (next && next !== known) save(sql, next);
      return known !== undefined;
    });
  }
}

function save(sql: Sql, user: UserDocument): void {
  sql.run(SAVE, user.letterboxdId, JSON.stringify(user));
}

function find(sql: Pick<Sql, 'get'>, lid: string): UserDocument | undefined {
  const row = sql.get<UserRow>('SELECT * FROM users WHERE lid = ?', lid);
  return row && userOf(row);
}

function userOf({ lid, document }: UserRow): UserDocument {
  return parseStored(json(userDocument), document, `users/${lid}`);
}
