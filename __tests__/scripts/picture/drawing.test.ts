import fc from 'fast-check';
import { strokesOf } from '../../../scripts/support/picture/crossings';
import { type Layout, layoutOf } from '../../../scripts/support/picture/layout';
import { svgOf } from '../../../scripts/support/picture/svg';
import { SMALL, TITLE, widthOf } from '../../../scripts/support/picture/text';
import { TYPES } from '../../../scripts/support/picture/types/index';

const line = (from: string, to: string, ...points: [number, number][]) => ({
  from,
  to,
  label: '',
  junctions: [],
  points: points.map(([x, y]) => ({ x, y })),
});

test('where strangers cross, the level line is interrupted', () => {
  const level = line('a', 'b', [0, 50], [100, 50]);
  const upright = line('c', 'd', [40, 0], [40, 100]);
  const strokes = strokesOf([level, upright]);
  expect(strokes.get(level)).toEqual([
    [
      { x: 0, y: 50 },
      { x: 37, y: 50 },
    ],
    [
      { x: 43, y: 50 },
      { x: 100, y: 50 },
    ],
  ]);
  expect(strokes.get(upright)).toHaveLength(1);
});

test('to the left too, and twice', () => {
  const level = line('a', 'b', [100, 50], [0, 50]);
  const strokes = strokesOf([level, line('c', 'd', [40, 0], [40, 100]), line('e', 'f', [70, 0], [70, 100])]);
  expect(strokes.get(level)?.map((stroke) => stroke.map(({ x }) => x))).toEqual([
    [100, 73],
    [67, 43],
    [37, 0],
  ]);
});

test('arrows of one box, or to one box, meet without a gap, and so do lines that only touch', () => {
  const level = line('a', 'b', [0, 50], [100, 50]);
  const others = [line('a', 'd', [40, 0], [40, 100]), line('c', 'b', [60, 0], [60, 100]), line('e', 'f', [80, 50], [80, 100])];
  expect(strokesOf([level, ...others]).get(level)).toHaveLength(1);
});

test('text is as wide as in Helvetica; what is not in its table counts as wide as can be', () => {
  expect(widthOf('iiii', { size: 1000 })).toBe(888);
  expect(widthOf('iiii', { size: 1000, isBold: true })).toBe(1112);
  expect(widthOf('\u00fc', { size: 1000 })).toBe(1015);
  expect(widthOf('', SMALL)).toBe(0);
});

test('a box is as wide as what it says, with its lock', async () => {
  const box = async (title: string, isProtected: boolean) => {
    const node = { id: 'a', kind: 'compute', title, what: 'x', count: 1, isProtected } as const;
    const { nodes } = await layoutOf({ groups: [], nodes: [node], edges: [] });
    return nodes[0]?.box.width as number;
  };
  const plain = await box('a long name of a box', false);
  expect(plain).toBeGreaterThan(widthOf('a long name of a box', TITLE));
  expect(await box('a long name of a box', true)).toBeGreaterThan(plain);
});

const SAYS = /<text [^>]*>([^<]*)<\/text>/g;

test('whatever a name holds, the picture stays a picture', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'a', ' ', '\u00fc', ']'), maxLength: 12 }), (name) => {
      const layout: Layout = {
        width: 200,
        height: 60,
        groups: [{ id: 'g', title: name, box: { x: 0, y: 0, width: 200, height: 60 } }],
        nodes: [{ id: 'n', group: 'g', kind: 'compute', title: name, what: name, count: 2, isProtected: true, box: { x: 9, y: 9, width: 90, height: 42 } }],
        edges: [],
      };
      const svg = svgOf(layout, { title: name, description: name });
      expect(svg.replace(/&(amp|lt|gt|quot);/g, '')).not.toMatch(/&/);
      expect([...svg.matchAll(SAYS)]).toHaveLength(4 + 2); // heading, group, two lines; a kind and the lock in the legend
    }),
    { numRuns: 50 },
  );
});

test('what is left out says why', () => {
  const silent = Object.entries(TYPES).filter(([, treatment]) => 'leftOut' in treatment && treatment.leftOut.length < 10);
  expect(silent).toEqual([]);
});
