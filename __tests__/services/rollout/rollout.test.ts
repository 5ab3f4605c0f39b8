import { digestOf, failureOf, GROUPS, IMAGES, RolloutBench } from '../../support/rollout/bench';
import { UNKNOWN_MS } from '../../support/rollout/fake-group';

const ILL =
  (release: string, where = 'scraper-2') =>
  (digests: readonly string[], group: string) =>
    group === where && digests.some((digest) => digest.endsWith(`-${release}`)) ? ('ill' as const) : ('well' as const);
/** A bench with release 1 delivered over the 0 of the beginning. */
async function delivered(...options: ConstructorParameters<typeof RolloutBench>): Promise<RolloutBench> {
  const bench = new RolloutBench(...options);
  await bench.deliver('1');
  bench.said.length = 0;
  bench.cloud.replaced.length = 0;
  bench.cloud.requests.length = 0;
  return bench;
}

describe('a delivery', () => {
  test('replaces the machines in order, each when all others are well, and remembers what they ran', async () => {
    const bench = new RolloutBench();
    await bench.deliver('1');
    expect(bench.cloud.refused).toEqual([]);
    expect(bench.cloud.replaced.map(({ group, ill }) => [group, ill])).toEqual(GROUPS.map(({ name }) => [name, []]));
    expect([bench.tag('prod'), bench.tag('prod-previous'), bench.runs()]).toEqual(['1', '0', ['1', '1', '1']]);
    expect(bench.said.at(-1)).toBe('All 3 machines are well.');
    expect(bench.cloud.registry.log.slice(-4)).toEqual([
      'scraper:prod-previous sha256:scraper-0',
      'sharded:prod-previous sha256:sharded-0',
      'scraper:prod sha256:scraper-1',
      'sharded:prod sha256:sharded-1',
    ]);
  });

  test('waits for the machine itself, not for what the group says of itself just after the change', async () => {
    const bench = new RolloutBench();
    await bench.deliver('1');
    for (const [index, { name }] of GROUPS.slice(1).entries()) {
      const before = bench.cloud.group(GROUPS[index]?.name as string).machines[1];
      const replaced = bench.cloud.requests.find(({ method, of }) => method === 'instanceGroupManagers.patch' && of === name);
      // healthy, and ten seconds later still, and again
      expect(replaced?.at).toBeGreaterThanOrEqual((before?.runsAt as number) + UNKNOWN_MS + 20_000);
    }
  });

  test('the first ever: there is nothing to remember', async () => {
    const bench = new RolloutBench({}, { isFirst: true });
    await bench.deliver('1');
    expect([bench.tag('prod'), bench.tag('prod-previous'), bench.runs()]).toEqual(['1', 'none', ['1', '1', '1']]);
    expect(await failureOf(bench.rollBack())).toContain('There is no image scraper:prod-previous: no delivery has followed a good one yet');
    expect(bench.tag('prod')).toBe('1');
  });

  test('of one changed image touches only its machines', async () => {
    const bench = await delivered();
    bench.build('scraper', '2', digestOf('scraper', '1'));
    await bench.deliver('2');
    expect(bench.replaced).toEqual(['shard-1']);
    expect([bench.tag('prod'), bench.tag('prod-previous')]).toEqual(['1+2', '1']);
  });

  test('of what is there already changes nothing, and looks whether all are well', async () => {
    const bench = await delivered();
    await bench.deliver('1');
    expect([bench.replaced, bench.tag('prod-previous'), bench.said.at(-1)]).toEqual([[], '0', 'All 3 machines are well.']);
    expect(bench.cloud.requests.filter(({ method }) => /patch|create/.test(method))).toEqual([]);
  });

  test('uses the template of now: Terraform has changed it', async () => {
    const bench = await delivered();
    bench.cloud.group('scraper-1').giveTemplate('scraper-1-new');
    bench.clock.pass(600);
    await bench.deliver('2');
    expect(bench.cloud.group('scraper-1').versions[0]?.instanceTemplate).toMatch(/scraper-1-new$/);
    expect([bench.tag('prod-previous'), bench.runs()]).toEqual(['1', ['2', '2', '2']]);
  });

  test('does not put back the template that Terraform changes between our look and our change', async () => {
    let changes = 0;
    const bench = new RolloutBench({
      fault: ({ method, of }) => {
        if (method === 'instanceGroupManagers.patch' && of === 'scraper-1' && changes++ === 0) bench.cloud.group('scraper-1').giveTemplate('scraper-1-new');
        return undefined;
      },
    });
    await bench.deliver('1');
    expect(bench.cloud.group('scraper-1').versions[0]?.instanceTemplate).toMatch(/scraper-1-new$/);
    expect(bench.runs()).toEqual(['1', '1', '1']);
  });
});

