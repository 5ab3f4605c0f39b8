import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Firestore, type Timestamp } from '@google-cloud/firestore';
import { FILMLINKD_COLLECTIONS } from '../../services/contracts/filmlinkd-documents';
import { TTL_FIELD } from '../../services/contracts/firestore';
import { openStores } from '../../services/runtime/stores/open';
import type { OpenStores } from '../../services/runtime/stores/stores';
import { Emulator } from '../../services/testbench/google/emulators';
import { filmStoresConformance } from '../services/conformance/film-stores';
import { entryOf } from '../support/log-entries';
import { describeReal } from '../support/real';
import { eventually } from '../support/service-process';

const FIRESTORE = { kind: 'firestore', project: 'test-project' } as const;
const PROD = { ...FIRESTORE, environment: 'prod' } as const;
const file = join(mkdtempSync(join(tmpdir(), 'film-stores-')), 'film.db');
const profile = { lid: 'u1', userName: 'Ada', displayName: 'Ada', image: '' };

filmStoresConformance('in a file', { settings: { kind: 'embedded', file }, processes: 5, contested: 100, startUp: 2000 });

describeReal(['gcloud', 'java'], "filmlinkd's stores on Firestore", () => {
  let emulator: Emulator;
  let firestore: Firestore;
  let stores: OpenStores<'users' | 'vipChannels' | 'deliveries'>;
  beforeAll(async () => {
    emulator = await Emulator.start('firestore');
    firestore = new Firestore({ projectId: FIRESTORE.project });
    stores = await openStores(PROD, ['users', 'vipChannels', 'deliveries']);
  });
  afterAll(async () => {
    await stores?.close();
    await firestore?.terminate();
    await emulator?.stop();
  });

  filmStoresConformance("on Firestore's emulator", { settings: FIRESTORE, processes: 4, contested: 10, startUp: 6000 });

  test("the original's document keeps its id and its unknown fields, whatever is written", async () => {
    const document = firestore.collection(FILMLINKD_COLLECTIONS.users('prod')).doc('any-id');
    const original = {
      id: 'any-id',
      letterboxdId: 'u1',
      patron: { since: 3 },
      channelList: [{ channelId: 'a', muted: true }],
      previous: { lid: '0', note: 'x' },
    };
    await document.set(original);
    const { users } = stores;
    expect(await users.follow(profile, 'a')).toBe(false);
    expect(await users.follow(profile, 'b')).toBe(true);
    expect(await users.unfollow('u1', 'a')).toBe(true);
    expect(await users.refresh(profile)).toBe(true);
    await users.posted('u1', { lid: 'x', published: 5, link: 'https://boxd.it/x' });
    expect((await document.get()).data()).toEqual({
      ...original,
      userName: 'Ada',
      displayName: 'Ada',
      image: '',
      updated: expect.any(Number),
      channelList: [{ channelId: 'b' }],
      previous: { lid: 'x', list: ['x'], published: 5, uri: 'https://boxd.it/x', note: 'x' },
    });
    expect(await users.count()).toBe(1);
  });

  test("a document under a user's id that is another's is an error, not a loop", async () => {
    await firestore.collection(FILMLINKD_COLLECTIONS.users('prod')).doc('u7').set({ id: 'u7', letterboxdId: 'u8' });
    await expect(stores.users.follow({ ...profile, lid: 'u7' }, 'a')).rejects.toThrow('users/u7 is not of the user u7');
  });

  test('who listens is told of a broken user, hears of one that is removed, and of a VIP channel made by hand', async () => {
    const collection = firestore.collection(FILMLINKD_COLLECTIONS.users('prod'));
    await collection.doc('broken').set({ id: 'broken', letterboxdId: 7 });
    await collection.doc('leaves').set({ id: 'leaves', letterboxdId: 'leaves' });
    const errors: string[] = [];
    let known: string[] = [];
    let channels: string[] = [];
    const tell = ({ message }: Error) => errors.push(message);
    const listening = stores.users.listen((now) => {
      known = [...now.keys()];
    }, tell);
    const hearing = stores.vipChannels.listen((now) => {
      channels = [...now];
    }, tell);
    await eventually(() => known.includes('leaves'));
    await collection.doc('leaves').delete();
    await firestore.collection(FILMLINKD_COLLECTIONS.vip).doc('by-hand').set({ channelId: '77' });
    await eventually(() => !known.includes('leaves') && channels.includes('77'));
    expect(errors).toEqual([expect.stringMatching(/users\/broken is broken: .*letterboxdId/)]);
    await Promise.all([listening.stop(), hearing.stop()]);
  });

  test('what is done carries the time that the TTL policies look at, what is open does not', async () => {
    const { deliveries } = stores;
    await deliveries.open(entryOf('e1'), new Date());
    await deliveries.record('e1', 'a', { state: 'delivered', messageId: 'm' });
    const entry = firestore.collection(FILMLINKD_COLLECTIONS.deliveries('prod')).doc('e1');
    expect((await entry.get()).get(TTL_FIELD)).toBeUndefined();
    await deliveries.close('e1');
    for (const document of [entry, entry.collection(FILMLINKD_COLLECTIONS.outcomes).doc('a')]) {
      const days = ((await document.get()).get(TTL_FIELD) as Timestamp).toMillis() / 86_400_000 - Date.now() / 86_400_000;
      expect(days).toBeGreaterThan(29);
      expect(days).toBeLessThan(33);
    }
  });

  test('an outcome that cannot be read hides no other, and no entry', async () => {
    const outcomes = firestore.collection(FILMLINKD_COLLECTIONS.deliveries('prod')).doc('one').collection(FILMLINKD_COLLECTIONS.outcomes);
    await stores.deliveries.open(entryOf('one'), new Date(1));
    await stores.deliveries.open(entryOf('two'), new Date(1));
    await stores.deliveries.record('one', 'c1', { state: 'delivered', messageId: 'm1' });
    await outcomes.doc('c2').set({ outcome: { state: 'lost' } });
    const mine = ({ lid }: { lid: string }) => ['one', 'two'].includes(lid);
    const told: string[] = [];
    const due = await stores.deliveries.due(new Date(2), 10, mine, ({ message }) => void told.push(message));
    for (const lid of ['one', 'two']) await stores.deliveries.close(lid);
    expect(due.map(({ entry, outcomes: of }) => [entry.lid, [...of.keys()]]).sort()).toEqual([
      ['one', ['c1']],
      ['two', []],
    ]);
    expect(told).toEqual([expect.stringContaining('c2 is broken')]);
  });

  test('an entry that cannot be read hides no other', async () => {
    const bad = firestore.collection(FILMLINKD_COLLECTIONS.deliveries('prod')).doc('bad');
    await stores.deliveries.open(entryOf('good'), new Date(1));
    await bad.set({ entry: { lid: 7 }, since: 0, published: 0, due: 0 });
    const told: string[] = [];
    const due = await stores.deliveries.due(new Date(2), 10, undefined, ({ message }) => void told.push(message));
    await bad.delete();
    expect(due.map(({ entry }) => entry.lid)).toEqual(['good']);
    expect(told).toEqual([expect.stringContaining('bad is broken')]);
  });
});
