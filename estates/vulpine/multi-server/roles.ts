import type { ContainerName, VulpineConfig } from '../../../config/vulpine';
import type { Role } from '../../../config/vulpine/multi-server';

/** Where what runs. Replicas of a role with several hosts go round these. */
export const ROLE_OF: Readonly<Record<ContainerName, Role>> = {
  nginx: 'web',
  web: 'web',
  streaming: 'web',
  sidekiq: 'web',
  ambassador: 'web',
  db: 'database',
  redis: 'database',
  dbbackup: 'database',
  es: 'search',
};

type Hosts = VulpineConfig['prod']['hosts'];

/** Labels of hosts with a role, in the order of the config. */
export function hostsWith(role: Role, hosts: Hosts): string[] {
  return Object.entries(hosts).flatMap(([label, { roles = [] }]) => (roles.includes(role) ? [label] : []));
}

/** Of a host in this topology; the schema has seen to it. */
export function vpcAddressOf(label: string, hosts: Hosts): string {
  const address = hosts[label]?.vpcAddress;
  if (address === undefined) throw new Error(`host ${label} has no vpcAddress`);
  return address;
}
