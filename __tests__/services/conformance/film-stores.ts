import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UserDocument } from '../../../services/contracts/filmlinkd-documents';
import { openStores, type StoresSettings } from '../../../services/runtime/stores/open';
import type { OpenStores } from '../../../services/runtime/stores/stores';
import { entryOf } from '../../support/log-entries';
import type { FilmStoresLine, FilmStoresTask } from '../../support/programs/film-stores';
import { endProcesses, eventually, ServiceProcess } from '../../support/service-process';

export interface FilmStoresUnderTest {
  readonly settings: StoresSettings;
  /** Of processes that want the same at once. */
  readonly processes: number;
  /** Of each thing that they want. */
  readonly contested: number;
  /** Milliseconds that they need to be ready. */
  readonly startUp: number;
}

const NAMES = ['users', 'vipChannels', 'deliveries', 'leases'] as const;
/** A Letterboxd id that no other test has. */
const anyLid = () => randomUUID().replaceAll('-', '').slice(0, 20);
const profileOf = (lid: string) => ({ lid, userName: 'Ada_L', displayName: 'Ada', image: 'https://a/ada.jpg' });
const within = (milliseconds: number) => new Date(Date.now() + milliseconds);
const delivered = (messageId: string) => ({ state: 'delivered', messageId }) as const;

