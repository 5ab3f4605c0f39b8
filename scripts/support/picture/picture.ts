import type { Estate } from '../../../constructs/core/estate';
import { graphOf } from './build';
import type { Graph } from './graph';
import { type Layout, layoutOf, nodeTitle } from './layout';
import { svgOf } from './svg';
import { picturedStacks } from './synthesized';

/** Where an estate's picture is kept, from the repository's root. */
export function pictureFile(estate: string): string {
  return `docs/architecture/${estate}.svg`;
}

export interface Picture {
  readonly graph: Graph;
  readonly layout: Layout;
  readonly svg: string;
}

/** An estate's architecture, drawn: the same constructs, the same bytes. */
export async function pictureOf(estate: Estate): Promise<Picture> {
  const graph = graphOf(estate.name, picturedStacks(estate));
  const layout = await layoutOf(graph);
  return { graph, layout, svg: svgOf(layout, { title: estate.name, description: descriptionOf(estate.name, graph) }) };
}

/** Every stack and what is in it: arrows say little when they are read out. */
function descriptionOf(estate: string, { groups, nodes }: Graph): string {
  const stacks = groups.map(({ id, title }) => {
    const inside = nodes.filter(({ group }) => group === id).map((node) => `${nodeTitle(node)} (${node.what})`);
    return `${title}: ${inside.join(', ')}.`;
  });
  return `What ${estate} is made of, by stack. ${stacks.join(' ')}`;
}
