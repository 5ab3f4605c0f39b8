import { randomUUID } from 'node:crypto';
import type { TaskRecord } from '../../../services/contracts/task-record';
import { resultIdOf } from '../../../services/contracts/task-result';
import { openStores, type StoresSettings } from '../../../services/runtime/stores/open';
import type { OpenStores } from '../../../services/runtime/stores/stores';
import type { Closing } from '../../../services/runtime/stores/task-ledger';
import type { StoresLine, StoresTask } from '../../support/programs/stores';
import { endProcesses, ServiceProcess } from '../../support/service-process';

export interface StoresUnderTest {
  readonly settings: StoresSettings;
  /** Of processes that want the same at once. */
  readonly processes: number;
  /** Of each thing that they want. Enough that they meet. */
  readonly contested: number;
  /** Milliseconds that they need to be ready. */
  readonly startUp: number;
}

/** An attempt that was just asked for. */
export function record(more: Partial<TaskRecord> = {}): TaskRecord {
  const taskId = `task-${randomUUID()}`;
  return {
    key: resultIdOf({ taskId, attempt: 1 }),
    taskId,
    task: 'import',
    attempt: 1,
    state: 'claimed',
    run: {
      image: 'docker.io/library/busybox:1',
      args: ['--all', ''],
      env: { __RESERVED__: 'by Firestore', TEXT: '"a\\ \n 😀' },
      machineType: 'n2-highmem-16',
      zone: 'us-west1-a',
      diskGb: 200,
      provisioning: 'spot',
      maxMinutes: 60,
      retries: { attempts: 1, on: { exitCodes: [75] } },
    } as TaskRecord['run'],
    instance: 'docker-worker-20260101-1767225600',
    requestedAt: '2026-01-01T00:00:00Z',
    deadline: '2026-01-01T01:05:00Z',
    startedAt: null,
    closedAt: null,
    exitCode: null,
    error: null,
    cost: null,
    ...more,
  };
}

export const finished: Closing = { state: 'finished', closedAt: '2026-01-01T00:30:00Z', exitCode: 0, error: null, cost: 0.53 };

/** What every database keeps. Processes are real. */
export function storesConformance(title: string, { settings, processes, contested, startUp }: StoresUnderTest): void {
  /** What each of several processes won, all of them trying at one moment. */
  const race = async (task: Omit<StoresTask, 'stores' | 'at'>) => {
    const at = Date.now() + startUp;
    const racers = Array.from({ length: processes }, () => new ServiceProcess<StoresLine>('stores.ts', { stores: settings, at, ...task } satisfies StoresTask));
    const won = await Promise.all(racers.map(async (racer) => ((await racer.until(1, 60))[0] as StoresLine).won));
    await Promise.all(racers.map(({ ended }) => ended));
    return won.flat().sort();
  };

  describe(`stores, ${title}`, () => {
    let stores: OpenStores<'taskLedger' | 'seenRequests'>;
    beforeAll(async () => {
      stores = await openStores(settings, ['taskLedger', 'seenRequests']);
    });
    afterAll(async () => {
      await endProcesses();
      await stores.close();
    });

    test('an attempt is claimed once, and what is in the ledger is what was claimed', async () => {
      const { taskLedger } = stores;
      const first = record();
      expect(await taskLedger.get(first.key)).toBeUndefined();
      expect(await taskLedger.claim(first)).toEqual({ claimed: true, record: first });
      expect(await taskLedger.claim({ ...first, instance: 'another' })).toEqual({ claimed: false, record: first });
      expect(await taskLedger.get(first.key)).toEqual(first);
    });

    test('a record that could not be read again is not claimed', async () => {
      const broken = record({ requestedAt: 'yesterday' });
      await expect(stores.taskLedger.claim(broken)).rejects.toThrow(new RegExp(`the record ${broken.key} is broken: .*requestedAt`));
      expect(await stores.taskLedger.get(broken.key)).toBeUndefined();
    });

    test('of several processes that claim, close and remember the same, one wins', async () => {
      const several = () => Array.from({ length: contested }, () => record());
      const known = several();
      for (const one of known) await stores.taskLedger.claim(one);
      const claim = several();
      const remember = several().map(({ key }) => `/${key}`);
      const won = await race({ claim, remember, close: known.map(({ key }) => ({ key, closing: finished })) });
      expect(won).toEqual([...[...claim, ...known].map(({ key }) => key), ...remember].sort());
    });

    test('an attempt starts once, and closes once, for good', async () => {
      const { taskLedger } = stores;
      const one = record();
      await taskLedger.claim(one);
      await taskLedger.started(one.key, '2026-01-01T00:01:00Z');
      await taskLedger.started(one.key, '2026-01-01T00:02:00Z');
      expect(await taskLedger.get(one.key)).toEqual({ ...one, state: 'started', startedAt: '2026-01-01T00:01:00Z' });
      expect(await taskLedger.close(one.key, finished)).toBe(true);
      const lost = { ...finished, state: 'lost', exitCode: null, error: { code: 'preempted', message: 'gone' } } as const;
      expect(await taskLedger.close(one.key, lost)).toBe(false);
      await taskLedger.started(one.key, '2026-01-01T00:03:00Z');
      expect(await taskLedger.get(one.key)).toEqual({ ...one, ...finished, startedAt: '2026-01-01T00:01:00Z' });
    });

    test('the agent knows better when it started; what is not in the ledger is not closed', async () => {
      const { taskLedger } = stores;
      const one = record();
      await taskLedger.claim(one);
      expect(await taskLedger.close(one.key, { ...finished, startedAt: '2026-01-01T00:04:00Z' })).toBe(true);
      expect((await taskLedger.get(one.key))?.startedAt).toBe('2026-01-01T00:04:00Z');
      await taskLedger.started('nobody.1', '2026-01-01T00:01:00Z');
      expect(await taskLedger.close('nobody.1', finished)).toBe(false);
      expect(await taskLedger.get('nobody.1')).toBeUndefined();
    });

    test('open ones are those that are claimed or started', async () => {
      const { taskLedger } = stores;
      const [claimed, started, closed] = [record(), record(), record()] as const;
      for (const one of [claimed, started, closed]) await taskLedger.claim(one);
      await taskLedger.started(started.key, '2026-01-01T00:01:00Z');
      await taskLedger.close(closed.key, finished);
      const open = (await taskLedger.open()).map(({ key }) => key);
      expect(open).toEqual(expect.arrayContaining([claimed.key, started.key]));
      expect(open).not.toContain(closed.key);
    });

    test('the list has the newest first, however finely their times are written', async () => {
      const { taskLedger } = stores;
      const times = ['2030-01-01T00:00:00Z', '2030-01-01T00:00:00.500Z', '2029-12-31T23:59:59.999Z', '2030-01-01T00:00:01Z'];
      const made = times.map((requestedAt) => record({ requestedAt }));
      for (const one of made) await taskLedger.claim(one);
      const newest = (await taskLedger.list(3)).map(({ requestedAt }) => requestedAt);
      expect(newest).toEqual(['2030-01-01T00:00:01Z', '2030-01-01T00:00:00.500Z', '2030-01-01T00:00:00Z']);
    });

    test('a request is let in once', async () => {
      const until = new Date(Date.now() + 60_000);
      const signature = `sha256=${randomUUID()}/..`;
      expect(await stores.seenRequests.remember(signature, until)).toBe(true);
      expect(await stores.seenRequests.remember(signature, until)).toBe(false);
      expect(await stores.seenRequests.remember(`${signature}.`, until)).toBe(true);
    });
  });
}
