import { failureOf, RolloutBench } from '../../support/rollout/bench';

describe('two at once', () => {
  test.each(Array.from({ length: 12 }, (_, index) => index * 7))(
    'the other delivery begins at call %d of this: one stops and says so, and what is left is whole',
    async (call) => {
      let other: Promise<string | undefined> | undefined;
      const bench = new RolloutBench({
        fault: (_, index) => {
          if (index === call)
            other = bench.deliver('2').then(
              () => undefined,
              (error: Error) => error.message,
            );
          return undefined;
        },
      });
      const mine = await bench.deliver('1').then(
        () => undefined,
        (error: Error) => error.message,
      );
      const both = [mine, await other];
      for (const message of both.filter((each) => each !== undefined)) expect(message).toMatch(/another delivery is under way, and this one stops/);
      expect(both.filter((each) => each === undefined).length).toBeLessThan(2);
      // whoever is left, or who delivers once more, ends it
      await bench.deliver('2');
      expect([bench.tag('prod'), bench.runs()]).toEqual(['2', ['2', '2', '2']]);
    },
  );

  test.each([
    ['first', 'scraper-1', ['scraper-1']],
    ['last', 'shard-1', ['scraper-1', 'scraper-2', 'shard-1']],
  ])('the tag is moved while the %s machine is awaited: nothing more is replaced, and nothing is called done', async (_, awaited, replaced) => {
    const bench = new RolloutBench({
      fault: ({ method, of }) => {
        if (method === 'instanceGroupManagers.patch' && of === awaited) bench.cloud.registry.set('sharded', 'prod', 'sha256:sharded-9');
        return undefined;
      },
    });
    expect(await failureOf(bench.deliver('1'))).toContain('the tag prod was moved meanwhile: another delivery is under way, and this one stops');
    expect(bench.replaced).toEqual(replaced);
  });

  test('a machine is given something else while it is awaited', async () => {
    const bench = new RolloutBench({
      fault: ({ method, of }) => {
        const group = bench.cloud.group('scraper-1');
        if (method === 'zoneOperations.get' && bench.replaced.length === 1 && of === 'operation-1' && group.versions[0]?.name !== undefined)
          group.change([{ ...(group.versions[0] as { instanceTemplate: string }), name: 'release-of-somebody' }]);
        return undefined;
      },
    });
    const message = await failureOf(bench.deliver('1'));
    expect(message).toBe(
      'Stopped at scraper-1: scraper-1 was given release-of-somebody meanwhile: another delivery is under way, and this one stops; if none is under way, deliver again.\nReplaced and well before: none. Not touched: scraper-2, shard-1.',
    );
  });
});
