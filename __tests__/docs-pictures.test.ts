import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../constructs/core/naming';
import { estates } from '../estates/index';
import { graphOf } from '../scripts/support/picture/build';
import { type Box, GROUP, groupTitle } from '../scripts/support/picture/layout';
import { type Picture, pictureFile, pictureOf } from '../scripts/support/picture/picture';
import { TITLE, widthOf } from '../scripts/support/picture/text';
import { ROOT, repositoryFiles } from './support/repository';
import { synthEstate } from './support/synth';

/** Shown beside a difference. */
const HINT = 'The constructs give another picture than the committed one: draw it again with make picture, and look at it';
/** What one looks at, and not for. */
const MOST_BOXES = 40;
const WIDEST = 1150;

const names = estates.map(({ name }) => name);
const pictures = new Map<string, Picture>();

beforeAll(async () => {
  for (const estate of estates) pictures.set(estate.name, await pictureOf(estate));
}, 180_000);

const picture = (name: string) => pictures.get(name) as Picture;

test('every estate has a picture, and no picture is left over', () => {
  expect(readdirSync(join(ROOT, 'docs/architecture')).sort()).toEqual(names.map((name) => `${name}.svg`).sort());
});

test.each(names)('the picture of %s is what its constructs give', (name) => {
  const committed = readFileSync(join(ROOT, pictureFile(name)), 'utf8');
  expect({ HINT, svg: picture(name).svg.split('\n') }).toEqual({ HINT, svg: committed.split('\n') });
});

test.each(names)('the picture of %s can be read', (name) => {
  const { graph, layout } = picture(name);
  expect(graph.nodes.length).toBeLessThanOrEqual(MOST_BOXES);
  expect(layout.width).toBeLessThanOrEqual(WIDEST);
  expect(graph.edges.length).toBeGreaterThan(0);
});

test.each(names)('nothing lies over anything else in the picture of %s', (name) => {
  const { groups, nodes, edges } = picture(name).layout;
  const labels = edges.flatMap(({ from, to, labelBox }) => (labelBox ? [{ id: `${from} -> ${to}`, box: labelBox }] : []));
  expect([...overlapping(groups), ...overlapping([...nodes, ...labels])]).toEqual([]);
  const outside = nodes.filter(({ group, box }) => group !== undefined && !isInside(box, groups.find(({ id }) => id === group)?.box as Box));
  expect(outside).toEqual([]);
});

test.each(names)('every stack in the picture of %s has room for its name', (name) => {
  const tight = picture(name).layout.groups.filter(({ title, subtitle, box }) => widthOf(groupTitle(title, subtitle), TITLE) + 2 * GROUP.pad > box.width);
  expect(tight).toEqual([]);
});

test.each(names)('arrows of %s are straight, and go from box to box', (name) => {
  const { nodes, edges } = picture(name).layout;
  const boxes = new Map(nodes.map(({ id, box }) => [id, box]));
  const touches = (id: string, point: { x: number; y: number } | undefined) => {
    const { x, y, width, height } = boxes.get(id) as Box;
    return point !== undefined && point.x >= x - 1 && point.x <= x + width + 1 && point.y >= y - 1 && point.y <= y + height + 1;
  };
  const wrong = edges.filter(({ from, to, points }) => {
    const isSlanted = points.some(({ x, y }, i) => i > 0 && x !== points[i - 1]?.x && y !== points[i - 1]?.y);
    return isSlanted || !touches(from, points[0]) || !touches(to, points.at(-1));
  });
  expect(wrong).toEqual([]);
});

// The estate terraform-cloud has no picture: it would be a table, once for each stack.
const variants = repositoryFiles().filter((file) => names.includes(/^estates\/([^/]+)\/variants\/.*\.json$/.exec(file)?.[1] ?? ''));

test.each(variants)('%s could be drawn: every type of its resources is decided about', (file) => {
  const overrides = Object.entries(JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Record<string, object>);
  for (const [estate, override] of overrides) {
    const stacks = [...synthEstate(estate, override)].map(([name, json]) => ({
      name,
      environment: name.split('-').at(-1) as Environment,
      json: JSON.parse(json),
    }));
    expect(graphOf(estate, stacks).nodes.length).toBeGreaterThan(0);
  }
});

test.each(names.filter((name) => existsSync(join(ROOT, `docs/runbooks/${name}.md`))))('the runbook of %s shows its picture', (name) => {
  const shown = [...readFileSync(join(ROOT, `docs/runbooks/${name}.md`), 'utf8').matchAll(/!\[.+\]\(([^)]+)\)/g)].map(([, file]) => file);
  expect(shown).toContain(`../architecture/${name}.svg`);
});

function overlapping(things: readonly { readonly id: string; readonly box: Box }[]): string[] {
  return things.flatMap(({ id, box: a }, i) =>
    things
      .slice(i + 1)
      .filter(({ box: b }) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
      .map((other) => `${id} lies over ${other.id}`),
  );
}

function isInside(inner: Box, outer: Box): boolean {
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;
}
