import { plan, replacements } from '../../rehearsal/provider/plan';
import type { Block } from '../../rehearsal/provider/schema';
import { UNKNOWN, type Value } from '../../rehearsal/provider/values';

const BLOCK: Block = {
  attributes: {
    name: { type: 'string', required: true },
    id: { type: 'string', computed: true },
    region: { type: 'string', optional: true, computed: true },
    password_wo: { type: 'string', optional: true, write_only: true },
    address: {
      optional: true,
      nested_type: { nesting_mode: 'single', attributes: { ip: { type: 'string', computed: true }, host: { type: 'string', optional: true } } },
    },
  },
  block_types: {
    disk: { nesting_mode: 'list', block: { attributes: { size: { type: 'number', optional: true }, device: { type: 'string', computed: true } } } },
  },
};
const PROPOSED = { name: 'a', id: null, region: null, password_wo: null, address: null, disk: [] };
const EXISTING = { ...PROPOSED, id: 'i', region: 'r', disk: [{ size: 1, device: 'sda' }] };
const planned = (prior: Value, proposed: Value) => plan({ block: BLOCK, prior, proposed, derive: (values) => values });

test('on create everything computed is unknown, inside blocks and nested types too, and nothing else', () => {
  const proposed = { ...PROPOSED, address: { ip: null, host: null }, disk: [{ size: null, device: null }] };
  expect(planned(null, proposed)).toEqual({
    ...PROPOSED,
    id: UNKNOWN,
    region: UNKNOWN,
    address: { ip: UNKNOWN, host: null },
    disk: [{ size: null, device: UNKNOWN }],
  });
});

test('what the user chose stays', () => {
  expect(planned(null, { ...PROPOSED, region: 'mine' })).toMatchObject({ region: 'mine' });
});

test('without a change the plan is what exists', () => {
  expect(planned(EXISTING, { ...EXISTING })).toBe(EXISTING);
});

test('on update what was computed before stays, and a new block gets its own', () => {
  const proposed = { ...EXISTING, disk: [...EXISTING.disk, { size: 2, device: null }] };
  expect(planned(EXISTING, proposed)).toEqual({ ...proposed, disk: [EXISTING.disk[0], { size: 2, device: UNKNOWN }] });
});

test('a write-only value is in no plan', () => {
  expect(planned(null, { ...PROPOSED, password_wo: 'secret' })).toMatchObject({ password_wo: null });
  expect(planned(EXISTING, { ...EXISTING, password_wo: 'secret' })).toBe(EXISTING);
});

test('a destroy stays a destroy', () => {
  expect(planned(EXISTING, null)).toBeNull();
});

test('a changed argument replaces, wherever it is, and an unknown one counts as changed', () => {
  const paths = (next: Value) => replacements(['region', 'disk.size'], EXISTING, next);
  expect(paths(EXISTING)).toEqual([]);
  expect(paths({ ...EXISTING, name: 'b' })).toEqual([]);
  expect(paths({ ...EXISTING, region: UNKNOWN })).toEqual([['region']]);
  expect(paths({ ...EXISTING, disk: [{ size: 2, device: 'sda' }] })).toEqual([['disk', 0, 'size']]);
  expect(paths({ ...EXISTING, disk: [] })).toEqual([['disk']]);
});

test('what an import could not tell replaces nothing', () => {
  const imported = { ...EXISTING, region: null, disk: [] };
  expect(replacements(['region', 'disk.size'], imported, EXISTING)).not.toEqual([]);
  expect(replacements(['region', 'disk.size'], imported, EXISTING, true)).toEqual([]);
});
