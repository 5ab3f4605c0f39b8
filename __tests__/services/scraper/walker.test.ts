import { Registry } from 'prom-client';
import { type UserDocument, userDocument } from '../../../services/contracts/filmlinkd-documents';
import type { LogEntry } from '../../../services/contracts/log-entry';
import { LetterboxdFailure } from '../../../services/letterboxd/failure';
import type { Users, VipChannels } from '../../../services/runtime/stores/users';
import { commandHandler } from '../../../services/scraper/commands';
import { LetterboxdPaused } from '../../../services/scraper/letterboxd/polite';
import { Metrics } from '../../../services/scraper/metrics';
import type { Publisher } from '../../../services/scraper/publish/publisher';
import { Memory } from '../../../services/scraper/walk/memory';
import { Roster } from '../../../services/scraper/walk/roster';
import { Walker } from '../../../services/scraper/walk/walker';
import { FakeClock } from '../../support/fake-clock';
import { RecordingLog } from '../../support/recording-log';
import { Diary } from '../../support/scraper/diary';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const START = 1_700_000_000_000;

function user(lid: string, previous = '1000', channels = ['a']): UserDocument {
  return userDocument.parse({ id: lid, letterboxdId: lid, previous: { lid: previous }, channelList: channels.map((channelId) => ({ channelId })) });
}

function bench({ pageSize = 20, users = [user('ada')], vip = ['v'] }: { pageSize?: number; users?: UserDocument[]; vip?: string[] } = {}) {
  const clock = new FakeClock(START);
  const log = new RecordingLog();
  const metrics = new Metrics(new Registry());
  const diary = new Diary();
  const published: LogEntry[] = [];
  let refusal: Error | undefined;
  const publisher = {
    async first(entry: LogEntry) {
      if (refusal) throw refusal;
      published.push(entry);
      return true;
    },
  } as Publisher;
  let tell: (users: ReadonlyMap<string, UserDocument>) => void = () => {};
  const database = new Map(users.map((one) => [one.letterboxdId, one]));
  const listening = { stop: async () => {} };
  const stores = {
    users: {
      byLid: async (lid: string) => database.get(lid),
      newsFrom: async (lid: string, newsFrom: UserDocument['newsFrom']) => {
        database.set(lid, { ...(database.get(lid) as UserDocument), newsFrom });
      },
      listen: (onUsers: typeof tell) => {
        tell = onUsers;
        tell(new Map(database));
        return listening;
      },
    } as unknown as Users,
    vipChannels: {
      listen: (onChannels: (channels: ReadonlySet<string>) => void) => {
        onChannels(new Set(vip));
        return listening;
      },
    } as unknown as VipChannels,
  };
  const roster = new Roster(stores, log);
  roster.start();
  const memory = new Memory(3 * MINUTE);
  const walker = new Walker({
    ...{ source: diary, users: stores.users, roster, memory, publisher, clock, log, metrics },
    ...{ isMine: () => true, publishSource: 'Normal', pageSize, concurrency: 2, runTimeout: MINUTE, minimumAge: 3 * MINUTE },
  });
  const parked: string[] = [];
  const bus = { publish: async (topic: string, data: string) => String(parked.push(`${topic} ${data}`)) };
  const command = commandHandler({ bus, roster, memory, clock, log, metrics, topic: 'commands', poisonTopic: 'poison' });
  const page = async (times = 1, pause = 2000) => {
    for (let count = 0; count < times; count += 1) {
      await walker.page(new AbortController().signal);
      await clock.pass(pause);
    }
  };
  return {
    ...{ clock, log, diary, published, roster, walker, page, parked, database, memory },
    hear: () => tell(new Map(database)),
    refuse: (error?: Error) => {
      refusal = error;
    },
    send: (data: object | string) =>
      command({ id: 'm1', data: typeof data === 'string' ? data : JSON.stringify(data), attributes: {}, publishedAt: new Date(), deliveryAttempt: 1 }),
    /** Who was asked for, without the requests for further pages. */
    asked: () => diary.queries.filter(({ perPage }) => perPage === 1).map(({ member }) => member),
  };
}

test('what is new is published once, the oldest first, as the API says it', async () => {
  const { diary, page, published } = bench();
  diary.log('ada', '1000', START - DAY);
  diary.log('ada', '1002', START - DAY, { review: { text: '<p>Good</p>', containsSpoilers: true }, rating: 4.5, like: true });
  diary.log('ada', '1001', START - DAY, { review: { text: ' ' }, diaryDetails: { diaryDate: '2023-11-01', rewatch: true } });
  await page(3);
  expect(published).toEqual([
    expect.objectContaining({ lid: '1001', type: 'watch', watchedDate: Date.UTC(2023, 10, 1), rewatch: true, publishSource: 'Normal', userLid: 'ada' }),
    expect.objectContaining({ lid: '1002', type: 'review', review: '<p>Good</p>', containsSpoilers: true, starCount: 4.5, liked: true }),
  ]);
});

