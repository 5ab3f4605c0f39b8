import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScraperVariables } from '../../services/contracts/filmlinkd-environment';
import { compareLids } from '../../services/contracts/lid';
import type { LogEntry, LogEntryMessage } from '../../services/contracts/log-entry';
import type { ProvisionableBus } from '../../services/runtime/bus/bus';
import { openBus } from '../../services/runtime/bus/open';
import { openStores } from '../../services/runtime/stores/open';
import type { OpenStores } from '../../services/runtime/stores/stores';
import { GROUP } from '../../services/scraper/share/crew';
import { type Fault, GARBAGE } from '../../services/testbench/http/faults';
import { FakeLetterboxd } from '../../services/testbench/letterboxd/letterboxd';
import type { Member } from '../../services/testbench/letterboxd/world';
import { endProcesses, eventually, ServiceProcess } from '../support/service-process';

interface Line {
  readonly severity: string;
  readonly message: string;
  readonly event?: string;
  readonly port?: number;
}

const MAIN = '../../../services/scraper/main.ts';
const NAMES = ['one', 'two', 'three'] as const;
type Name = (typeof NAMES)[number];
const LONG_AGO = Date.now() - 3_600_000;
const TOPICS = { LOG_ENTRY_TOPIC: 'entries', COMMAND_TOPIC: 'commands', POISON_TOPIC: 'poison' } as const;
const REQUIRED = ['ENVIRONMENT', 'PROJECT', ...Object.keys(TOPICS), 'SUBSCRIPTION', 'INSTANCE', 'LETTERBOXD_API_KEY', 'LETTERBOXD_API_SHARED_SECRET', 'MODE'];

