import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Firestore, Timestamp } from '@google-cloud/firestore';
import { COLLECTIONS, TTL_FIELD } from '../../services/contracts/firestore';
import { openStores } from '../../services/runtime/stores/open';
import { Emulator } from '../../services/testbench/google/emulators';
import { damageIn, record, storesConformance } from '../services/conformance/stores';
import { describeReal } from '../support/real';

const FIRESTORE = { kind: 'firestore', project: 'test-project' } as const;
const file = join(mkdtempSync(join(tmpdir(), 'stores-')), 'stores.db');

storesConformance('in a file', { settings: { kind: 'embedded', file }, processes: 6, contested: 100, startUp: 2000, damage: damageIn(file) });

describeReal(['gcloud', 'java'], 'the stores on Firestore', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await Emulator.start('firestore');
  });
  afterAll(() => emulator?.stop());

  /** Of a document. */
  const damage = (databaseId?: string) => async (key: string, change: Record<string, unknown>) => {
    const firestore = new Firestore({ projectId: FIRESTORE.project, ...(databaseId && { databaseId }) });
    await firestore.collection(COLLECTIONS.tasks).doc(key).update(change);
    await firestore.terminate();
  };
  storesConformance("on Firestore's emulator", { settings: FIRESTORE, processes: 3, contested: 5, startUp: 6000, damage: damage() });
  storesConformance('in a database with a name', {
    settings: { ...FIRESTORE, database: 'ledger' },
    processes: 2,
    contested: 3,
    startUp: 6000,
    damage: damage('ledger'),
  });

  test('a document that is broken is an error that names it', async () => {
    const stores = await openStores(FIRESTORE, ['taskLedger', 'seenRequests']);
    const firestore = new Firestore({ projectId: FIRESTORE.project });
    const one = record();
    await stores.taskLedger.claim(one);
    const document = firestore.collection(COLLECTIONS.tasks).doc(one.key);
    await document.update({ state: 'sleeping' });
    await expect(stores.taskLedger.get(one.key)).rejects.toThrow(new RegExp(`tasks/${one.key} is broken: .*state`));
    await document.delete();
    await firestore.terminate();
    await stores.close();
  });

  test('a remembered request carries the time that the TTL policy looks at', async () => {
    const stores = await openStores(FIRESTORE, ['taskLedger', 'seenRequests']);
    const firestore = new Firestore({ projectId: FIRESTORE.project });
    const until = new Date(Date.now() + 12_345);
    await stores.seenRequests.remember('with-a-time', until);
    const { docs } = await firestore.collection(COLLECTIONS.seenRequests).where(TTL_FIELD, '==', Timestamp.fromDate(until)).get();
    expect(docs).toHaveLength(1);
    await firestore.terminate();
    await stores.close();
  });
});