test('an entry that is too young is published when it is old enough, and its user is left alone until then', async () => {
  const { asked, diary, page, published } = bench();
  diary.log('ada', '1001', START - MINUTE);
  await page(60);
  expect(published).toEqual([]);
  expect(asked()).toHaveLength(1);
  await page(1);
  expect(published.map(({ lid }) => lid)).toEqual(['1001']);
});

test('of a new user whose first entry was too young, what comes meanwhile is published too', async () => {
  const { clock, diary, page, published } = bench({ users: [user('ada', '0')] });
  diary.log('ada', '1000', START - DAY);
  diary.log('ada', '1001', START - MINUTE);
  await page();
  diary.log('ada', '1002', clock.now());
  await page(120);
  expect(published.map(({ lid }) => lid)).toEqual(['1001', '1002']);
});

test('whoever takes over from a scraper that died finds all that came since the first, though nothing is posted yet', async () => {
  const first = bench({ users: [user('ada', '0')] });
  for (const lid of ['1000', '1001']) first.diary.log('ada', lid, START - DAY);
  await first.page();
  expect(first.published.map(({ lid }) => lid)).toEqual(['1001']);

  const second = bench({ users: [...first.database.values()] });
  for (const lid of ['1000', '1001', '1002', '1003']) second.diary.log('ada', lid, START - DAY);
  await second.page();
  expect(second.published.map(({ lid }) => lid)).toEqual(['1001', '1002', '1003']); // the database knows 1001
});

test('the database did not take an entry: it and all behind it are found again', async () => {
  const { diary, page, published, refuse, log } = bench();
  for (const lid of ['1001', '1002']) diary.log('ada', lid, START - DAY);
  refuse(new Error('no database'));
  await page(2);
  refuse();
  await page(2, 5000);
  expect(published.map(({ lid }) => lid)).toEqual(['1001', '1002']);
  expect(log.lines).toContainEqual(expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ user: 'ada' }) }));
});

test('pages go round: everybody is asked before anybody is asked again', async () => {
  const users = Array.from({ length: 50 }, (_, index) => user(`u${index}`));
  const { asked, page } = bench({ users, pageSize: 20 });
  await page(25);
  expect(new Set(asked().slice(0, 50)).size).toBe(50);
  const turns = users.map(({ letterboxdId }) => asked().filter((lid) => lid === letterboxdId).length);
  expect(Math.min(...turns)).toBeGreaterThanOrEqual(9);
  expect(Math.max(...turns)).toBeLessThanOrEqual(11);
});

test('who was active in the last day is asked twice as often as who was in the last week, and four times as often as others', async () => {
  const kinds = { day: START - DAY / 24, week: START - 3 * DAY, ever: START - 90 * DAY };
  const users = Object.keys(kinds).flatMap((kind) => Array.from({ length: 20 }, (_, index) => user(`${kind}${index}`, '9999')));
  const { asked, diary, page } = bench({ users, pageSize: 5 });
  for (const one of users) diary.log(one.letterboxdId, '1001', kinds[one.letterboxdId.replace(/\d+/, '') as keyof typeof kinds]);
  await page(300, 1000);
  const count = (kind: string) => asked().filter((lid) => lid.startsWith(kind)).length;
  expect(count('day') / count('week')).toBeCloseTo(2, 0);
  expect(count('day') / count('ever')).toBeCloseTo(4, 0);
});

test('who fails is asked again after a second, then later each time; the others go on', async () => {
  const { asked, diary, page } = bench({ users: [user('ada'), user('bob')] });
  diary.fault = ({ member }) => (member === 'ada' ? new LetterboxdFailure('unavailable', 'down') : undefined);
  await page(60, 1000);
  const count = (member: string) => asked().filter((lid) => lid === member).length;
  expect(count('bob')).toBe(60);
  expect(count('ada')).toBeGreaterThan(4);
  expect(count('ada')).toBeLessThan(9);
});

test('a pause of Letterboxd is nobody’s failure; a run in which nobody answers is no success', async () => {
  const { diary, page, published, walker, clock } = bench();
  diary.log('ada', '1001', START - DAY);
  diary.fault = () => new LetterboxdPaused('later');
  await page(30);
  expect(clock.now() - walker.lastSuccess).toBe(60_000);
  diary.fault = undefined;
  await page(1);
  expect(published).toHaveLength(1);
  expect(clock.now() - walker.lastSuccess).toBe(2000);
});

test('users whom no channel follows any more are not asked, and are forgotten', async () => {
  const { asked, database, hear, memory, page } = bench({ users: [user('ada'), user('bob'), user('nobody', '0', [])] });
  await page();
  expect(asked()).toEqual(['ada', 'bob']);
  database.delete('bob');
  hear();
  await page();
  expect(asked()).toEqual(['ada', 'bob', 'ada']);
  expect(memory.size).toBe(1);
});

