import { setTimeout as delay } from 'node:timers/promises';
import type { Kind, Place } from '../../../estates/vulpine/operations';
import type { Condition, DockerSite } from './docker-site';
import { listed } from './places';

/** What is well before the next ones start: those find it at once, and do not end and start over. */
export const ORDER: readonly (readonly Kind[])[] = [
  ['db', 'redis', 'es'],
  ['gate', 'relay'],
  ['web', 'streaming', 'sidekiq'],
  ['nginx', 'ambassador', 'dbbackup'],
];

/** Its health says nothing for half an hour: it makes a dump first. */
const NOT_AWAITED: readonly Kind[] = ['dbbackup'];

export interface Starting {
  readonly site: Pick<DockerSite, 'places' | 'conditions' | 'start'>;
  readonly instances: readonly string[];
  /** Seconds that a step gets. */
  readonly patience: number;
  /** Seconds between two looks. */
  readonly every: number;
  readonly say: (line: string) => void;
}

export const isWell = ({ state, health }: Condition) => state === 'running' && (health === 'healthy' || health === '');

/** The containers of each step, each once: one of a host's is every instance's. Without relays there is no step for them. */
export function stepsOf({ site, instances }: Pick<Starting, 'site' | 'instances'>): Place[][] {
  const of = (kinds: readonly Kind[]) => instances.flatMap((instance) => site.places(instance, ...kinds));
  return ORDER.map((kinds) => [...new Map(of(kinds).map((place) => [`${place.on} ${place.name}`, place])).values()]).filter(({ length }) => length > 0);
}

/** Starts step after step, each on all of its hosts, and waits for it. Returns what is not well in the end: nothing when all is. */
export async function startSite({ site, instances, patience, every, say }: Starting): Promise<Condition[]> {
  for (const places of stepsOf({ site, instances })) {
    const down = site.conditions(places).filter(({ state }) => state !== 'running');
    if (down.length > 0) site.start(down.map(({ place }) => place));
    const end = Date.now() + patience * 1000;
    for (;;) {
      const unwell = site.conditions(places).filter((one) => !isWell(one) && !(NOT_AWAITED.includes(one.place.of) && one.state === 'running'));
      if (unwell.length === 0) break;
      if (Date.now() > end) return unwell;
      await delay(every * 1000);
    }
    say(`well  ${listed(places)}`);
  }
  return [];
}
