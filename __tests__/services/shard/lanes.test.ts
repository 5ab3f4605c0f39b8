import { Lanes } from '../../../services/shard/posting/lanes';

test('lanes run their own jobs one after another, and others beside them', async () => {
  const lanes = new Lanes(2);
  const log: string[] = [];
  const job = (name: string) => async () => {
    log.push(`${name} begins`);
    await new Promise(setImmediate);
    log.push(`${name} ends`);
  };
  lanes.add('a', job('a1'));
  lanes.add('a', job('a2'));
  lanes.add('b', job('b1'));
  await lanes.below(1);
  expect(log).toEqual(['a1 begins', 'b1 begins', 'a1 ends', 'a2 begins', 'b1 ends', 'a2 ends']);
});

test('a long lane lets the others pass', async () => {
  const lanes = new Lanes(1);
  const log: string[] = [];
  for (const [lane, name] of [
    ['a', 'a1'],
    ['a', 'a2'],
    ['a', 'a3'],
    ['b', 'b1'],
  ] as const) {
    lanes.add(lane, async () => {
      log.push(name);
    });
  }
  await lanes.below(1);
  expect(log).toEqual(['a1', 'b1', 'a2', 'a3']);
});
