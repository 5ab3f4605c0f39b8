import { inOrder, reversed } from '../../../rehearsal/runner/order';

const diamond = new Map([
  ['roof', ['left', 'right']],
  ['left', ['ground']],
  ['right', ['ground']],
  ['ground', []],
]);

const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

test('a node starts after all it needs', async () => {
  const finished: string[] = [];
  await inOrder(diamond, 4, async (node) => {
    for (const need of diamond.get(node) ?? []) expect(finished).toContain(need);
    await tick();
    finished.push(node);
    return true;
  });
  expect(finished).toHaveLength(4);
});

test.each([1, 2])('at most %d run at a time, and that many do', async (limit) => {
  let running = 0;
  let most = 0;
  await inOrder(diamond, limit, async () => {
    most = Math.max(most, ++running);
    await tick();
    running--;
    return true;
  });
  expect(most).toBe(limit);
});

test('what needs a failed node is skipped, with the reason; the rest is done', async () => {
  const done: string[] = [];
  const skipped = await inOrder(diamond, 2, async (node) => {
    done.push(node);
    return node !== 'left';
  });
  expect(done.sort()).toEqual(['ground', 'left', 'right']);
  expect([...skipped]).toEqual([['roof', 'left']]);
});

test('an error is passed on after everything has ended', async () => {
  let ended = false;
  const work = inOrder(
    new Map([
      ['quick', []],
      ['slow', []],
    ]),
    2,
    async (node) => {
      if (node === 'quick') throw new Error('defect');
      await tick();
      ended = true;
      return true;
    },
  );
  await expect(work).rejects.toThrow('defect');
  expect(ended).toBe(true);
});

test('reversed, the roof comes first', () => {
  expect(Object.fromEntries([...reversed(diamond)].map(([node, needs]) => [node, [...needs]]))).toEqual({
    roof: [],
    left: ['roof'],
    right: ['roof'],
    ground: ['left', 'right'],
  });
});
