import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { openStores } from '../../../services/runtime/stores/open';
import { entryOf } from '../../support/log-entries';
import { eventually } from '../../support/service-process';
import { filmStoresConformance } from '../conformance/film-stores';

const ownFile = () => join(mkdtempSync(join(tmpdir(), 'film-stores-')), 'film.db');
const profile = { lid: 'u1', userName: 'ada', displayName: 'Ada', image: '' };

filmStoresConformance('in a file', { settings: { kind: 'embedded', file: ownFile() }, processes: 2, contested: 100, startUp: 400 });

test('only what is named is made', async () => {
  const file = ownFile();
  const stores = await openStores({ kind: 'embedded', file }, ['leases']);
  expect(Object.keys(stores).sort()).toEqual(['close', 'leases']);
  const db = new Libsql(file);
  expect(db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()).toEqual([{ name: 'leases' }]);
  db.close();
  await stores.close();
});

test('unknown fields of a user stay, whatever is written', async () => {
  const file = ownFile();
  const { users, close } = await openStores({ kind: 'embedded', file }, ['users']);
  await users.follow(profile, 'a');
  const db = new Libsql(file);
  db.prepare("UPDATE users SET document = json_set(document, '$.patron', json('{\"since\": 3}'), '$.previous.note', 'x')").run();
  db.close();
  await users.follow(profile, 'b');
  await users.unfollow('u1', 'a');
  await users.refresh(profile);
  await users.posted('u1', { lid: 'x', published: 1, link: '' });
  expect(await users.byLid('u1')).toMatchObject({ patron: { since: 3 }, previous: { lid: 'x', note: 'x' } });
  await close();
});

test('who listens is told of a broken user, and of all others', async () => {
  const file = ownFile();
  const { users, close } = await openStores({ kind: 'embedded', file }, ['users']);
  for (const lid of ['u1', 'u2']) await users.follow({ ...profile, lid }, 'a');
  const db = new Libsql(file);
  db.prepare("UPDATE users SET document = '{' WHERE lid = 'u1'").run();
  db.close();
  const errors: string[] = [];
  let known: string[] = [];
  const listening = users.listen(
    (now) => {
      known = [...now.keys()];
    },
    ({ message }) => errors.push(message),
  );
  await eventually(() => known.length > 0);
  expect(known).toEqual(['u2']);
  expect(errors).toEqual([expect.stringContaining('users/u1 is broken')]);
  await listening.stop();
  await close();
});

test('a closed entry is forgotten after a month', async () => {
  const file = ownFile();
  const { deliveries, close } = await openStores({ kind: 'embedded', file }, ['deliveries']);
  await deliveries.open(entryOf('a'), new Date());
  await deliveries.close('a');
  jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 30 * 86_400_000 + 1000);
  try {
    expect(await deliveries.open(entryOf('a'), new Date())).toBe(true);
  } finally {
    jest.restoreAllMocks();
  }
  await close();
});

test('an outcome that cannot be read hides no other, and no entry', async () => {
  const file = ownFile();
  const { deliveries, close } = await openStores({ kind: 'embedded', file }, ['deliveries']);
  await deliveries.open(entryOf('one'), new Date(1));
  await deliveries.open(entryOf('two'), new Date(1));
  await deliveries.record('one', 'c1', { state: 'delivered', messageId: 'm1' });
  const db = new Libsql(file);
  db.prepare("INSERT INTO outcomes (lid, channel, outcome, expires) VALUES ('one', 'c2', '{', 9e15), ('one', 'c3', '{\"state\":\"lost\"}', 9e15)").run();
  db.close();
  await expect(deliveries.due(new Date(2), 10)).rejects.toThrow('outcomes/one/c2 is broken');
  const told: string[] = [];
  const due = await deliveries.due(new Date(2), 10, undefined, ({ message }) => void told.push(message));
  expect(due.map(({ entry, outcomes }) => [entry.lid, [...outcomes.keys()]])).toEqual([
    ['one', ['c1']],
    ['two', []],
  ]);
  expect(told).toEqual([expect.stringContaining('outcomes/one/c2 is broken'), expect.stringContaining('outcomes/one/c3 is broken')]);
  await close();
});

test('an entry that cannot be read hides no other', async () => {
  const file = ownFile();
  const { deliveries, close } = await openStores({ kind: 'embedded', file }, ['deliveries']);
  const db = new Libsql(file);
  db.prepare("INSERT INTO entries (lid, entry, since, due) VALUES ('bad', '{\"lid\":7}', 0, 0)").run();
  db.close();
  await deliveries.open(entryOf('good'), new Date(1));
  await expect(deliveries.due(new Date(2), 10)).rejects.toThrow('entries/bad is broken');
  const told: string[] = [];
  const due = await deliveries.due(new Date(2), 10, undefined, ({ message }) => void told.push(message));
  expect(due.map(({ entry }) => entry.lid)).toEqual(['good']);
  expect(told).toEqual([expect.stringContaining('entries/bad is broken')]);
  await close();
});
