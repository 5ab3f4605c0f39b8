import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import type { LogEntryMessage } from '../../../services/contracts/log-entry';
import { openStores } from '../../../services/runtime/stores/open';
import type { OpenStores } from '../../../services/runtime/stores/stores';
import { Metrics } from '../../../services/scraper/metrics';
import { Publisher } from '../../../services/scraper/publish/publisher';
import { Republisher } from '../../../services/scraper/publish/republisher';
import { FakeClock } from '../../support/fake-clock';
import { entryOf } from '../../support/log-entries';
import { RecordingLog } from '../../support/recording-log';

const profile = { lid: 'u1', userName: 'ada', displayName: 'Ada', image: '' };
const delivered = { state: 'delivered', messageId: 'm' } as const;
const undeliverable = { state: 'undeliverable', reason: 'forbidden' } as const;
const HOUR = 3_600_000;

describe('publishing', () => {
  let stores: OpenStores<'users' | 'deliveries'>;
  let clock: FakeClock;
  let sent: string[];
  let busIsDown: boolean;
  let publisher: Publisher;
  let metrics: Metrics;
  let mine: (userLid: string) => boolean;
  let republisher: Republisher;
  beforeEach(async () => {
    stores = await openStores({ kind: 'embedded', file: join(mkdtempSync(join(tmpdir(), 'publishing-')), 'film.db') }, ['users', 'deliveries']);
    clock = new FakeClock(1_700_000_000_000);
    sent = [];
    busIsDown = false;
    mine = () => true;
    const log = new RecordingLog();
    metrics = new Metrics(new Registry());
    const bus = {
      async publish(topic: string, data: string) {
        if (busIsDown) throw new Error('the bus is down');
        return String(sent.push(`${topic} ${data}`));
      },
    };
    const { deliveries, users } = stores;
    publisher = new Publisher({ bus, deliveries, clock, log, metrics, topic: 'entries', republishAfter: 60_000 });
    republisher = new Republisher({ deliveries, users, userOf: () => undefined, isMine: (lid) => mine(lid), publisher, clock, log, metrics });
    for (const channel of ['a', 'b']) await users.follow(profile, channel);
  });
  afterEach(() => stores.close());

  const turn = () => republisher.turn(new AbortController().signal);
  const closed = async () => (await metrics.closed.get()).values.map(({ labels, value }) => `${labels.how} ${value}`);
  const isOpen = async () => (await stores.deliveries.due(new Date(clock.now() + 100 * HOUR), 10)).length > 0;

  test('an entry is in the database before it is on the topic, once, in the words of the contract', async () => {
    const entry = entryOf('e1');
    let known = false;
    const since: (string | undefined)[] = [];
    const bus = {
      async publish(_: string, data: string, attributes?: Readonly<Record<string, string>>) {
        since.push(attributes?.since);
        known = (await stores.deliveries.due(new Date(clock.now()), 10)).some((pending) => pending.entry.lid === 'e1');
        return String(sent.push(data));
      },
    };
    const one = new Publisher({ bus, deliveries: stores.deliveries, clock, log: new RecordingLog(), metrics, topic: 'entries', republishAfter: 60_000 });
    expect(await one.first(entry)).toBe(true);
    expect(known).toBe(true);
    expect(await one.first(entry)).toBe(false);
    expect(sent).toEqual([JSON.stringify({ entry } satisfies LogEntryMessage)]);
    expect(sent[0]).toMatch(/^\{"entry":\{"lid":"e1",/);
    expect(since).toEqual([String((await stores.deliveries.due(new Date(clock.now() + HOUR), 10))[0]?.since.getTime())]);
  });

  test('what the bus did not take is published by the next turn', async () => {
    busIsDown = true;
    expect(await publisher.first(entryOf('e1'))).toBe(true);
    await turn();
    busIsDown = false;
    expect(sent).toEqual([]);
    await turn();
    expect(sent).toHaveLength(1);
  });

  test('is repeated, later each time, until every channel has an outcome; then the user has it as posted', async () => {
    await publisher.first(entryOf('e1'));
    const at: number[] = [];
    for (let second = 0; second < 445; second += 1) {
      await turn();
      if (sent.length > at.length + 1) at.push(second);
      await clock.pass(1000);
    }
    expect(at).toHaveLength(3); // after 30 to 60 s, then 60 to 120, then 120 to 240
    expect(at[1] as number).toBeGreaterThanOrEqual(90);
    await stores.deliveries.record('e1', 'a', delivered);
    await clock.pass(HOUR);
    await turn();
    expect(await isOpen()).toBe(true);
    expect((await stores.users.byLid('u1'))?.previous.lid).toBe('0');
    await stores.deliveries.record('e1', 'b', delivered);
    await clock.pass(HOUR);
    await turn();
    expect(await isOpen()).toBe(false);
    expect((await stores.users.byLid('u1'))?.previous).toMatchObject({ lid: 'e1', uri: 'https://boxd.it/e1', published: 1_700_000_000_000 });
    expect(await closed()).toEqual(['delivered 1']);
  });

  test('a channel that follows meanwhile gets it too, one that left is not waited for', async () => {
    await publisher.first(entryOf('e1'));
    await stores.deliveries.record('e1', 'a', delivered);
    await stores.users.unfollow('u1', 'b');
    await stores.users.follow(profile, 'c');
    await clock.pass(60_000);
    await turn();
    expect(sent).toHaveLength(2);
    await stores.deliveries.record('e1', 'c', undeliverable);
    await clock.pass(HOUR);
    await turn();
    expect(await closed()).toEqual(['delivered 1']);
  });

  test.each([
    [
      'undeliverable everywhere',
      async () => Promise.all(['a', 'b'].map((channel) => stores.deliveries.record('e1', channel, undeliverable))),
      'undeliverable 1',
    ],
    ['followed by nobody', async () => Promise.all(['a', 'b'].map((channel) => stores.users.unfollow('u1', channel))), 'unfollowed 1'],
    ['a day and an hour old', async () => clock.pass(24 * HOUR), 'expired 1'],
  ])('%s is closed, and is not the user’s newest', async (_, happens, how) => {
    await publisher.first(entryOf('e1'));
    await happens();
    await clock.pass(HOUR);
    await turn();
    expect(await closed()).toEqual([how]);
    expect(await isOpen()).toBe(false);
    expect((await stores.users.byLid('u1'))?.previous.lid).toBe('0');
  });

  test('looks after its own users only', async () => {
    await publisher.first(entryOf('e1'));
    await publisher.first(entryOf('e2', { userLid: 'u2' }));
    await clock.pass(60_000);
    mine = (userLid) => userLid === 'u2';
    await turn();
    expect(sent).toHaveLength(2);
    expect(await closed()).toEqual(['unfollowed 1']);
  });
});