describe('scraper processes', () => {
  let file: string;
  let stores: OpenStores<'users' | 'vipChannels' | 'deliveries' | 'leases'>;
  let bus: ProvisionableBus;
  let letterboxd: FakeLetterboxd;
  let published: LogEntry[];
  let parked: string[];

  beforeEach(async () => {
    file = join(mkdtempSync(join(tmpdir(), 'scraper-')), 'film.db');
    stores = await openStores({ kind: 'embedded', file }, ['users', 'vipChannels', 'deliveries', 'leases']);
    bus = await openBus({ kind: 'embedded', file });
    letterboxd = await FakeLetterboxd.start({ keys: Object.fromEntries(NAMES.map((name) => [name, `secret of ${name}`])) });
    published = [];
    parked = [];
    await bus.provision([
      { topic: TOPICS.LOG_ENTRY_TOPIC, subscription: 'shard' },
      { topic: TOPICS.POISON_TOPIC, subscription: 'poison' },
      ...NAMES.map((subscription) => ({ topic: TOPICS.COMMAND_TOPIC, subscription })),
    ]);
    bus.subscribe('shard', ({ data }) => void published.push((JSON.parse(data) as LogEntryMessage).entry));
    bus.subscribe('poison', ({ data }) => void parked.push(data));
  });
  afterEach(async () => {
    await endProcesses();
    await bus.close();
    await stores.close();
    await letterboxd.stop();
    expect(letterboxd.mistakes).toEqual([]);
  });

  function scraper(name: Name, more: Partial<ScraperVariables> = {}): ServiceProcess<Line> {
    const environment: Partial<Record<keyof ScraperVariables, unknown>> = {
      ...TOPICS,
      ...{ ENVIRONMENT: 'dev', PROJECT: 'test', BUS: 'embedded', STORE: 'embedded', EMBEDDED_FILE: file, MODE: 'general' },
      ...{ SUBSCRIPTION: name, INSTANCE: name, PORT: 0, LETTERBOXD_URL: letterboxd.url, LETTERBOXD_API_KEY: name },
      ...{ LETTERBOXD_API_SHARED_SECRET: `secret of ${name}`, PAUSE_SECONDS: 0.05, REQUESTS_PER_SECOND: 100, LEASE_SECONDS: 3, REPUBLISH_SECONDS: 1 },
      ...more,
    };
    return new ServiceProcess<Line>(MAIN, {}, Object.fromEntries(Object.entries(environment).map(([variable, value]) => [variable, String(value)])));
  }

  const portOf = (one: ServiceProcess<Line>) => one.lines.find(({ port }) => port)?.port;
  const started = (one: ServiceProcess<Line>) => eventually(() => portOf(one) !== undefined);
  const get = async (one: ServiceProcess<Line>, path: string) => (await fetch(`http://127.0.0.1:${portOf(one)}${path}`)).text();
  /** Both know that both are there. */
  const aware = async () => {
    await eventually(async () => (await stores.leases.members(GROUP)).length === 2);
    await sleep(1500);
  };

  /** A member whom a channel follows, in the database only. */
  const follow = (member: Member, channel = 'c1') =>
    stores.users.follow({ lid: member.lid, userName: member.userName, displayName: member.displayName, image: '' }, channel);
  const someMembers = (count: number) => Array.from({ length: count }, (_, index) => letterboxd.world.addMember(`member${index}`));
  const followedMembers = async (count: number) => {
    const members = someMembers(count);
    await Promise.all(members.map((member) => follow(member)));
    return members;
  };
  const log = (member: Member, created = LONG_AGO) => letterboxd.world.addEntry(member, letterboxd.world.addFilm('A film'), { created }).lid;
  const publishedLids = () => [...new Set(published.map(({ lid }) => lid))];
  const askers = (members: readonly Member[]) => members.map(({ lid }) => [...letterboxd.askedAbout(lid).keys()]);

  test('two share 200 users, each asked by one; when one is killed the other has all of them in time', async () => {
    const members = await followedMembers(200);
    const [one, two] = [scraper('one'), scraper('two')];
    await aware();
    letterboxd.forgetRequests();
    await eventually(() => askers(members).every(({ length }) => length > 0), 30);
    expect(askers(members).filter(({ length }) => length !== 1)).toEqual([]);
    for (const name of ['one', 'two']) expect(askers(members).filter(([by]) => by === name).length).toBeGreaterThan(60);

    two.kill('SIGKILL');
    const killed = Date.now();
    const lids = members.map((member) => log(member));
    await eventually(() => publishedLids().length === lids.length, 60);
    const seconds = (Date.now() - killed) / 1000;
    console.log(`taken over, and everything found, after ${seconds.toFixed(1)} s with leases of 3 s`);
    expect(seconds).toBeLessThan(20);
    one.kill('SIGTERM');
    expect(await one.ended).toEqual({ code: 0, signal: null });
    expect(await stores.leases.members(GROUP)).toEqual([]);
  });

  test('60 films at once are published, in their order; what no bot recorded comes again, what was delivered is closed', async () => {
    const [member] = (await followedMembers(1)) as [Member];
    await follow(member, 'c2');
    const lids = [log(member)];
    const one = scraper('one');
    await eventually(() => published.length === 1);
    for (let count = 1; count <= 60; count += 1) lids.push(log(member));
    await eventually(() => publishedLids().length === 61);
    expect(publishedLids()).toEqual([...lids].sort(compareLids));

    await eventually(() => published.filter(({ lid }) => lid === lids[60]).length > 2);
    for (const lid of lids) for (const channel of ['c1', 'c2']) await stores.deliveries.record(lid, channel, { state: 'delivered', messageId: lid });
    await eventually(async () => (await stores.deliveries.due(new Date(8e15), 100)).length === 0);
    expect((await stores.users.byLid(member.lid))?.previous).toMatchObject({ lid: lids[60], list: lids.slice(-10) });
    const count = published.length;
    await sleep(2500);
    expect(published).toHaveLength(count);
    expect(await get(one, '/metrics')).toMatch(/scraper_closed_total\{how="delivered"\} 61\n/);
  });

  test('killed again and again, before anything is recorded: every entry is published', async () => {
    const members = await followedMembers(20);
    const lids = members.map((member) => log(member));
    let one = scraper('one');
    await eventually(() => publishedLids().length === lids.length);
    for (let round = 0; round < 10; round += 1) {
      lids.push(...members.map((member) => log(member)));
      await sleep(100 + Math.random() * 200);
      one.kill('SIGKILL');
      await one.ended;
      one = scraper('one');
    }
    await eventually(() => publishedLids().length === lids.length, 60);
  });

  test('Letterboxd down, garbage, cut off, busy, dropping us: it goes on, and nothing is lost', async () => {
    const members = await followedMembers(10);
    const lids = members.map((member) => log(member));
    const html = { status: 200, body: '<html>Just a moment...</html>' };
    const faults: (Fault | undefined)[] = [{ status: 500 }, html, GARBAGE, 'cut-answer', 'drop', { status: 429, retryAfter: 1 }, { status: 302 }];
    let request = 0;
    letterboxd.faults.by = () => (++request % 2 ? faults[(request >> 1) % faults.length] : undefined);
    const one = scraper('one');
    await eventually(() => publishedLids().length === lids.length, 60);
    for (let count = 0; count < 25; count += 1) lids.push(log(members[0] as Member)); // pages back through all that
    await eventually(() => publishedLids().length === lids.length, 120);
    expect(letterboxd.faults.injected).toBeGreaterThan(20);
    expect(one.lines.filter(({ severity }) => severity === 'ERROR' || severity === 'CRITICAL')).toEqual([]);
    expect(await get(one, '/metrics')).toMatch(/scraper_errors_total\{where="ask"\} [1-9]/);
  });

  test('forbidden: one alert, silence, then it asks again', async () => {
    const members = await followedMembers(1);
    members.map((member) => log(member));
    letterboxd.faults.by = () => ({ status: 403 });
    const one = scraper('one', { FORBIDDEN_PAUSE_SECONDS: 3 });
    await eventually(() => letterboxd.requests.length > 0);
    await sleep(2000);
    expect(letterboxd.requests).toHaveLength(1);
    expect(one.lines.filter(({ event }) => event === 'letterboxd_forbidden')).toEqual([expect.objectContaining({ severity: 'ERROR' })]);
    letterboxd.faults.clear();
    await eventually(() => published.length > 0, 10);
  });

  test('vip asks for users of 100 VIP channels and nobody else; general leaves them to it, and takes them when it is gone', async () => {
    const vips = someMembers(100);
    await Promise.all(vips.flatMap((member, index) => [stores.vipChannels.add(`v${index}`), follow(member, `v${index}`)]));
    const others = await followedMembers(20);
    const vip = scraper('three', { MODE: 'vip', PAGE_SIZE: 50, CONCURRENCY: 10 });
    scraper('one', { PAGE_SIZE: 50 });
    await aware();
    letterboxd.forgetRequests();
    await eventually(() => [...askers(vips), ...askers(others)].every(({ length }) => length > 0), 30);
    expect(new Set(askers(vips).flat())).toEqual(new Set(['three']));
    expect(new Set(askers(others).flat())).toEqual(new Set(['one']));
    log(vips[7] as Member);
    await eventually(() => published.length > 0);
    expect(published[0]).toMatchObject({ userLid: vips[7]?.lid, publishSource: 'VIP' });
    vip.kill('SIGTERM');
    await vip.ended;
    const late = log(vips[8] as Member);
    await eventually(() => publishedLids().includes(late), 20);
    expect(published.find(({ lid }) => lid === late)).toMatchObject({ publishSource: 'Normal' });
  });

  test.each(['general', 'vip'] as const)('%s: a FOLLOW is served at once; what cannot be read is parked', async (MODE) => {
    await stores.vipChannels.add('v1');
    const one = scraper('one', { MODE });
    await started(one);
    const [member] = someMembers(1) as [Member];
    const lid = log(member);
    await follow(member, MODE === 'vip' ? 'v1' : 'c1');
    await bus.publish(TOPICS.COMMAND_TOPIC, JSON.stringify({ type: 'FOLLOW', user: member.lid, entry: '0' }));
    await bus.publish(TOPICS.COMMAND_TOPIC, '{"type":');
    await eventually(() => published.length > 0 && parked.length > 0, 10);
    expect(published[0]).toMatchObject({ lid, userLid: member.lid, publishSource: 'Follow' });
    expect(JSON.parse(parked[0] as string)).toMatchObject({ topic: 'commands', reason: expect.stringContaining('not JSON') });
  });

  test('an environment that is wrong ends it with every problem', async () => {
    const one = new ServiceProcess<Line>(MAIN, {}, { MODE: 'both', BUS: 'embedded', PORT: '-1', LETTERBOXD_API_KEY: '' });
    expect(await one.ended).toEqual({ code: 1, signal: null });
    const said = one.lines.map(({ message }) => message).join('\n');
    for (const variable of [...REQUIRED, 'PORT']) expect(said).toContain(`${variable}: `);
  });

  test('SIGTERM ends it in time, while answers hang; it was ready and is small', async () => {
    await followedMembers(40);
    const one = scraper('one');
    await started(one);
    await eventually(async () => JSON.parse(await get(one, '/readyz')).status === 'ok');
    expect(JSON.parse(await get(one, '/healthz'))).toEqual({ status: 'ok', checks: { walk: null } });
    await eventually(async () => /scraper_asked_total [1-9]/.test(await get(one, '/metrics')));
    const bytes = Number(/process_resident_memory_bytes (\d+)/.exec(await get(one, '/metrics'))?.[1]);
    console.log(`${Math.round(bytes / 1e6)} MB resident`);
    expect(bytes).toBeLessThan(200e6);
    letterboxd.faults.by = () => 'hang';
    await eventually(() => letterboxd.faults.injected > 0);
    const told = Date.now();
    one.kill('SIGTERM');
    expect(await one.ended).toEqual({ code: 0, signal: null });
    expect(Date.now() - told).toBeLessThan(5000);
    expect(await stores.leases.members(GROUP)).toEqual([]);
  });

  test('the first container of a machine lives only while the other does', async () => {
    const vip = scraper('two', { MODE: 'vip' });
    await started(vip);
    const peer = `http://127.0.0.1:${portOf(vip)}/healthz`;
    const one = scraper('one', { HEALTH_PEERS: peer });
    await started(one);
    expect(JSON.parse(await get(one, '/healthz'))).toEqual({ status: 'ok', checks: { walk: null, [peer]: null } });
    vip.kill('SIGKILL');
    await vip.ended;
    expect(JSON.parse(await get(one, '/healthz'))).toMatchObject({ status: 'failing', checks: { [peer]: expect.stringContaining('cannot be asked') } });
  });
});
