import type { Edge } from './graph';
import type { Line, Point } from './layout';

type Drawn = Edge & Line;

/** Half of what is left out of a line that goes below another. */
const GAP = 3;

/**
 * The strokes of each arrow. Where two cross that have no end in common, the horizontal one is interrupted: lines that meet without a
 * gap belong together.
 */
export function strokesOf(edges: readonly Drawn[]): ReadonlyMap<Drawn, readonly (readonly Point[])[]> {
  const verticals = edges.flatMap((edge) => segments(edge.points).flatMap((line) => (line.a.x === line.b.x ? [{ edge, ...line }] : [])));
  return new Map(
    edges.map((edge) => {
      const over = verticals.filter(({ edge: other }) => other.from !== edge.from && other.to !== edge.to);
      return [edge, interrupted(edge.points, over)];
    }),
  );
}

interface Segment {
  readonly a: Point;
  readonly b: Point;
}

function segments(points: readonly Point[]): Segment[] {
  return points.slice(1).map((b, i) => ({ a: points[i] as Point, b }));
}

function interrupted(points: readonly Point[], over: readonly Segment[]): Point[][] {
  const strokes: Point[][] = [[points[0] as Point]];
  for (const { a, b } of segments(points)) {
    const towards = Math.sign(b.x - a.x);
    const crossed = a.y === b.y ? [...new Set(over.filter((line) => isCrossing({ a, b }, line)).map(({ a: { x } }) => x))] : [];
    for (const x of crossed.sort((one, other) => (one - other) * towards)) {
      strokes.at(-1)?.push({ x: x - GAP * towards, y: a.y });
      strokes.push([{ x: x + GAP * towards, y: a.y }]);
    }
    strokes.at(-1)?.push(b);
  }
  return strokes;
}

/** Well inside both: where one ends on the other, they meet. */
function isCrossing({ a, b }: Segment, { a: c, b: d }: Segment): boolean {
  const isBetween = (value: number, one: number, other: number) => value > Math.min(one, other) + GAP && value < Math.max(one, other) - GAP;
  return isBetween(c.x, a.x, b.x) && isBetween(a.y, c.y, d.y);
}