test('VIP users are those whom any of 100 VIP channels follows', () => {
  const vip = Array.from({ length: 100 }, (_, index) => `v${index}`);
  const users = vip.map((channel, index) => user(`u${index}`, '0', ['plain', channel]));
  const { roster } = bench({ vip, users: [...users, user('plain', '0', ['plain'])] });
  expect(users.every(({ letterboxdId }) => roster.isVip(letterboxdId))).toBe(true);
  expect(roster.isVip('plain')).toBe(false);
});

describe('a FOLLOW', () => {
  test('is told of when it is handled, not before: the bench of starts waits for it', async () => {
    const { log, roster, send } = bench();
    let met = () => {};
    jest.spyOn(roster, 'meet').mockReturnValue(new Promise((resolve) => (met = resolve)));
    const handled = send({ type: 'FOLLOW', user: 'new', entry: '0' });
    await new Promise(setImmediate);
    expect(log.lines).toEqual([]);
    met();
    await handled;
    expect(log.lines).toMatchObject([{ level: 'info', message: 'Somebody follows', fields: { user: 'new' } }]);
  });

  test('makes a user known whom nobody has told of yet, who is asked next', async () => {
    const users = Array.from({ length: 40 }, (_, index) => user(`u${index}`));
    const { asked, database, diary, page, published, send } = bench({ users, pageSize: 1 });
    diary.log('new', '1001', START - DAY);
    await page(2);
    database.set('new', user('new', '0'));
    await send({ type: 'FOLLOW', user: 'new', entry: '0' });
    await page(2);
    expect(asked()[2]).toBe('new');
    expect(asked()[3]).not.toBe('new');
    expect(published).toEqual([expect.objectContaining({ lid: '1001', publishSource: 'Follow' })]);
  });

  test('its entry was posted already: only what is newer is news', async () => {
    const { diary, page, published, send } = bench({ users: [user('ada', '0')] });
    for (const lid of ['1000', '1001']) diary.log('ada', lid, START - DAY);
    await send({ type: 'FOLLOW', user: 'ada', entry: '1001' });
    await page();
    expect(published).toEqual([]);
    diary.log('ada', '1002', START - DAY);
    await page();
    expect(published).toEqual([expect.objectContaining({ lid: '1002', publishSource: 'Normal' })]);
  });

  test('hides nothing from those who follow already', async () => {
    const { diary, page, published, send } = bench();
    for (const lid of ['1001', '1002']) diary.log('ada', lid, START - DAY);
    await send({ type: 'FOLLOW', user: 'ada', entry: '1002' });
    await page();
    expect(published.map(({ lid, publishSource }) => [lid, publishSource])).toEqual([
      ['1001', 'Follow'],
      ['1002', 'Follow'],
    ]);
  });

  test.each([
    ['no JSON', '{"type"', 'not JSON'],
    ['another type', '{"type":"UNFOLLOW","user":"a","entry":"0"}', 'type'],
    ['no user', '{"type":"FOLLOW","entry":"0"}', 'user'],
  ])('that cannot be read is parked with its reason: %s', async (_, data, reason) => {
    const { parked, send } = bench();
    await send(data);
    expect(parked).toEqual([expect.stringMatching(/^poison \{"topic":"commands","messageId":"m1","reason":/)]);
    expect(JSON.parse(parked[0]?.slice('poison '.length) as string)).toEqual({
      topic: 'commands',
      messageId: 'm1',
      data,
      reason: expect.stringContaining(reason),
    });
  });

  test('that is very long is parked with its beginning', async () => {
    const { parked, send } = bench();
    await send({ type: 'FOLLOW', user: 'x'.repeat(300_000), entry: '0' });
    expect(JSON.parse(parked[0]?.slice('poison '.length) as string)).toMatchObject({
      data: expect.stringMatching(/^.{100000}$/),
      reason: 'user: longer than 32 characters',
    });
  });
});

test('an entry that cannot be read is told once, and keeps nothing older back', async () => {
  const { diary, log, page, published } = bench();
  for (const lid of ['1001', '1002']) diary.log('ada', lid, START - DAY);
  const pages = diary.logEntries.bind(diary);
  diary.logEntries = async (query) => {
    const { items, next } = await pages(query);
    return { items: items.filter(({ id }) => id !== '1002'), next, unreadable: [{ lid: '1002', problem: 'its film is missing' }] };
  };
  for (let turn = 0; turn < 3; turn += 1) await page();
  expect(published.map(({ lid }) => lid)).toEqual(['1001']);
  expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([
    {
      level: 'warn',
      fields: { user: 'ada', entry: '1002', problem: 'its film is missing' },
      message: 'An entry of Letterboxd cannot be read, and is left out',
    },
  ]);
});