describe('a machine that is not well', () => {
  test('stops it: the next is untouched, and the message says where, what is done, what is not, and how to go on or back', async () => {
    const bench = new RolloutBench({ behaves: ILL('1') });
    const message = await failureOf(bench.deliver('1'));
    expect(bench.replaced).toEqual(['scraper-1', 'scraper-2']);
    expect(bench.runs()).toEqual(['1', '1', '0']);
    expect(message).toBe(
      [
        'Stopped at scraper-2: scraper-2 is not well after 600 seconds: scraper-2-0001, verifying, unhealthy.',
        'Replaced and well before: scraper-1. Not touched: shard-1.',
        'To go back: make filmlinkd-rollback ENV=prod. To go on when it is mended: make filmlinkd-deliver ENV=prod RELEASE=1, which leaves alone what has it.',
      ].join('\n'),
    );
  });

  test('once it is mended, the same delivery does only the rest', async () => {
    let isMended = false;
    const bench = new RolloutBench({ behaves: (digests, group) => (isMended ? 'well' : ILL('1')(digests, group)) });
    await failureOf(bench.deliver('1'));
    isMended = true;
    await bench.deliver('1');
    expect(bench.replaced).toEqual(['scraper-1', 'scraper-2', 'shard-1']);
    expect([bench.tag('prod-previous'), bench.runs()]).toEqual(['0', ['1', '1', '1']]);
  });

  test.each([15, 45])('that was well for %d seconds does not count as well', async (diesAfterSeconds) => {
    const bench = new RolloutBench({
      behaves: ([digest], group) => (group === 'scraper-1' && digest === digestOf('scraper', '1') ? { diesAfterSeconds } : 'well'),
    });
    const message = await failureOf(bench.deliver('1'));
    expect(message).toMatch(/scraper-1 is not well after 600 seconds: .*unhealthy/);
    expect(bench.replaced).not.toContain('shard-1');
  });

  test('delivering over it keeps what was good', async () => {
    const bench = await delivered({ behaves: ILL('2') });
    await failureOf(bench.deliver('2'));
    await bench.deliver('3');
    expect([bench.tag('prod'), bench.tag('prod-previous'), bench.runs()]).toEqual(['3', '1', ['3', '3', '3']]);
    expect(bench.said).toContain('prod-previous stays where it is: not every machine is well with what prod is on');
  });

  test('at the next delivery, weeks later: what it was given is not remembered as good', async () => {
    let isIll = false;
    const bench = await delivered({
      behaves: (digests, group) => (isIll && group === 'shard-1' && digests.includes(digestOf('sharded', '1')) ? 'ill' : 'well'),
    });
    isIll = true;
    await bench.deliver('2');
    expect([bench.tag('prod'), bench.tag('prod-previous'), bench.runs()]).toEqual(['2', '0', ['2', '2', '2']]);
  });
});

