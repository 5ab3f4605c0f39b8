import { spawnSync } from 'node:child_process';
import { Firestore } from '@google-cloud/firestore';
import { COLLECTIONS, LEDGER_DATABASE } from '../../services/contracts/firestore';
import { openStores } from '../../services/runtime/stores/open';
import { Emulator } from '../../services/testbench/google/emulators';
import { record } from '../services/conformance/stores';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';

describeReal(['gcloud', 'java'], 'make tasks', () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await Emulator.start('firestore');
  });
  afterAll(() => emulator?.stop());

  function tasks(env: Record<string, string>, ...variables: string[]): { code: number | null; lines: string[] } {
    const { status, stdout, stderr } = spawnSync('make', ['tasks', ...variables], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, ESTATES_CONFIG: '', ...env },
    });
    return { code: status, lines: (stdout + stderr).trim().split('\n') };
  }

  test('without a login is one clear line', () => {
    const nobody = { FIRESTORE_EMULATOR_HOST: '', GOOGLE_APPLICATION_CREDENTIALS: '/nonexistent' };
    expect(tasks(nobody)).toEqual({ code: 2, lines: expect.arrayContaining(['Not logged in: there are no application default credentials. Run make auth']) });
  });

  test('lists the ledger, the newest first', async () => {
    expect(tasks({})).toEqual({ code: 0, lines: expect.arrayContaining(['No task has run in docker-worker yet.']) });
    const { taskLedger, close } = await openStores({ kind: 'firestore', project: 'docker-worker', database: LEDGER_DATABASE }, ['taskLedger']);
    const old = record({ requestedAt: '2026-11-19T02:00:00.000Z' });
    const recent = record({ requestedAt: '2026-11-20T02:00:00.123Z' });
    for (const each of [recent, old]) await taskLedger.claim(each);
    await taskLedger.started(old.key, '2026-11-19T02:01:00.000Z');
    const error = { code: 'timed-out', message: 'longer than 60 minutes' } as const;
    await taskLedger.close(old.key, { state: 'failed', exitCode: 137, error, cost: 0.5471, closedAt: '2026-11-19T02:31:00.000Z' });
    await close();

    const { lines } = tasks({});
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^asked for +task +id +state +exit +minutes +US\$ +machine +what went wrong$/);
    expect(lines[1]).toMatch(new RegExp(`^2026-11-20T02:00:00Z +\\S+ +${recent.key} +claimed \\.\\.\\. `));
    expect(lines[2]).toMatch(new RegExp(`^2026-11-19T02:00:00Z +\\S+ +${old.key} +failed +137 +30\\.0 +0\\.55 +\\S+ +timed-out: longer than 60 minutes$`));
    expect(tasks({}, 'LIMIT=1').lines).toHaveLength(2);
    expect(tasks({}, 'LIMIT=many')).toMatchObject({ code: 2, lines: expect.arrayContaining(['--limit many: must be a whole number, 1 or more']) });
  });

  test('a record that is broken is named, and the others are listed', async () => {
    const { taskLedger, close } = await openStores({ kind: 'firestore', project: 'docker-worker', database: LEDGER_DATABASE }, ['taskLedger']);
    const [good, bad] = [record({ requestedAt: '2026-11-21T02:00:00.000Z' }), record({ requestedAt: '2026-11-22T02:00:00.000Z' })] as const;
    for (const each of [good, bad]) await taskLedger.claim(each);
    await close();
    const firestore = new Firestore({ projectId: 'docker-worker', databaseId: LEDGER_DATABASE });
    await firestore.collection(COLLECTIONS.tasks).doc(bad.key).update({ attempt: 'first' });
    await firestore.terminate();
    const { code, lines } = tasks({}, 'LIMIT=2');
    expect(code).toBe(2); // make's, of any failure
    expect(lines).toEqual(
      expect.arrayContaining([expect.stringContaining(good.key), expect.stringMatching(new RegExp(`^Not readable: tasks/${bad.key} is broken: .*attempt`))]),
    );
    expect(lines.join()).not.toContain('make auth');
  });
});
