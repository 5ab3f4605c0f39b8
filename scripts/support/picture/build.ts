import type { Environment } from '../../../constructs/core/naming';
import { type Arrow, Arrows, INTERNET_IN, INTERNET_OUT } from './arrows';
import { type Box, grouped } from './boxes';
import type { Edge, Graph, Group, Node } from './graph';
import { References } from './references';
import { type PicturedStack, resourcesOf } from './resources';

/** What the picture of an estate shows: one environment, production where there are several, and what is shared. */
export function graphOf(estate: string, stacks: readonly PicturedStack[]): Graph {
  const environments = [...new Set(stacks.map(({ environment }) => environment))].filter((environment) => environment !== 'shared');
  const main = environments.includes('prod') ? 'prod' : environments[0];
  const others: Environment[] = environments.filter((environment) => environment !== main);
  const drawn = stacks.filter(({ environment }) => !others.includes(environment));
  const resources = resourcesOf(drawn, others);
  const references = new References(drawn, resources);
  const arrows = new Arrows(resources, references);
  const { nodes, edges } = replicated(arrows.boxes.all, merged(arrows.all()));
  const used = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const groups = drawn
    .filter(({ name }) => nodes.some(({ group }) => group === name))
    .map((stack): Group => {
      const on = [...new Set(references.ofProviders(stack).flatMap((target) => arrows.boxes.of.get(target)?.title ?? []))];
      return { id: stack.name, title: stack.name, ...(on.length > 0 && { subtitle: `on ${on.join(', ')}` }) };
    });
  return {
    groups,
    nodes: [...INTERNET.filter(({ id }) => used.has(id)), ...nodes.map((node) => ({ ...node, title: node.title.replace(new RegExp(`^${estate}-(?=.)`), '') }))],
    edges,
  };
}

const INTERNET: readonly Node[] = [INTERNET_IN, INTERNET_OUT].map((id) => ({
  id,
  kind: 'outside',
  title: 'Internet',
  what: id === INTERNET_IN ? 'who calls' : 'what is called',
  count: 1,
  isProtected: false,
}));

/** One arrow between two boxes, which says everything that is said between them. */
function merged(arrows: readonly Arrow[]): Edge[] {
  return [...grouped(arrows, ({ from, to }) => `${from} ${to}`).values()].map((same) => {
    const { from, to } = same[0] as Arrow;
    const words = same.flatMap(({ says }) => says?.split(', ') ?? []);
    return { from, to, label: [...new Set(words)].join(', ') };
  });
}

/** What differs by a number only, and does the same, is one box. */
function replicated(boxes: readonly Box[], edges: readonly Edge[]): { nodes: Node[]; edges: Edge[] } {
  const stem = (id: string) => id.replace(/-\d+$/, '');
  const does = ({ id }: Box) =>
    edges
      .filter(({ from, to }) => from === id || to === id)
      .map(({ from, to, label }) => `${from === id ? '' : stem(from)}>${to === id ? '' : stem(to)} ${label}`)
      .sort()
      .join('\n');
  const became = new Map<string, string>();
  const nodes = [...grouped(boxes, (box) => `${stem(box.id)} ${box.type}\n${does(box)}`).values()].map((same): Node => {
    const { type: _, ...first } = same[0] as Box;
    for (const { id } of same) became.set(id, first.id);
    return same.length === 1 && !first.id.endsWith('-1') ? first : { ...first, title: stem(first.title), count: Math.max(first.count, same.length) };
  });
  const end = (id: string) => became.get(id) ?? id;
  return { nodes, edges: merged(edges.map(({ from, to, label }) => ({ from: end(from), to: end(to), says: label === '' ? undefined : label }))) };
}
