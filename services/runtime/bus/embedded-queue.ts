import { randomUUID } from 'node:crypto';
import { EmbeddedDatabase, type Row, type Sql } from '../embedded/database';
import type { Message, Outgoing, SubscriptionSpec } from './bus';

/** Hours that an unread message is kept, as the estates' subscriptions keep theirs. */
export const RETENTION_HOURS = 12;

// the body is JSON: SQLite's texts end at a NUL
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS topics (name TEXT PRIMARY KEY) STRICT;
  CREATE TABLE IF NOT EXISTS subscriptions (
    name TEXT PRIMARY KEY, topic TEXT NOT NULL, ack_deadline INTEGER NOT NULL, dead_letter_topic TEXT, max_attempts INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS deliveries (
    key INTEGER PRIMARY KEY, subscription TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    published INTEGER NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, lease TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (subscription, due);
  CREATE INDEX IF NOT EXISTS deliveries_published ON deliveries (published);
`;

/** A message that this process has until its lease ends. */
export interface Leased {
  readonly key: number;
  readonly lease: string;
  readonly message: Message;
}

interface Delivery extends Row {
  readonly key: number;
  readonly id: string;
  readonly body: string;
  readonly published: number;
  readonly attempts: number;
}

interface Terms extends Row {
  /** Milliseconds. */
  readonly ack_deadline: number;
  readonly dead_letter_topic: string | null;
  readonly max_attempts: number | null;
}

/** The messages of all subscriptions: a row for each delivery that is due, or leased until it is due again. */
export class EmbeddedQueue {
  private constructor(private readonly database: EmbeddedDatabase) {}

  static async open(file: string): Promise<EmbeddedQueue> {
    return new EmbeddedQueue(await EmbeddedDatabase.open(file, SCHEMA));
  }

  async provision(specs: readonly SubscriptionSpec[]): Promise<void> {
    await this.database.write('durable', (sql) => {
      for (const { topic, subscription, ackDeadlineSeconds = 10, deadLetter } of specs) {
        for (const name of [topic, ...(deadLetter ? [deadLetter.topic] : [])]) sql.run('INSERT OR IGNORE INTO topics VALUES (?)', name);
        if (subscription === undefined) continue;
        const terms = [ackDeadlineSeconds * 1000, deadLetter?.topic ?? null, deadLetter?.maxDeliveryAttempts ?? null];
        sql.run('INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?, ?, ?)', subscription, topic, ...terms);
      }
    });
  }

  /** Ids of those that are published; undefined where the topic is missing. */
  publish(messages: readonly Outgoing[]): Promise<(string | undefined)[]> {
    return this.database.write('durable', (sql) =>
      messages.map(({ topic, data, attributes }) => send(sql, topic, JSON.stringify({ data, attributes }), Date.now())),
    );
  }

  /** What is due, at most `limit`, for the subscription's deadline in ms. undefined: there is no such subscription. */
  async lease(subscription: string, limit: number): Promise<{ readonly leased: Leased[]; readonly deadline: number } | undefined> {
    const found = await this.database.read((sql) =>
      sql.get(
        'SELECT ack_deadline, (SELECT 1 FROM deliveries WHERE subscription = name AND due <= ? LIMIT 1) AS waiting FROM subscriptions WHERE name = ?',
        Date.now(),
        subscription,
      ),
    );
    if (!found) return undefined;
    const deadline = Number(found.ack_deadline);
    if (found.waiting === null) return { leased: [], deadline };
    const leased = await this.database.write('process', (sql) => {
      const now = Date.now();
      const terms = termsOf(sql, subscription);
      const due = sql.all<Delivery>('SELECT * FROM deliveries WHERE subscription = ? AND due <= ? ORDER BY due, key LIMIT ?', subscription, now, limit);
      return due
        .filter((delivery) => !buried(sql, subscription, delivery, terms, now))
        .map((delivery) => {
          const lease = randomUUID();
          sql.run('UPDATE deliveries SET due = ?, attempts = attempts + 1, lease = ? WHERE key = ?', now + deadline, lease, delivery.key);
          return { key: delivery.key, lease, message: messageOf(delivery) };
        });
    });
    return { leased, deadline };
  }

  /** False: the lease was over, and somebody else has the message. */
  acknowledge({ key, lease }: Leased): Promise<boolean> {
    return this.database.write('process', (sql) => sql.run('DELETE FROM deliveries WHERE key = ? AND lease = ?', key, lease) > 0);
  }

  /** Gives a message back whose handling failed: it comes again after 50 ms, then after twice that, at most after the deadline. */
  async refuse(subscription: string, { key, lease }: Leased): Promise<void> {
    await this.database.write('process', (sql) => {
      const delivery = sql.get<Delivery>('SELECT * FROM deliveries WHERE key = ? AND lease = ?', key, lease);
      const terms = termsOf(sql, subscription);
      if (!delivery || buried(sql, subscription, delivery, terms, Date.now())) return;
      const pause = Math.min(50 * 2 ** (delivery.attempts - 1), terms?.ack_deadline ?? 0);
      sql.run('UPDATE deliveries SET due = ?, lease = NULL WHERE key = ?', Date.now() + pause, key);
    });
  }

  /** Gives messages back that nobody has seen. */
  async giveBack(leased: readonly Leased[]): Promise<void> {
    await this.database.write('process', (sql) => {
      for (const { key, lease } of leased) {
        sql.run('UPDATE deliveries SET due = ?, attempts = attempts - 1, lease = NULL WHERE key = ? AND lease = ?', Date.now(), key, lease);
      }
    });
  }

  /** @param deadline Milliseconds from now. */
  async extend(leased: readonly Leased[], deadline: number): Promise<void> {
    await this.database.write('process', (sql) => {
      for (const { key, lease } of leased) sql.run('UPDATE deliveries SET due = ? WHERE key = ? AND lease = ?', Date.now() + deadline, key, lease);
    });
  }

  /** Drops what nobody read in time. */
  async expire(): Promise<void> {
    const before = Date.now() - RETENTION_HOURS * 3_600_000;
    await this.database.write('process', (sql) => sql.run('DELETE FROM deliveries WHERE published < ?', before));
  }

  close(): void {
    this.database.close();
  }
}

function termsOf(sql: Sql, subscription: string): Terms | undefined {
  return sql.get<Terms>('SELECT * FROM subscriptions WHERE name = ?', subscription);
}

function send(sql: Sql, topic: string, body: string, now: number): string | undefined {
  if (!sql.get('SELECT 1 FROM topics WHERE name = ?', topic)) return undefined;
  const id = randomUUID();
  sql.run(
    'INSERT INTO deliveries (subscription, id, body, published, due) SELECT name, ?, ?, ?, ? FROM subscriptions WHERE topic = ?',
    id,
    body,
    now,
    now,
    topic,
  );
  return id;
}

/** Moves a message that was delivered often enough to the dead-letter topic, as Pub/Sub does: with the attributes that say where it was. */
function buried(sql: Sql, subscription: string, { key, body, attempts }: Delivery, terms: Terms | undefined, now: number): boolean {
  if (!terms?.dead_letter_topic || terms.max_attempts === null || attempts < terms.max_attempts) return false;
  const { data, attributes } = JSON.parse(body) as Outgoing;
  const origin = { CloudPubSubDeadLetterSourceSubscription: subscription, CloudPubSubDeadLetterSourceDeliveryCount: String(attempts) };
  if (!send(sql, terms.dead_letter_topic, JSON.stringify({ data, attributes: { ...attributes, ...origin } }), now)) return false;
  sql.run('DELETE FROM deliveries WHERE key = ?', key);
  return true;
}

function messageOf({ id, body, published, attempts }: Delivery): Message {
  const { data, attributes } = JSON.parse(body) as Outgoing;
  return { id, data, attributes, publishedAt: new Date(published), deliveryAttempt: attempts + 1 };
}