describe('a machine without a stamp of ours', () => {
  /** @param changes how somebody came to have it */
  async function next(changes: (bench: RolloutBench) => void, options = {}): Promise<RolloutBench> {
    const bench = await delivered(options);
    changes(bench);
    bench.clock.pass(600);
    await bench.deliver('2');
    return bench;
  }
  const stamp = (bench: RolloutBench, name: string, release: string | undefined) => {
    const group = bench.cloud.group(name);
    group.change([{ instanceTemplate: group.versions[0]?.instanceTemplate as string, ...(release && { name: release }) }]);
  };

  test.each([
    ['was replaced by hand', '0/2026-11-21 12:00:00.000000'],
    ['was added', undefined],
  ])('that %s is good when it is well, and all others have what was delivered', async (_, release) => {
    const bench = await next((its) => stamp(its, 'scraper-2', release));
    expect([bench.tag('prod'), bench.tag('prod-previous'), bench.runs()]).toEqual(['2', '1', ['2', '2', '2']]);
  });

  test.each([
    ['is not well', (bench: RolloutBench) => stamp(bench, 'scraper-2', '0/2026')],
    ['has images that no other has, and none of any stamp', (bench: RolloutBench) => stamp(bench, 'shard-1', undefined)],
    ['has another release', (bench: RolloutBench) => stamp(bench, 'scraper-2', 'release-0123456789abcdef')],
    [
      'is not the only one',
      (bench: RolloutBench) => {
        stamp(bench, 'scraper-2', '0/2026');
        stamp(bench, 'shard-1', '0/2026');
      },
    ],
  ])('is not when it %s', async (what, changes) => {
    let isIll = false;
    const bench = await next(
      (its) => {
        changes(its);
        isIll = what === 'is not well';
      },
      { behaves: (digests: readonly string[], name: string) => (isIll && name === 'scraper-2' && digests.includes(digestOf('scraper', '1')) ? 'ill' : 'well') },
    );
    expect([bench.tag('prod'), bench.tag('prod-previous')]).toEqual(['2', '0']);
  });
});

describe('rolling back', () => {
  test('after a delivery that failed: only what it had touched', async () => {
    const bench = await delivered({ behaves: ILL('2') });
    await failureOf(bench.deliver('2'));
    bench.cloud.replaced.length = 0;
    await bench.rollBack();
    expect([bench.replaced, bench.tag('prod'), bench.tag('prod-previous'), bench.runs()]).toEqual([['scraper-1', 'scraper-2'], '1', '1', ['1', '1', '1']]);
  });

  test('after the first delivery, which failed: to what was there before, though it is not stamped', async () => {
    const bench = new RolloutBench({ behaves: ILL('1') });
    await failureOf(bench.deliver('1'));
    await bench.rollBack();
    expect([bench.tag('prod'), bench.runs()]).toEqual(['0', ['0', '0', '0']]);
  });

  test('after a good delivery, and forth again', async () => {
    const bench = await delivered();
    await bench.deliver('2');
    await bench.rollBack();
    expect([bench.tag('prod'), bench.tag('prod-previous'), bench.runs()]).toEqual(['1', '1', ['1', '1', '1']]);
    await bench.deliver('2');
    expect([bench.tag('prod'), bench.tag('prod-previous'), bench.runs()]).toEqual(['2', '1', ['2', '2', '2']]);
  });

  test('twice changes nothing the second time', async () => {
    const bench = await delivered();
    await bench.rollBack();
    bench.cloud.replaced.length = 0;
    await bench.rollBack();
    expect([bench.replaced, bench.runs()]).toEqual([[], ['0', '0', '0']]);
  });
});

describe('what is known before is said before, all at once, and nothing is changed', () => {
  test('an image that was not built, a group that is not there, one of two machines, one changed by hand', async () => {
    const bench = new RolloutBench();
    for (const image of IMAGES) bench.build(image, 'x');
    const other = bench.rollout({ GROUPS: [...GROUPS, { name: 'shard-2', images: ['sharded', 'other'] }] });
    bench.cloud.group('scraper-1').targetSize = 2;
    bench.cloud.group('scraper-2').targetSize = 0;
    const shard = bench.cloud.group('shard-1');
    shard.versions = [...shard.versions, { instanceTemplate: 'canary', name: 'canary' }];
    expect(await failureOf(other.deliver('x'))).toBe(
      [
        'There is no image other:x: did the build push it?',
        'scraper-1 has 2 machines, not one: somebody has resized it. Resize it to 1.',
        'scraper-2 has 0 machines, not one: somebody has resized it. Resize it to 1.',
        'shard-1 has 2 versions, not one with a template: was it made or changed by hand?',
        'There is no group shard-2: deploy the stack of the machines first.',
        'Nothing was changed.',
      ].join('\n'),
    );
    expect(bench.cloud.requests.filter(({ method }) => /patch|create/.test(method))).toEqual([]);
  });
});
