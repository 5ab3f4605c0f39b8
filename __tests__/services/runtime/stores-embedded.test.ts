import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';
import { openStores } from '../../../services/runtime/stores/open';
import { record, storesConformance } from '../conformance/stores';

const ownFile = () => join(mkdtempSync(join(tmpdir(), 'stores-')), 'stores.db');

storesConformance('in a file', { settings: { kind: 'embedded', file: ownFile() }, processes: 2, contested: 100, startUp: 400 });

test.each([
  ['not JSON', '{"key"'],
  ['of a field', '{"key":1}'],
])('a stored record that is broken is an error that names it: %s', async (_, text) => {
  const file = ownFile();
  const stores = await openStores({ kind: 'embedded', file }, ['taskLedger']);
  const one = record();
  await stores.taskLedger.claim(one);
  const db = new Libsql(file);
  db.prepare('UPDATE tasks SET record = ?').run(text);
  db.close();
  await expect(stores.taskLedger.get(one.key)).rejects.toThrow(`tasks/${one.key} is broken`);
  await expect(stores.taskLedger.list(5)).rejects.toThrow(`tasks/${one.key} is broken`);
  await stores.close();
});

test('a request is forgotten after its time', async () => {
  const stores = await openStores({ kind: 'embedded', file: ownFile() }, ['seenRequests']);
  expect(await stores.seenRequests.remember('a', new Date(Date.now() - 1))).toBe(true);
  expect(await stores.seenRequests.remember('a', new Date())).toBe(true);
  await stores.close();
});
