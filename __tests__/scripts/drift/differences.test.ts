import { differencesOf } from '../../../scripts/support/drift/differences';
import { driftReport } from '../../../scripts/support/drift/report';

type Change = Record<string, unknown> & { actions: string[] };
const resource = (address: string, change: Change, more: object = {}) => ({ address, mode: 'managed', change, ...more });
const update = (before: object, after: object, more: object = {}): Change => ({ actions: ['update'], before, after, ...more });
const plain = (_: unknown, text: string) => text;

test('an empty plan has none', () => {
  expect(differencesOf({})).toEqual([]);
  expect(
    differencesOf({ resource_changes: [resource('a.b', { actions: ['no-op'] }), { ...resource('data.a.b', { actions: ['read'] }), mode: 'data' }] }),
  ).toEqual([]);
});

test.each<[string, object, object, object[]]>([
  [
    'changed behind, and changed back',
    resource('a.b', update({ size: 1, name: 'n' }, { size: 2, name: 'n' })),
    resource('a.b', update({ size: 2, name: 'n' }, { size: 1, name: 'n' })),
    [{ address: 'a.b', how: 'changed', what: ['size: 1 -> 2'] }],
  ],
  [
    'changed behind in something else than what the stack changes',
    resource('a.b', update({ seen: 1, size: 1 }, { seen: 2, size: 1 })),
    resource('a.b', update({ seen: 2, size: 1 }, { seen: 2, size: 3 })),
    [{ address: 'a.b', how: 'not deployed', what: ['change', 'size: 1 -> 3'] }],
  ],
  [
    'deleted behind, and made again',
    resource('a.b', { actions: ['delete'], before: {}, after: null }),
    resource('a.b', { actions: ['create'], before: null, after: {} }),
    [{ address: 'a.b', how: 'deleted', what: [] }],
  ],
  [
    'deleted behind, and not in the stack any more',
    resource('a.b', { actions: ['delete'], before: {}, after: null }),
    resource('a.b', { actions: ['no-op'] }),
    [{ address: 'a.b', how: 'unminded', what: [] }],
  ],
])('%s', (_, drift, change, expected) => {
  expect(differencesOf({ resource_drift: [drift], resource_changes: [change] })).toEqual(expected);
});

test.each<[string, Change, string[]]>([
  ['created', { actions: ['create'], after: { name: 'n' } }, ['create']],
  ['destroyed', { actions: ['delete'], before: { name: 'n' }, after: null }, ['destroy']],
  ['forgotten', { actions: ['forget'], before: { name: 'n' }, after: null }, ['forget']],
  ['replaced', { actions: ['delete', 'create'], before: { zone: 'a' }, after: { zone: 'b' } }, ['replace', 'zone: "a" -> "b"']],
  ['imported', { actions: ['no-op'], importing: { id: 'i' } }, ['import']],
  ['imported and brought in line', { ...update({ size: 1 }, { size: 2 }), importing: { id: 'i' } }, ['import', 'change', 'size: 1 -> 2']],
  ['changed to what is not known yet', update({ ip: '1' }, {}, { after_unknown: { ip: true } }), ['change', 'ip']],
  ['changed in much', update({ text: 'a'.repeat(50), list: [1] }, { text: 'b', list: [2] }), ['change', 'list', 'text']],
])('to be %s', (_, change, what) => {
  expect(differencesOf({ resource_changes: [resource('a.b', change)] })).toEqual([{ address: 'a.b', how: 'not deployed', what }]);
});

test.each<[string, Change]>([
  ['before', update({ key: 'hunter2' }, { key: 'x' }, { before_sensitive: { key: true } })],
  ['after', update({ key: 'x' }, { key: 'hunter2' }, { after_sensitive: { key: true } })],
  ['deeper', update({ key: 'hunter2' }, { key: 'x' }, { before_sensitive: { key: [{ deep: true }] } })],
  ['all of it', update({ key: 'hunter2' }, { key: 'x' }, { after_sensitive: true })],
])('what is secret %s is not shown', (_, change) => {
  const found = differencesOf({ resource_drift: [resource('a.b', change)], resource_changes: [resource('a.b', change)] });
  expect(found).toEqual([{ address: 'a.b', how: 'changed', what: ['key: (sensitive)'] }]);
});

test('an output counts where nothing else says so', () => {
  const output_changes = { URL: { actions: ['update'], before: 'a', after: 'b' }, SAME: { actions: ['no-op'] } };
  expect(differencesOf({ output_changes })).toEqual([{ address: 'output.URL', how: 'not deployed', what: ['update'] }]);
  expect(differencesOf({ output_changes, resource_changes: [resource('a.b', { actions: ['create'] })] })).toHaveLength(1);
});

test('a move is said', () => {
  const moved = resource('a.new', update({ size: 1 }, { size: 2 }), { previous_address: 'a.old' });
  expect(differencesOf({ resource_changes: [moved] })[0]?.what).toEqual(['move from a.old', 'change', 'size: 1 -> 2']);
});

test('the report ends with what to do', () => {
  const failed = { stack: 'shop-a-prod', state: 'cannot be told', error: 'Error: no login', differences: [] } as const;
  const differs = { stack: 'shop-b-prod', state: 'differs', differences: [{ address: 'a.b', how: 'deleted', what: [] }] } as const;
  expect(driftReport([failed, differs], plain)).toMatch(
    /^stack +resource +how +what\nshop-b-prod +a\.b +deleted\n\nshop-a-prod cannot be planned:\nError: no login\n\n2 stacks: /,
  );
  expect(driftReport([failed, differs], plain)).toMatch(/\nNext: mend what is named above, and look again\.$/);
  expect(driftReport([differs], plain)).toContain("make deploy STACKS='shop-b-prod'");
});