/** What every database keeps of filmlinkd. Processes are real. */
export function filmStoresConformance(title: string, { settings, processes, contested, startUp }: FilmStoresUnderTest): void {
  /** What each of several processes won, all of them trying at one moment. */
  const race = async (task: (process: number) => Omit<FilmStoresTask, 'stores' | 'at' | 'name'>): Promise<string[]> => {
    const at = Date.now() + startUp;
    const racers = Array.from(
      { length: processes },
      (_, index) => new ServiceProcess<FilmStoresLine>('film-stores.ts', { stores: settings, at, name: `p${index}`, ...task(index) } satisfies FilmStoresTask),
    );
    const won = await Promise.all(racers.map(async (racer) => ((await racer.until(1, 60))[0] as FilmStoresLine).won));
    await Promise.all(racers.map(({ ended }) => ended));
    return won.flat().sort();
  };

  describe(`filmlinkd's stores, ${title}`, () => {
    let stores: OpenStores<(typeof NAMES)[number]>;
    beforeAll(async () => {
      stores = await openStores(settings, NAMES);
    });
    afterAll(async () => {
      await endProcesses();
      await stores.close();
    });

    test('several processes at once: 20 channels follow one user and all survive, a claim is one process’s, the first outcome stays', async () => {
      const [lid, entry] = [anyLid(), anyLid()];
      const channels = Array.from({ length: 20 }, (_, index) => `channel-${index}`);
      const claim = Array.from({ length: contested }, (_, index) => [entry, `c${index}`] as const);
      const won = await race((process) => ({
        follow: { profile: profileOf(lid), channels: channels.filter((_, index) => index % processes === process) },
        claim,
        record: { entry, channels: ['done'] },
      }));
      expect(won).toEqual([...channels, ...claim.map((pair) => pair.join('/'))].sort());
      expect((await stores.users.byLid(lid))?.channelList.map(({ channelId }) => channelId).sort()).toEqual([...channels].sort());
      const first = await stores.deliveries.claim(entry, 'done', 'me', within(60_000));
      expect(first).toEqual(delivered(expect.stringMatching(/^p\d$/)));
    });

    describe('users', () => {
      test('the first follow makes the document as the original does, the second of a channel changes nothing', async () => {
        const { users } = stores;
        const lid = anyLid();
        const before = await users.count();
        expect(await users.byLid(lid)).toBeUndefined();
        expect(await users.follow(profileOf(lid), 'a')).toBe(true);
        const { created, updated, ...made } = (await users.byLid(lid)) as UserDocument;
        expect(made).toEqual({
          id: lid,
          letterboxdId: lid,
          displayName: 'Ada',
          image: 'https://a/ada.jpg',
          userName: 'ada_l',
          checked: 0,
          channelList: [{ channelId: 'a' }],
          archivedChannelList: [],
          previous: { lid: '0', list: [], published: 0 },
        });
        expect(Date.now() - created).toBeLessThan(60_000);
        expect(await users.follow(profileOf(lid), 'a')).toBe(false);
        expect((await users.byLid(lid))?.updated).toBe(updated);
        expect(await users.follow(profileOf(lid), 'b')).toBe(true);
        expect((await users.byLid(lid))?.channelList).toEqual([{ channelId: 'a' }, { channelId: 'b' }]);
        expect(await users.count()).toBe(before + 1);
      });

      test('unfollow drops one channel; of a user who is not there it is refused', async () => {
        const { users } = stores;
        const lid = anyLid();
        await users.follow(profileOf(lid), 'a');
        await users.follow(profileOf(lid), 'b');
        expect(await users.unfollow(lid, 'a')).toBe(true);
        expect(await users.unfollow(lid, 'a')).toBe(true);
        expect((await users.byLid(lid))?.channelList).toEqual([{ channelId: 'b' }]);
        expect(await users.unfollow(anyLid(), 'a')).toBe(false);
      });

      test('refresh stores the profile as it is written; whom a channel follows comes by the order of ids', async () => {
        const { users } = stores;
        const channel = anyLid();
        const stem = anyLid();
        for (const end of ['A', '0', 'a']) await users.follow(profileOf(stem + end), channel);
        await users.follow(profileOf(stem), 'elsewhere');
        expect(await users.refresh({ lid: `${stem}a`, userName: 'Ada_B', displayName: 'Ada B', image: '' })).toBe(true);
        expect(await users.refresh(profileOf(anyLid()))).toBe(false);
        const found = await users.ofChannel(channel);
        expect(found.map(({ letterboxdId }) => letterboxdId.slice(stem.length))).toEqual(['0', 'a', 'A']);
        expect(found[1]).toMatchObject({ userName: 'Ada_B', displayName: 'Ada B', image: '' });
      });

      test('what was posted: the ten newest by the order of ids, and the newest as `previous`', async () => {
        const { users } = stores;
        const lid = anyLid();
        await users.follow(profileOf(lid), 'a');
        const posted = ['z', 'B', '9', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'aZ', 'a7'];
        await Promise.all(posted.map((id, published) => users.posted(lid, { lid: id, published, link: `https://boxd.it/${id}` })));
        await users.posted(lid, { lid: 'a7', published: 99, link: 'again' });
        expect((await users.byLid(lid))?.previous).toEqual({
          lid: 'aZ',
          list: ['B', 'a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'aZ'],
          published: 10,
          uri: 'https://boxd.it/aZ',
        });
        await users.posted(anyLid(), { lid: 'a7', published: 1, link: '' }); // nobody: nothing
      });

      test('from where on entries are news is noted once', async () => {
        const { users } = stores;
        const lid = anyLid();
        await users.follow(profileOf(lid), 'a');
        expect((await users.byLid(lid))?.newsFrom).toBeUndefined();
        await users.newsFrom(lid, { lid: 'e1', isNews: true });
        await users.newsFrom(lid, { lid: 'e2', isNews: false });
        expect((await users.byLid(lid))?.newsFrom).toEqual({ lid: 'e1', isNews: true });
        await users.newsFrom(anyLid(), { lid: 'e1', isNews: true }); // nobody: nothing
      });

      test('who listens gets all, and every change, until stopped', async () => {
        const { users } = stores;
        const [old, young] = [anyLid(), anyLid()];
        await users.follow(profileOf(old), 'a');
        let latest: ReadonlyMap<string, UserDocument> = new Map();
        const errors: Error[] = [];
        const listening = users.listen(
          (now) => {
            latest = now;
          },
          (error) => errors.push(error),
        );
        await eventually(() => latest.has(old));
        await users.follow(profileOf(young), 'a');
        await users.posted(old, { lid: 'b', published: 1, link: '' });
        await eventually(() => latest.has(young) && latest.get(old)?.previous.lid === 'b');
        await listening.stop();
        await users.unfollow(young, 'a');
        await sleep(300);
        expect(latest.get(young)?.channelList).toEqual([{ channelId: 'a' }]);
        expect(errors).toEqual([]);
      });
    });

    test('100 VIP channels are heard of, one that is added and one that is removed too', async () => {
      const { vipChannels } = stores;
      const channels = Array.from({ length: 100 }, () => anyLid());
      await Promise.all(channels.map((channel) => vipChannels.add(channel, 'friends')));
      let latest: ReadonlySet<string> = new Set();
      const listening = vipChannels.listen(
        (now) => {
          latest = now;
        },
        (error) => expect(error).toBeUndefined(),
      );
      await eventually(() => channels.every((channel) => latest.has(channel)));
      const one = anyLid();
      await vipChannels.add(one);
      await vipChannels.remove(channels[0] as string);
      await eventually(() => latest.has(one) && !latest.has(channels[0] as string));
      await listening.stop();
      await Promise.all([...channels, one].map((channel) => vipChannels.remove(channel)));
    });

    describe('deliveries', () => {
      test('an entry is opened once, and is due until it is closed, for good', async () => {
        const { deliveries } = stores;
        const userLid = anyLid();
        const mine = (entry: { userLid: string }) => entry.userLid === userLid;
        const entry = entryOf(anyLid(), { userLid });
        const since = new Date(Date.now() - 5000);
        expect(await deliveries.open(entry, since)).toBe(true);
        expect(await deliveries.open(entry, new Date())).toBe(false);
        expect(await deliveries.due(new Date(), 10, mine)).toEqual([{ entry, since, published: 0, outcomes: new Map() }]);
        await deliveries.published(entry.lid, within(60_000));
        expect(await deliveries.due(new Date(), 10, mine)).toEqual([]);
        await deliveries.record(entry.lid, 'a', delivered('m1'));
        await deliveries.record(entry.lid, 'a', delivered('m2'));
        await deliveries.record(entry.lid, 'b', { state: 'undeliverable', reason: 'forbidden' });
        await deliveries.claim(entry.lid, 'c', 'me', within(60_000));
        const [pending] = await deliveries.due(within(61_000), 10, mine);
        const outcomes = new Map<string, object>([
          ['a', delivered('m1')],
          ['b', { state: 'undeliverable', reason: 'forbidden' }],
        ]);
        expect(pending).toEqual({ entry, since, published: 1, outcomes });
        await deliveries.close(entry.lid);
        await deliveries.published(entry.lid, new Date(0));
        expect(await deliveries.due(within(61_000), 10, mine)).toEqual([]);
        expect(await deliveries.open(entry, new Date())).toBe(false);
        await deliveries.close('nosuchentry');
      });

      test('those that are due for longest come first, also behind a page of others', async () => {
        const { deliveries } = stores;
        const userLid = anyLid();
        const times = [500, 300, 100, 400, 200];
        for (const time of times) await deliveries.open(entryOf(anyLid(), { userLid, filmYear: time }), new Date(time));
        await Promise.all(Array.from({ length: 250 }, (_, index) => deliveries.open(entryOf(anyLid(), { userLid: 'others' }), new Date(index))));
        const years = async (limit: number) =>
          (await deliveries.due(new Date(450), limit, (entry) => entry.userLid === userLid)).map(({ entry }) => entry.filmYear);
        expect(await years(3)).toEqual([100, 200, 300]);
        expect(await years(10)).toEqual([100, 200, 300, 400]);
        expect(await deliveries.due(new Date(450), 3)).toHaveLength(3);
      });

      test('a claim excludes others until it is given back, or until its time', async () => {
        const { deliveries } = stores;
        const entry = anyLid();
        expect(await deliveries.claim(entry, 'a', 'one', within(60_000))).toBe('claimed');
        expect(await deliveries.claim(entry, 'a', 'two', within(60_000))).toBe('busy');
        expect(await deliveries.claim(entry, 'b', 'two', within(60_000))).toBe('claimed');
        expect(await deliveries.claim(entry, 'a', 'one', within(60_000))).toBe('claimed');
        await deliveries.release(entry, 'a', 'two');
        expect(await deliveries.claim(entry, 'a', 'two', within(60_000))).toBe('busy');
        await deliveries.release(entry, 'a', 'one');
        expect(await deliveries.claim(entry, 'a', 'two', within(-1))).toBe('claimed');
        expect(await deliveries.claim(entry, 'a', 'three', within(60_000))).toBe('claimed');
        await deliveries.record(entry, 'a', delivered('m'));
        await deliveries.release(entry, 'a', 'three');
        expect(await deliveries.claim(entry, 'a', 'three', within(60_000))).toEqual(delivered('m'));
      });
    });

    test('leases name who is there, until their time or until they leave', async () => {
      const { leases } = stores;
      const group = `scrapers/${anyLid()}`;
      expect(await leases.members(group)).toEqual([]);
      for (const instance of ['b', 'a', 'gone']) await leases.beat(group, instance, 60);
      await leases.beat(group, 'short', 0.2);
      await leases.beat(`${group}2`, 'elsewhere', 60);
      await leases.leave(group, 'gone');
      await leases.leave(group, 'never there');
      await sleep(250);
      expect(await leases.members(group)).toEqual(['a', 'b']);
      await leases.beat(group, 'short', 60);
      expect(await leases.members(group)).toEqual(['a', 'b', 'short']);
    });
  });
}
