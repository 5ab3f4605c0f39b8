import type { Node } from './graph';
import type { Resource } from './resources';
import type { Shown, StandIn } from './treatment';
import { TYPES } from './types/index';

/** A box, with what arrows need to know of it. */
export interface Box extends Node {
  readonly group: string;
  /** Terraform's, of what it is called by. */
  readonly type: string;
}

/** The boxes of an estate, and which one each resource belongs to. */
export interface Boxes {
  readonly all: readonly Box[];
  readonly of: ReadonlyMap<Resource, Box>;
}

/** A construct with something to show. */
interface Unit {
  readonly id: string;
  readonly resources: readonly Resource[];
  /** What it is called by. */
  readonly main: Resource;
  readonly as: Shown;
}

/**
 * A construct that holds something shown is a box; one that holds several constructs which each do is not: they are.
 * @param alone Stand-ins that nothing here uses.
 */
export function boxesOf(resources: readonly Resource[], alone: ReadonlySet<Resource>): Boxes {
  const all: Box[] = [];
  const of = new Map<Resource, Box>();
  const shownAs = (resource: Resource) => (alone.has(resource) ? standingAlone(resource) : shown(resource));
  for (const [stack, inStack] of grouped(resources, (resource) => resource.stack)) {
    const units = unitsOf(inStack, 0, shownAs);
    for (const together of grouped(units, ({ id, as }) => as.gathered ?? id).values()) {
      const box = boxOf(stack, together);
      all.push(box);
      for (const resource of together.flatMap((unit) => unit.resources)) of.set(resource, box);
    }
  }
  return { all, of };
}

type ShownAs = (resource: Resource) => Shown | undefined;

function unitsOf(resources: readonly Resource[], depth: number, shownAs: ShownAs): Unit[] {
  return [...grouped(resources, ({ path }) => path.slice(0, depth + 1).join('/'))].flatMap(([id, inside]) => {
    const boxes = inside.filter((resource) => shownAs(resource));
    const constructs = new Set(boxes.map(({ path }) => path[depth + 1]));
    const isEachInOne = boxes.every(({ path }) => path.length > depth + 2);
    if (constructs.size > 1 && isEachInOne) return unitsOf(inside, depth + 1, shownAs);
    const main = boxes.sort((a, b) => a.path.length - b.path.length)[0];
    return main ? [{ id, resources: inside, main, as: shownAs(main) as Shown }] : [];
  });
}

function shown({ treatment, pictured }: Resource): Shown | undefined {
  const as = pictured ? TYPES[pictured.type] : treatment;
  return as && 'shown' in as ? as : undefined;
}

function standingAlone({ treatment }: Resource): Shown {
  return { shown: 'security', what: (treatment as StandIn).what };
}

function boxOf(stack: string, units: readonly Unit[]): Box {
  const { id, main, as } = units[0] as Unit;
  const resources = units.flatMap((unit) => unit.resources);
  const type = main.pictured?.type ?? main.type;
  return {
    id: `${stack}/${id}`,
    group: stack,
    kind: as.shown,
    title: main.pictured?.title ?? (units.length > 1 ? (as.gathered as string) : id),
    what: as.what,
    count: as.gathered === undefined ? 1 : resources.filter((resource) => resource.type === type).length,
    isProtected: resources.some(({ config }) => (config.lifecycle as { prevent_destroy?: boolean } | undefined)?.prevent_destroy === true),
    type,
  };
}

/** By key, in the order in which the keys come. */
export function grouped<T>(things: readonly T[], key: (thing: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) groups.set(key(thing), [...(groups.get(key(thing)) ?? []), thing]);
  return groups;
}
