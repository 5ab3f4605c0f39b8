import { differences } from '../support/plan-differences';

const change = (actions: string[], before: unknown, after: unknown, after_unknown: unknown = {}) => ({
  resource_changes: [{ address: 'aws_thing.it', type: 'aws_thing', change: { actions, before, after, after_unknown } }],
});
const found = (plan: ReturnType<typeof change>) => differences(plan).map(({ action, attribute, before, after }) => [action, attribute, before, after]);

test('a plan is told attribute by attribute, in blocks too', () => {
  expect(found(change(['update'], { size: 1, name: 'a' }, { size: 2, name: 'a' }))).toEqual([['update', 'size', 1, 2]]);
  expect(found(change(['update'], { block: [{ size: 1, name: 'a' }] }, { block: [{ size: 1, name: 'b' }] }))).toEqual([['update', 'block.name', 'a', 'b']]);
  expect(found(change(['update'], { block: [{ size: 1 }] }, { block: [] }))).toEqual([['update', 'block', [{ size: 1 }], []]]);
  expect(found(change(['update'], { a: null }, { a: '' }))).toEqual([['update', 'a', null, '']]);
});

test('what only the apply tells is a difference', () => {
  expect(found(change(['update'], { version: 1 }, {}, { version: true }))).toEqual([['update', 'version', 1, 'unknown']]);
  expect(found(change(['update'], { block: [{ version: 1 }] }, { block: [{}] }, { block: [{ version: true }] }))).toEqual([
    ['update', 'block.version', 1, 'unknown'],
  ]);
});

test('whatever else is done to a resource is a difference of all of it', () => {
  for (const actions of [['create'], ['delete'], ['delete', 'create'], ['create', 'delete']]) {
    expect(found(change(actions, null, { size: 1 }))).toEqual([[actions.join(), '*', '', '']]);
  }
  expect(found(change(['no-op'], { size: 1 }, { size: 1 }))).toEqual([]);
  expect(found(change(['read'], null, { size: 1 }))).toEqual([]);
  expect(differences({})).toEqual([]);
});
