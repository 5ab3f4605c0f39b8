import ELK, { type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { Edge, Graph, Group, Node } from './graph';
import { SMALL, TITLE, widthOf } from './text';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Line {
  readonly points: readonly Point[];
  /** Where it parts from others of the same box. */
  readonly junctions: readonly Point[];
  readonly labelBox?: Box;
}

/** Where everything is, in pixels from the upper left corner. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly groups: readonly (Group & { readonly box: Box })[];
  readonly nodes: readonly (Node & { readonly box: Box })[];
  readonly edges: readonly (Edge & Line)[];
}

/** How a box is filled: a stripe of its kind's colour, two lines, and a lock when it is protected. */
export const BOX = { stripe: 5, pad: 10, height: 42, lock: 14 };
export const GROUP = { pad: 16, top: 44 };

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.randomSeed': '1',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
  'elk.spacing.nodeNode': '14',
  'elk.spacing.edgeNode': '10',
  'elk.spacing.edgeEdge': '10',
  'elk.spacing.edgeLabel': '3',
  'elk.layered.spacing.nodeNodeBetweenLayers': '30',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
  'elk.layered.mergeEdges': 'true',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
};

/** Places a picture's boxes and arrows: the same graph, the same places. */
export async function layoutOf(graph: Graph): Promise<Layout> {
  const placed = await new ELK().layout(elkGraph(graph));
  const boxes = new Map<string, Box>();
  const collect = ({ id, x = 0, y = 0, width = 0, height = 0, children = [] }: ElkNode): void => {
    boxes.set(id, rounded({ x, y, width, height }));
    for (const child of children) collect(child);
  };
  collect(placed);
  const box = (id: string) => boxes.get(id) as Box;
  const edges = new Map((placed.edges ?? []).map((edge) => [edge.id, edge]));
  return {
    width: box('root').width,
    height: box('root').height,
    groups: graph.groups.map((group) => ({ ...group, box: box(group.id) })),
    nodes: graph.nodes.map((node) => ({ ...node, box: box(node.id) })),
    edges: graph.edges.map((edge) => {
      const { sections = [], labels = [], junctionPoints = [] } = edges.get(edgeId(edge)) as ElkExtendedEdge;
      const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint]).map(roundedPoint);
      const [label] = labels;
      return { ...edge, points, junctions: junctionPoints.map(roundedPoint), ...(label && { labelBox: rounded(label as Box) }) };
    }),
  };
}

function elkGraph({ groups, nodes, edges }: Graph): ElkNode {
  const inside = (group: string | undefined) => nodes.filter((node) => node.group === group).map(elkNode);
  return {
    id: 'root',
    layoutOptions: OPTIONS,
    children: [
      ...inside(undefined),
      ...groups.map(({ id, title, subtitle }) => ({
        id,
        layoutOptions: {
          'elk.padding': `[top=${GROUP.top},left=${GROUP.pad},bottom=${GROUP.pad},right=${GROUP.pad}]`,
          'elk.nodeSize.constraints': '[MINIMUM_SIZE]',
          'elk.nodeSize.minimum': `(0,${widthOf(groupTitle(title, subtitle), TITLE) + 2 * GROUP.pad})`, // elkjs turns it with the direction,
        },
        children: inside(id),
      })),
    ],
    edges: edges.map((edge) => ({
      id: edgeId(edge),
      sources: [edge.from],
      targets: [edge.to],
      ...(edge.label !== '' && {
        labels: [{ text: edge.label, width: widthOf(edge.label, SMALL) + 4, height: SMALL.size + 3, layoutOptions: { 'elk.edgeLabels.inline': 'true' } }],
      }),
    })),
  };
}

/** A group's heading is one line. */
export function groupTitle(title: string, subtitle: string | undefined): string {
  return subtitle === undefined ? title : `${title}, ${subtitle}`;
}

/** What a box says in large letters. */
export function nodeTitle({ title, count }: Node): string {
  return count > 1 ? `${title} \u00d7${count}` : title;
}

function elkNode(node: Node): ElkNode {
  const lock = node.isProtected ? BOX.lock + 4 : 0;
  const text = Math.max(widthOf(nodeTitle(node), TITLE) + lock, widthOf(node.what, SMALL));
  return { id: node.id, width: BOX.stripe + 2 * BOX.pad + text, height: BOX.height };
}

function edgeId({ from, to }: Edge): string {
  return `${from}>${to}`;
}

function rounded({ x, y, width, height }: Box): Box {
  return { x: Math.round(x), y: Math.round(y), width: Math.round(width), height: Math.round(height) };
}

function roundedPoint({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) };
}
