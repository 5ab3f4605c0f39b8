import type { Place } from '../../../estates/vulpine/operations';

/** As people read it, host by host: `nginx, vulpine-web-1 on admin@murphys.vulpine.club`. */
export function listed(places: readonly Place[]): string {
  return [...byHost(places)].map(([on, names]) => `${names.map(({ name }) => name).join(', ')} on ${on}`).join('; ');
}

/** What is on each host, in the order in which they are. */
export function byHost<T extends Pick<Place, 'on'>>(places: readonly T[]): ReadonlyMap<string, T[]> {
  const hosts = new Map<string, T[]>();
  for (const place of places) hosts.set(place.on, [...(hosts.get(place.on) ?? []), place]);
  return hosts;
}
