import { type Box, type Boxes, boxesOf } from './boxes';
import type { Reference, References } from './references';
import type { Resource } from './resources';
import type { Flow, Implied, Link, Mention, Part, Shown, Treatment } from './treatment';

/** Where callers come from, and where calls go: two boxes, so that arrows go one way. */
export const INTERNET_IN = 'internet-in';
export const INTERNET_OUT = 'internet-out';

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly says?: string | undefined;
}

/** Finds the arrows between boxes. What stands between two boxes, an account or a record, is on the way and not in the picture. */
export class Arrows {
  readonly boxes: Boxes;
  /** Who uses a stand-in. */
  private readonly users = new Map<Resource, Resource[]>();

  constructor(
    private readonly resources: readonly Resource[],
    private readonly references: References,
  ) {
    const alone = new Set(resources.filter(({ treatment, pictured }) => isStandIn(treatment) && !pictured));
    for (const resource of resources.filter(({ treatment }) => !isLink(treatment))) {
      for (const { at, target } of references.of(resource)) {
        if (!isStandIn(target.treatment)) continue;
        alone.delete(target);
        if (target.treatment.usedAt.test(at)) this.users.set(target, [...(this.users.get(target) ?? []), resource]);
      }
    }
    for (const resource of resources.filter(({ treatment }) => isLink(treatment))) {
      const { without } = resource.treatment as Link;
      for (const { at, target } of references.of(resource)) if (without?.test(at)) alone.delete(target);
    }
    this.boxes = boxesOf(resources, alone);
  }

  all(): Arrow[] {
    return this.resources.flatMap((resource) => {
      const { treatment } = resource;
      if (resource.pictured) return this.ofPictured(resource);
      if (isLink(treatment)) return this.ofLink(resource, treatment);
      return isDrawn(treatment) ? this.ofMentions(resource, treatment) : [];
    });
  }

  private ofPictured(resource: Resource): Arrow[] {
    const paths = (resource.pictured?.uses ?? []).map(({ node }) => node.path);
    const from = this.boxes.of.get(resource) as Box;
    return this.boxes.all.filter(({ id }) => paths.includes(id)).flatMap(({ id }) => arrow(from.id, id, undefined, false));
  }

  /** The boxes that somebody means who names this resource. */
  private meant(resource: Resource, seen: ReadonlySet<Resource> = new Set()): Box[] {
    const own = this.boxes.of.get(resource);
    if (own) return [own];
    if (seen.has(resource)) return [];
    const further = (next: readonly Resource[]) => next.flatMap((one) => this.meant(one, new Set([...seen, resource])));
    const { treatment } = resource;
    if (isStandIn(treatment)) return further(this.users.get(resource) ?? []);
    if (isLink(treatment)) return further(this.at(resource, (at) => startsAt(treatment, at)));
    return 'part' in treatment ? further(this.handedOn(resource, treatment)) : [];
  }

  private handedOn(resource: Resource, { flow }: Part): Resource[] {
    const mentioned = this.references.of(resource).filter(({ at, target }) => flow?.({ at, by: resource.config, target }) !== 'none');
    return mentioned.map(({ target }) => target);
  }

  private at(resource: Resource, isAsked: (at: string) => boolean): Resource[] {
    return this.references
      .of(resource)
      .filter(({ at }) => isAsked(at))
      .map(({ target }) => target);
  }

  private ofMentions(resource: Resource, treatment: Shown | Part): Arrow[] {
    const box = this.boxes.of.get(resource);
    if (!box) return [];
    const { open, leadsOut } = treatment;
    return [
      ...(open?.(resource.config) ? [{ from: INTERNET_IN, to: box.id }] : []),
      ...(leadsOut?.(resource.config) ? [{ from: box.id, to: INTERNET_OUT }] : []),
      ...this.references.of(resource).flatMap((reference) => this.ofMention(box, resource, reference, treatment)),
    ];
  }

  private ofMention(box: Box, { config }: Resource, { at, target }: Reference, { flow, says }: Shown | Part): Arrow[] {
    const { treatment } = target;
    if (isStandIn(treatment) && !this.boxes.of.has(target)) return []; // its grants say what comes of it
    const mention: Mention = { at, by: config, target };
    const way: Flow = flow?.(mention) ?? 'to';
    if (way === 'none') return [];
    if (way === 'out') return this.meant(target).map(({ title }) => ({ from: box.id, to: INTERNET_OUT, says: title }));
    return this.meant(target).flatMap(({ id }) => arrow(box.id, id, says?.(mention), way === 'back'));
  }

  private ofLink(resource: Resource, link: Link): Arrow[] {
    const { config } = resource;
    const { says, isBack = false, without, implies, fromEverybody } = link;
    const starts = this.at(resource, (at) => startsAt(link, at)).flatMap((one) => this.meant(one));
    const beginnings = fromEverybody?.(config) ? [INTERNET_IN] : starts.map(({ id }) => id);
    const ends = this.references
      .of(resource)
      .filter(({ at }) => !startsAt(link, at) && !without?.test(at))
      .flatMap(({ at, target }) => this.meant(target).map(({ id }) => ({ id, label: says?.(config, at) })));
    const implied = (implies?.(config, this.permissions(resource)) ?? []).flatMap((one) => this.implied(one));
    return beginnings.flatMap((start) => [...ends, ...implied].flatMap(({ id, label }) => arrow(start, id, label, isBack)));
  }

  private implied({ type, says }: Implied): { id: string; label: string }[] {
    return this.boxes.all.filter((box) => box.type === type).map(({ id }) => ({ id, label: says }));
  }

  /** Of the role of our own that a grant gives. */
  private permissions(resource: Resource): readonly string[] {
    return this.at(resource, (at) => at === 'role').flatMap(({ config }) => (config.permissions as string[] | undefined) ?? []);
  }
}

function arrow(from: string, to: string, says: string | undefined, isBack: boolean): Arrow[] {
  if (from === to) return [];
  return [isBack ? { from: to, to: from, says } : { from, to, says }];
}

function startsAt({ from }: Link, at: string): boolean {
  return at === from || at.startsWith(`${from}.`);
}

function isLink(treatment: Treatment): treatment is Link {
  return 'from' in treatment;
}

function isStandIn(treatment: Treatment): treatment is Extract<Treatment, { standsForUsers: true }> {
  return 'standsForUsers' in treatment;
}

function isDrawn(treatment: Treatment): treatment is Shown | Part {
  return 'shown' in treatment || 'part' in treatment;
}
