import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScraperVariables } from '../../services/contracts/filmlinkd-environment';
import type { LogEntry, LogEntryMessage } from '../../services/contracts/log-entry';
import type { ProvisionableBus } from '../../services/runtime/bus/bus';
import { openBus } from '../../services/runtime/bus/open';
import { openStores } from '../../services/runtime/stores/open';
import type { OpenStores } from '../../services/runtime/stores/stores';
import { API_KEY, LetterboxdServer, SECRET } from '../support/scraper/letterboxd-server';
import { endProcesses, eventually, ServiceProcess } from '../support/service-process';

interface Line {
  readonly severity: string;
  readonly message: string;
  readonly event?: string;
  readonly port?: number;
}

const MAIN = '../../../services/scraper/main.ts';
const LONG_AGO = Date.now() - 3_600_000;
const TOPICS = { LOG_ENTRY_TOPIC: 'entries', COMMAND_TOPIC: 'commands', POISON_TOPIC: 'poison' } as const;

describe('scraper processes', () => {
  let file: string;
  let stores: OpenStores<'users' | 'vipChannels' | 'deliveries' | 'leases'>;
  let bus: ProvisionableBus;
  let letterboxd: LetterboxdServer;
  let published: LogEntry[];
  let parked: string[];

  beforeEach(async () => {
    file = join(mkdtempSync(join(tmpdir(), 'scraper-')), 'film.db');
    stores = await openStores({ kind: 'embedded', file }, ['users', 'vipChannels', 'deliveries', 'leases']);
    bus = await openBus({ kind: 'embedded', file });
    letterboxd = await LetterboxdServer.start();
    published = [];
    parked = [];
    await bus.provision([
      { topic: TOPICS.LOG_ENTRY_TOPIC, subscription: 'shard' },
      { topic: TOPICS.POISON_TOPIC, subscription: 'poison' },
      ...['one', 'two', 'three'].map((subscription) => ({ topic: TOPICS.COMMAND_TOPIC, subscription })),
    ]);
    bus.subscribe('shard', ({ data }) => void published.push((JSON.parse(data) as LogEntryMessage).entry));
    bus.subscribe('poison', ({ data }) => void parked.push(data));
  });
  afterEach(async () => {
    await endProcesses();
    await bus.close();
    await stores.close();
    await letterboxd.stop();
  });

  function scraper(name: string, more: Partial<ScraperVariables> = {}): ServiceProcess<Line> {
    const environment: Partial<Record<keyof ScraperVariables, unknown>> = {
      ...TOPICS,
      ...{ ENVIRONMENT: 'dev', PROJECT: 'test', BUS: 'embedded', STORE: 'embedded', EMBEDDED_FILE: file, MODE: 'general' },
      ...{ SUBSCRIPTION: name, INSTANCE: name, PORT: 0, LETTERBOXD_URL: letterboxd.url(name), LETTERBOXD_API_KEY: API_KEY },
      ...{ LETTERBOXD_API_SHARED_SECRET: SECRET, PAUSE_SECONDS: 0.05, REQUESTS_PER_SECOND: 100, LEASE_SECONDS: 3, REPUBLISH_SECONDS: 1 },
      ...more,
    };
    return new ServiceProcess<Line>(MAIN, {}, Object.fromEntries(Object.entries(environment).map(([variable, value]) => [variable, String(value)])));
  }

  const started = (one: ServiceProcess<Line>) => eventually(() => one.lines.some(({ message }) => message === 'Started'));
  const portOf = (one: ServiceProcess<Line>) => one.lines.find(({ port }) => port)?.port;
  const get = async (one: ServiceProcess<Line>, path: string) => (await fetch(`http://127.0.0.1:${portOf(one)}${path}`)).text();
  const follow = (lid: string, channel = 'c1') => stores.users.follow({ lid, userName: lid, displayName: lid, image: '' }, channel);
  const followMany = async (count: number) => {
    const lids = Array.from({ length: count }, (_, index) => `u${index}`);
    await Promise.all(lids.map((lid) => follow(lid)));
    return lids;
  };
  const askedBy = (from = 0) => {
    const by = new Map<string, Set<string>>();
    for (const { member, by: name, at } of letterboxd.asked) if (at >= from) by.set(member, (by.get(member) ?? new Set()).add(name));
    return by;
  };
  const lidsOf = (userLid: string) => published.filter((entry) => entry.userLid === userLid).map(({ lid }) => lid);

  test('two share 200 users, each asked by one; when one is killed the other has all of them in time', async () => {
    const users = await followMany(200);
    const [one, two] = [scraper('one'), scraper('two')];
    await Promise.all([started(one), started(two)]);
    await eventually(async () => (await stores.leases.members('general')).length === 2);
    await new Promise((resolve) => setTimeout(resolve, 1500)); // both know of both
    const steady = Date.now();
    await eventually(() => askedBy(steady).size === 200, 30);
    expect([...askedBy(steady).values()].filter(({ size }) => size !== 1)).toEqual([]);
    const parts = [...askedBy(steady).values()].map((names) => [...names][0]);
    for (const name of ['one', 'two']) expect(parts.filter((by) => by === name).length).toBeGreaterThan(60);

    two.kill('SIGKILL');
    const killed = Date.now();
    for (const user of users) letterboxd.diary.log(user, `${user}1001`, LONG_AGO);
    await eventually(() => new Set(published.map(({ userLid }) => userLid)).size === 200, 60);
    const seconds = (Date.now() - killed) / 1000;
    console.log(`taken over, and everything found, after ${seconds.toFixed(1)} s with leases of 3 s`);
    expect(seconds).toBeLessThan(20);
    one.kill('SIGTERM');
    expect(await one.ended).toEqual({ code: 0, signal: null });
    expect(await stores.leases.members('general')).toEqual([]);
  });

  test('60 films at once are published, in their order; what no bot recorded comes again, what was delivered is closed', async () => {
    await follow('u1', 'c1');
    await follow('u1', 'c2');
    letterboxd.diary.log('u1', '1000', LONG_AGO);
    const one = scraper('one');
    await eventually(() => published.length === 1);
    for (let count = 1; count <= 60; count += 1) letterboxd.diary.log('u1', String(1000 + count), LONG_AGO);
    await eventually(() => new Set(lidsOf('u1')).size === 61);
    const first = [...new Set(lidsOf('u1'))];
    expect(first).toEqual([...first].sort());

    await eventually(() => lidsOf('u1').filter((lid) => lid === '1060').length > 2);
    for (const lid of first) for (const channel of ['c1', 'c2']) await stores.deliveries.record(lid, channel, { state: 'delivered', messageId: lid });
    await eventually(async () => (await stores.deliveries.due(new Date(8e15), 100)).length === 0);
    expect((await stores.users.byLid('u1'))?.previous).toMatchObject({ lid: '1060', list: first.slice(-10) });
    const count = published.length;
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(published).toHaveLength(count);
    expect(await get(one, '/metrics')).toMatch(/scraper_closed_total\{how="delivered"\} 61\n/);
  });

  test('killed again and again: every entry is published', async () => {
    const users = await followMany(20);
    for (const user of users) letterboxd.diary.log(user, `${user}1000`, LONG_AGO);
    let one = scraper('one');
    await eventually(() => new Set(published.map(({ userLid }) => userLid)).size === 20);
    for (let round = 1; round <= 8; round += 1) {
      for (const user of users) letterboxd.diary.log(user, `${user}${1000 + round}`, LONG_AGO);
      await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 150));
      one.kill('SIGKILL');
      await one.ended;
      one = scraper('one');
    }
    await eventually(() => new Set(published.map(({ lid }) => lid)).size === 20 * 9, 60);
  });

  test('Letterboxd down, garbage, busy: it goes on, and nothing is lost', async () => {
    const users = await followMany(10);
    let request = 0;
    const odd = [
      { status: 500 },
      { body: '<html>Just a moment...</html>' },
      { body: '{"items":[{"id":' },
      { status: 429, headers: { 'retry-after': '1' } },
      undefined,
    ];
    letterboxd.odd = () => odd[request++ % odd.length];
    for (const user of users) letterboxd.diary.log(user, `${user}1001`, LONG_AGO);
    const one = scraper('one');
    await eventually(() => new Set(published.map(({ userLid }) => userLid)).size === 10, 60);
    expect(one.lines.filter(({ severity }) => severity === 'ERROR' || severity === 'CRITICAL')).toEqual([]);
    expect(await get(one, '/metrics')).toMatch(/scraper_errors_total\{where="ask"\} [1-9]/);
  });

  test('forbidden: one alert, silence, then it asks again', async () => {
    await follow('u1');
    letterboxd.diary.log('u1', '1001', LONG_AGO);
    letterboxd.odd = () => ({ status: 403 });
    const one = scraper('one', { FORBIDDEN_PAUSE_SECONDS: 3 });
    await eventually(() => letterboxd.asked.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(letterboxd.asked).toHaveLength(1);
    expect(one.lines.filter(({ event }) => event === 'letterboxd_forbidden')).toEqual([expect.objectContaining({ severity: 'ERROR' })]);
    letterboxd.odd = undefined;
    await eventually(() => published.length > 0, 10);
  });

  test('vip asks for users of 100 VIP channels and nobody else; general leaves them to it, and takes them when it is gone', async () => {
    const channels = Array.from({ length: 100 }, (_, index) => `v${index}`);
    await Promise.all(channels.flatMap((channel, index) => [stores.vipChannels.add(channel), follow(`vip${index}`, channel)]));
    await followMany(20);
    const vip = scraper('three', { MODE: 'vip', PAGE_SIZE: 50, CONCURRENCY: 10 });
    const general = scraper('one', { PAGE_SIZE: 50 });
    await Promise.all([started(vip), started(general)]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const steady = Date.now();
    await eventually(() => askedBy(steady).size === 120, 30);
    for (const [user, by] of askedBy(steady)) expect([user, ...by]).toEqual([user, user.startsWith('vip') ? 'three' : 'one']);
    letterboxd.diary.log('vip7', '1001', LONG_AGO);
    await eventually(() => published.length > 0);
    expect(published[0]).toMatchObject({ lid: '1001', publishSource: 'VIP' });
    vip.kill('SIGTERM');
    await vip.ended;
    letterboxd.diary.log('vip8', '1002', LONG_AGO);
    await eventually(() => lidsOf('vip8').length > 0, 20);
    expect(published.find(({ userLid }) => userLid === 'vip8')).toMatchObject({ publishSource: 'Normal' });
  });

  test.each(['general', 'vip'] as const)('%s: a FOLLOW is served at once; what cannot be read is parked', async (MODE) => {
    await stores.vipChannels.add('v1');
    const one = scraper('one', { MODE });
    await started(one);
    letterboxd.diary.log('new', '1001', LONG_AGO);
    await follow('new', MODE === 'vip' ? 'v1' : 'c1');
    await bus.publish(TOPICS.COMMAND_TOPIC, JSON.stringify({ type: 'FOLLOW', user: 'new', entry: '0' }));
    await bus.publish(TOPICS.COMMAND_TOPIC, '{"type":');
    await eventually(() => published.length > 0 && parked.length > 0, 10);
    expect(published[0]).toMatchObject({ lid: '1001', userLid: 'new', publishSource: 'Follow' });
    expect(JSON.parse(parked[0] as string)).toMatchObject({ topic: 'commands', reason: expect.stringContaining('not JSON') });
  });

  test('an environment that is wrong ends it with every problem', async () => {
    const one = new ServiceProcess<Line>(MAIN, {}, { MODE: 'both', BUS: 'embedded', PORT: '-1', LETTERBOXD_API_KEY: '' });
    expect(await one.ended).toEqual({ code: 1, signal: null });
    const said = one.lines.map(({ message }) => message).join('\n');
    for (const variable of [
      'ENVIRONMENT',
      'PROJECT',
      'LOG_ENTRY_TOPIC',
      'COMMAND_TOPIC',
      'POISON_TOPIC',
      'SUBSCRIPTION',
      'INSTANCE',
      'LETTERBOXD_API_KEY',
      'LETTERBOXD_API_SHARED_SECRET',
      'MODE',
      'PORT',
    ])
      expect(said).toContain(`${variable}: `);
  });

  test('SIGTERM ends it in time, in the middle of slow answers; it was ready and is small', async () => {
    await followMany(40);
    const one = scraper('one');
    await started(one);
    await eventually(async () => JSON.parse(await get(one, '/readyz')).status === 'ok');
    expect(JSON.parse(await get(one, '/healthz'))).toEqual({ status: 'ok', checks: { walk: null } });
    await eventually(async () => /scraper_asked_total [1-9]/.test(await get(one, '/metrics')));
    expect(Number(/process_resident_memory_bytes (\d+)/.exec(await get(one, '/metrics'))?.[1])).toBeLessThan(200e6);
    const answer = letterboxd.diary.logEntries.bind(letterboxd.diary);
    letterboxd.diary.logEntries = async (query) => {
      await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
      return answer(query);
    };
    await new Promise((resolve) => setTimeout(resolve, 500));
    const told = Date.now();
    one.kill('SIGTERM');
    expect(await one.ended).toEqual({ code: 0, signal: null });
    expect(Date.now() - told).toBeLessThan(5000);
    expect(await stores.leases.members('publishing')).toEqual([]);
  });
});
