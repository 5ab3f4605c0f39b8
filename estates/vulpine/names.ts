import type { VulpineConfig } from '../../config/vulpine';

/** The name by which a host is found. */
export const hostName = (label: string, domain: string) => `${label}.${domain}`;

/** Zones that the estate holds: of its hosts, and of each instance that is not in one already. */
export function zonesOf({ shared, prod }: VulpineConfig): string[] {
  const domains = [shared.domain, ...Object.values(prod.instances).map(({ domain }) => domain)];
  const within = (name: string, zone: string) => name !== zone && name.endsWith(`.${zone}`);
  return [...new Set(domains)].filter((name) => !domains.some((zone) => within(name, zone)));
}

/** The bucket of what an instance's people upload. */
export const mediaBucketName = (suffix: string, instance: string) => `vulpine-${suffix}-${instance}-media`;

/** Who uploads it. */
export const uploaderName = (instance: string) => `vulpine-${instance}-uploader`;

/** What web answers only out of its tables. `/health` is answered by a web without any database. https://docs.joinmastodon.org/methods/instance/ */
export const OUT_OF_TABLES = '/api/v2/instance';
