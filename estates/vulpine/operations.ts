import type { ContainerName, VulpineConfig } from '../../config/vulpine';
import { offsiteOf, offsiteScript } from './backup/offsite';
import { BACKUP_FOLDER } from './backup/part';
import { placedOn } from './containers/plan';
import { EXPORT_SECRETS } from './containers/secrets';
import { CONTAINERS } from './containers/table';
import { claimsOf, plannedPods } from './kubernetes/plan';
import { layoutOf } from './multi-server/layout';
import { hostName } from './names';

export { namespaceOf } from './kubernetes/names';
export { OUT_OF_TABLES } from './names';

/** What commands need to know of the estate to run it. Plain data: no stack is made. */

/** What stands in for a container of another host, or leads to one from there. */
export const RELAYING = ['gate', 'relay'] as const;
export type Kind = ContainerName | (typeof RELAYING)[number];

/** A container, or the pods of one, and where it runs. */
export interface Place {
  /** For the engine `vulpine-web-2`, for a cluster `deployment/web`. */
  readonly name: string;
  readonly of: Kind;
  /** Who logs in where, `admin@smithwicks.vulpine.club`; in a cluster the namespace. */
  readonly on: string;
}

/** Containers that an instance needs, and their hosts: its own, and what its hosts have for all. Host by host, in the table's order. */
export function placesOnHosts(config: VulpineConfig, instance: string): Place[] {
  const { shared, prod } = config;
  const loginTo = (label: string) => `${prod.admins.user}@${hostName(label, shared.domain)}`;
  const own = (one: { readonly instance?: string }) => (one.instance ?? instance) === instance;
  if (prod.topology === 'multi-server')
    return [...layoutOf(CONTAINERS, prod)].flatMap(([label, { placed, relays }]) => [
      ...placed.filter(own).map(({ name, of }) => ({ name, of, on: loginTo(label) })),
      ...relays.filter(own).map(({ name, publishedAs }): Place => ({ name, of: publishedAs === undefined ? 'relay' : 'gate', on: loginTo(label) })),
    ]);
  const on = loginTo(Object.keys(prod.hosts)[0] as string);
  return placedOn(CONTAINERS, prod.instances)
    .filter(own)
    .map(({ name, of }) => ({ name, of, on }));
}

/** The same in a cluster: what keeps something on a disk is a set there. */
export function placesInCluster({ prod }: VulpineConfig, instance: string): Place[] {
  return plannedPods(CONTAINERS, prod.instances)
    .filter((one) => (one.instance ?? instance) === instance)
    .map(({ of, spec, namespace }) => ({ name: `${claimsOf(spec).length > 0 ? 'statefulset' : 'deployment'}/${of}`, of, on: namespace }));
}

/** How a program starts in a container that runs, with the secrets of that container, as its own program has them: what root runs there, before the program's words. */
export function startWithSecrets(kind: ContainerName): string[] {
  const user = CONTAINERS[kind].secrets?.exportedFor;
  if (user === undefined) throw new Error(`${kind} has no secrets as variables`);
  return ['/bin/sh', '-c', EXPORT_SECRETS, user];
}

/** The public half of the key that a host's copies go by, and what sets up the off-site host that takes them from it. */
export const BACKUP_KEY = `${BACKUP_FOLDER}/key.pub`;
export function offsiteSetup({ prod: { backup } }: VulpineConfig, publicKey: string): string | undefined {
  return backup.offsite && offsiteScript(backup.offsite, backup, publicKey);
}

/** The same for an instance in a cluster, whose job has a key of its own. */
export function offsiteSetupOf({ prod: { backup } }: VulpineConfig, instance: string, publicKey: string): string | undefined {
  return backup.offsite && offsiteScript(offsiteOf(backup.offsite, instance), backup, publicKey, instance);
}

/** Where the copies of an instance in a cluster are; nowhere, when none leave it. */
export function copiesOf({ prod: { backup } }: VulpineConfig, instance: string): { readonly host: string; readonly folder: string } | undefined {
  return backup.offsite && offsiteOf(backup.offsite, instance);
}
