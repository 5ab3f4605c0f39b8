import { strokesOf } from './crossings';
import { KINDS, type Kind } from './kinds';
import { BOX, type Box, GROUP, groupTitle, type Layout, nodeTitle, type Point } from './layout';
import { FONT, HEADING, SMALL, type Style, TITLE, widthOf } from './text';

/** Around everything, and between heading, picture and legend. */
const MARGIN = 20;
const LEGEND_GAP = 16;

export interface Words {
  readonly title: string;
  /** For who does not see it. */
  readonly description: string;
}

/** The picture as a file that stands alone: it is light or dark as its reader's screen is. */
export function svgOf(layout: Layout, words: Words): string {
  const legend = legendOf(layout);
  const width = Math.max(layout.width, legend.width, widthOf(words.title, HEADING)) + 2 * MARGIN;
  const top = MARGIN + HEADING.size + LEGEND_GAP;
  const height = top + layout.height + LEGEND_GAP + legend.height + MARGIN;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(words.title)}</title>`,
    `<desc id="description">${escaped(words.description)}</desc>`,
    `<style>${styles()}</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>',
    `<rect class="card" width="${width}" height="${height}" rx="10"/>`,
    text(words.title, { x: MARGIN, y: MARGIN + HEADING.size - 3 }, HEADING, 'heading'),
    `<g transform="translate(${Math.round((width - layout.width) / 2)} ${top})">`,
    ...layout.groups.map(({ box }) => rectangle('group', box, 8)),
    ...arrowsOf(layout.edges),
    ...layout.groups.flatMap(({ title, subtitle, box }) => {
      const says = groupTitle(title, subtitle);
      const behind = { x: box.x + GROUP.pad - 4, y: box.y + 8, width: widthOf(says, TITLE) + 8, height: 19 };
      return [rectangle('behind', behind, 3), text(says, { x: box.x + GROUP.pad, y: box.y + 22 }, TITLE, 'stack')];
    }),
    ...layout.edges.flatMap(({ label, labelBox }) =>
      labelBox ? [rectangle('behind', labelBox, 3), text(label, { x: labelBox.x + 2, y: labelBox.y + SMALL.size }, SMALL, 'label')] : [],
    ),
    ...layout.nodes.flatMap((node) => [
      `<g class="${node.kind}">`,
      rectangle('box', node.box, 5),
      `<path class="stripe" d="${stripe(node.box)}"/>`,
      text(nodeTitle(node), { x: node.box.x + BOX.stripe + BOX.pad, y: node.box.y + 18 }, TITLE, 'name'),
      text(node.what, { x: node.box.x + BOX.stripe + BOX.pad, y: node.box.y + 33 }, SMALL, 'what'),
      ...(node.isProtected ? [lock(node.box.x + node.box.width - BOX.pad - BOX.lock + 3, node.box.y + 7)] : []),
      '</g>',
    ]),
    '</g>',
    `<g transform="translate(${MARGIN} ${top + layout.height + LEGEND_GAP})">`,
    ...legend.lines,
    '</g>',
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

/** The kinds that are in it, in the order of the table, and the lock. */
function legendOf({ nodes, width }: Layout): { lines: string[]; width: number; height: number } {
  const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => nodes.some((node) => node.kind === kind));
  const entries = [
    ...kinds.map((kind) => ({
      says: KINDS[kind].says,
      mark: (x: number, y: number) => `<g class="${kind}">${rectangle('box', { x, y, width: 14, height: 14 }, 3)}</g>`,
    })),
    ...(nodes.some(({ isProtected }) => isProtected) ? [{ says: 'destroy is refused', mark: lock }] : []),
  ];
  const widest = Math.max(width, 400);
  const lines: string[] = [];
  let [x, y, reached] = [0, 0, 0];
  for (const { says, mark } of entries) {
    const entry = 20 + widthOf(says, SMALL);
    if (x > 0 && x + entry > widest) [x, y] = [0, y + 22];
    lines.push(mark(x, y), text(says, { x: x + 20, y: y + 11 }, SMALL, 'label'));
    reached = Math.max(reached, x + entry);
    x += entry + 18;
  }
  return { lines, width: reached, height: y + 14 };
}

function styles(): string {
  const kinds = (theme: 'light' | 'dark') =>
    Object.entries(KINDS)
      .map(([kind, { [theme]: colours }]) => `.${kind} .box{fill:${colours[0]};stroke:${colours[1]}}.${kind} .stripe{fill:${colours[1]}}`)
      .join('');
  const theme = (card: string, group: string, line: string, ink: string, faint: string, edge: string) =>
    `.card{fill:${card};stroke:${line}}.group{fill:${group};stroke:${line}}.behind{fill:${group}}.heading,.name{fill:${ink}}.stack,.what,.label{fill:${faint}}.edge{stroke:${edge}}.head{fill:${edge}}.lock{fill:${faint}}.shackle{stroke:${faint}}`;
  return [
    `text{font-family:${FONT}}.edge,.shackle{fill:none;stroke-width:1.3}.edge{stroke-linejoin:round}`,
    theme('#ffffff', '#f8fafc', '#cbd5e1', '#0f172a', '#475569', '#64748b'),
    kinds('light'),
    `@media (prefers-color-scheme:dark){${theme('#0d1117', '#161b22', '#30363d', '#f0f6fc', '#9da7b3', '#8b949e')}${kinds('dark')}}`,
  ].join('');
}

/** `textLength` holds for every font: text that is measured is as wide as its box was made for. */
function text(says: string, { x, y }: Point, style: Style, kind: string): string {
  const weight = style.isBold ? ' font-weight="700"' : '';
  return `<text class="${kind}" x="${x}" y="${y}" font-size="${style.size}"${weight} textLength="${widthOf(says, style)}" lengthAdjust="spacingAndGlyphs">${escaped(says)}</text>`;
}

function rectangle(kind: string, { x, y, width, height }: Box, radius: number): string {
  return `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>`;
}

/** The box's left edge, with its round corners. */
function stripe({ x, y, height }: Box): string {
  return `M${x + 5} ${y}a5 5 0 0 0 -5 5v${height - 10}a5 5 0 0 0 5 5z`;
}

function lock(x: number, y: number): string {
  return `<path class="shackle" d="M${x + 3} ${y + 6}v-2a3 3 0 0 1 6 0v2"/><rect class="lock" x="${x + 1}" y="${y + 6}" width="10" height="7" rx="1.5"/>`;
}

function arrowsOf(edges: Layout['edges']): string[] {
  const strokes = strokesOf(edges);
  const dots = new Map(edges.flatMap(({ junctions }) => junctions).map((point) => [`${point.x} ${point.y}`, point]));
  return [
    ...edges.map((edge) => `<path class="edge" d="${strokes.get(edge)?.map(path).join('')}" marker-end="url(#head)"/>`),
    ...[...dots.values()].map(({ x, y }) => `<circle class="head" cx="${x}" cy="${y}" r="2.5"/>`),
  ];
}

/** Straight lines. */
function path(points: readonly Point[]): string {
  return points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
}

function escaped(says: string): string {
  return says.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
