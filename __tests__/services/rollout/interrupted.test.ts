import type { Transport } from '../../../services/runtime/google/rest';
import { GoogleError } from '../../../services/runtime/google/rest';
import { failureOf, RolloutBench } from '../../support/rollout/bench';

const ILL = (digests: readonly string[], group: string) =>
  (group === 'scraper-2' && digests.some((digest) => digest.endsWith('-2')) ? 'ill' : 'well') as 'ill' | 'well';

/** As SIGKILL after its n-th call, which is before the next: nothing of the run happens any more. False: it has fewer. */
function killed(bench: RolloutBench, call: number, run: (rollout: ReturnType<RolloutBench['rollout']>) => Promise<void>): Promise<boolean> {
  let calls = 0;
  return new Promise((resolve, reject) => {
    const transport: Transport = async (...request) => {
      const index = calls++;
      if (index > call) return new Promise(() => {});
      const answer = await bench.transport(...request);
      if (index < call) return answer;
      resolve(true);
      return new Promise(() => {});
    };
    run(bench.rollout({}, transport)).then(() => resolve(false), reject);
  });
}

describe('killed after any of its calls, and started again', () => {
  /** @param prepare what there is before the run that is killed */
  async function everyCall(
    prepare: () => Promise<RolloutBench>,
    run: (rollout: ReturnType<RolloutBench['rollout']>) => Promise<void>,
    check: (bench: RolloutBench) => void,
  ) {
    let call = 0;
    for (; ; call += 1) {
      const bench = await prepare();
      if (!(await killed(bench, call, run))) break;
      bench.clock.pass(call % 3 === 0 ? 0 : 15); // who starts it again needs a moment
      await run(bench.rollout());
      check(bench);
    }
    return call;
  }
  const state = (bench: RolloutBench) => [bench.tag('prod'), bench.tag('prod-previous'), ...bench.runs()];

  test('a first delivery ends in the same state', async () => {
    const calls = await everyCall(
      async () => new RolloutBench(),
      (rollout) => rollout.deliver('1'),
      (bench) => {
        expect(state(bench)).toEqual(['1', '0', '1', '1', '1']);
        expect([...bench.cloud.groups.values()].map(({ machines }) => machines.length)).toEqual([2, 2, 2]); // none was replaced twice
      },
    );
    expect(calls).toBeGreaterThan(80);
  });

  test('a delivery over one that failed ends in the same state', async () => {
    await everyCall(
      async () => {
        const bench = new RolloutBench({ behaves: ILL });
        await bench.deliver('1');
        await failureOf(bench.rollout({ PATIENCE_SECONDS: 100 }).deliver('2'));
        return bench;
      },
      (rollout) => rollout.deliver('3'),
      (bench) => expect(state(bench)).toEqual(['3', '1', '3', '3', '3']),
    );
  });

  test('a roll back ends in the same state', async () => {
    await everyCall(
      async () => {
        const bench = new RolloutBench();
        await bench.deliver('1');
        await bench.deliver('2');
        return bench;
      },
      (rollout) => rollout.rollBack(),
      (bench) => expect(state(bench)).toEqual(['1', '1', '1', '1', '1']),
    );
  });
});

describe('killed, and then another delivery', () => {
  test('at any call: what is remembered is whole, and was good', async () => {
    for (let call = 0; ; call += 1) {
      const bench = new RolloutBench();
      if (!(await killed(bench, call, (rollout) => rollout.deliver('1')))) break;
      bench.clock.pass(15);
      const isProven = bench.runs().every((runs) => runs === '1');
      await bench.deliver('2');
      expect([isProven ? ['0', '1'] : ['0'], call]).toEqual([expect.arrayContaining([bench.tag('prod-previous')]), call]);
      expect([bench.tag('prod'), bench.runs()]).toEqual(['2', ['2', '2', '2']]);
    }
  });

  test('between the two tags of a first delivery over machines that were ill: half of each is nothing to remember', async () => {
    let isIll = true;
    const bench = new RolloutBench({ behaves: () => (isIll ? 'ill' : 'well') });
    const probe = new RolloutBench({ behaves: () => 'ill' });
    await failureOf(probe.rollout({ PATIENCE_SECONDS: 30 }).deliver('1'));
    const call = probe.cloud.requests.findIndex(({ method }) => method === 'tags.patch');
    await killed(bench, call, (rollout) => rollout.deliver('1'));
    expect([bench.tag('prod'), bench.tag('prod-previous')]).toEqual(['1+0', 'none']);
    isIll = false;
    await bench.deliver('1');
    expect([bench.tag('prod'), bench.tag('prod-previous')]).toEqual(['1', 'none']);
  });
});

describe('Google', () => {
  test.each(['drop', 'lose-answer', { status: 503 }, { status: 429, reason: 'rateLimitExceeded' }] as const)(
    'that answers every other call with %j is asked again',
    async (fault) => {
      const bench = new RolloutBench({ fault: (_, index) => (index % 2 === 0 ? fault : undefined) });
      await bench.deliver('1');
      expect([bench.tag('prod'), bench.tag('prod-previous'), bench.runs()]).toEqual(['1', '0', ['1', '1', '1']]);
      expect([bench.replaced, bench.cloud.refused].map((list) => new Set(list).size)).toEqual([3, 0]);
    },
  );

  test('that is away for ten minutes while a machine is awaited stops nothing', async () => {
    const bench = new RolloutBench({
      fault: ({ method, at }) => {
        const begun = bench.cloud.requests.find((request) => request.method === 'instanceGroupManagers.patch')?.at ?? Number.POSITIVE_INFINITY;
        return method.startsWith('instanceGroupManagers') && at > begun + 10_000 && at < begun + 500_000 ? { status: 503 } : undefined;
      },
    });
    await bench.deliver('1');
    expect(bench.runs()).toEqual(['1', '1', '1']);
  });

  test('that refuses is not asked again: the call and its reason are said, with what is done', async () => {
    const bench = new RolloutBench({
      fault: ({ method, of }) => (method === 'instanceGroupManagers.patch' && of === 'scraper-2' ? { status: 403, reason: 'forbidden' } : undefined),
    });
    const error = (await bench.deliver('1').catch((reason) => reason)) as Error;
    expect(error.message).toMatch(
      /^Stopped at scraper-2: PATCH \/projects\/p\/zones\/us-central1-a\/instanceGroupManagers\/scraper-2: forbidden: as injected\.\nReplaced and well before: scraper-1\. Not touched: shard-1\.\nTo go back/,
    );
    expect(error.cause).toBeInstanceOf(GoogleError);
    expect(bench.cloud.requests.filter(({ method, of }) => method === 'instanceGroupManagers.patch' && of === 'scraper-2')).toHaveLength(1);
  });

  test('that refuses at once is quoted', async () => {
    const bench = new RolloutBench({ fault: ({ method }) => (method === 'tags.get' ? { status: 403, reason: 'PERMISSION_DENIED' } : undefined) });
    const error = (await bench.deliver('1').catch((reason) => reason)) as GoogleError;
    expect([error.call, error.status]).toEqual(['GET /projects/p/locations/us-central1/repositories/filmlinkd/packages/scraper/tags/1', 403]);
  });
});
