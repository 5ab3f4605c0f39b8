import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import * as z from 'zod';

/** What a host of topology `multi-server` is there for. */
export const ROLES = ['web', 'database', 'search'] as const;
export type Role = (typeof ROLES)[number];

/** The private network of the hosts. Linode keeps the first two and the last two addresses of a subnet. */
export const VPC_RANGE = '10.0.0.0/24';
/** From where the NodeBalancer speaks to its hosts: of that network, and nobody else's. */
export const BALANCER_RANGE = '10.0.0.248/30';
const [FIRST, LAST] = [2, 239];

/** Fields of a host that only this topology has. */
export const serverFields = {
  /** What runs on it: `web` stands alone, `database` and `search` may share a host. */
  roles: z
    .array(z.enum(ROLES, `must be one of ${ROLES.join(', ')}`), 'must be a list of roles')
    .min(1, 'must name a role')
    .optional(),
  /** Its address in the private network, for good: others have it in their firewalls and relays. */
  vpcAddress: z.string().refine(isHostAddress, `not an address for a host: 10.0.0.${FIRST} to 10.0.0.${LAST}`).optional(),
};

function isHostAddress(value: string): boolean {
  const last = Number(value.split('.')[3]);
  return isIPv4(value) && value.startsWith('10.0.0.') && last >= FIRST && last <= LAST;
}

/** Ports of one kind of container; below 32768, where Linux takes ports for connections that go out. */
const [FIRST_PORT, PORTS_OF_A_KIND] = [10_000, 2400];

/**
 * Port of a database host, or a search host, that leads to an instance's container: by its name alone, so that it stays whichever
 * instances come and go. @param kind Number of the kind of container, 0 to 8.
 */
export function vpcPort(kind: number, instance: string): number {
  return FIRST_PORT + kind * PORTS_OF_A_KIND + (createHash('sha256').update(instance).digest().readUInt32BE() % PORTS_OF_A_KIND);
}

interface Raw {
  readonly topology: string;
  readonly hosts: Readonly<Record<string, { readonly region: string; readonly roles?: readonly Role[]; readonly vpcAddress?: string }>>;
  readonly instances: Readonly<Record<string, unknown>>;
  readonly certificates: { readonly challenge: string };
}

interface Problem {
  readonly path: readonly string[];
  readonly message: string;
}

/** What is wrong with hosts and roles, for the topology that is named. */
export function serverProblems({ topology, hosts, instances, certificates }: Raw): Problem[] {
  const all = Object.entries(hosts);
  if (topology !== 'multi-server') {
    const remedy = `is for topology "multi-server": take it out, or change prod.topology`;
    return all.flatMap(([label, host]) =>
      (['roles', 'vpcAddress'] as const).flatMap((field) => (host[field] === undefined ? [] : [{ path: ['hosts', label, field], message: remedy }])),
    );
  }
  const withRole = (role: Role) => all.filter(([, { roles = [] }]) => roles.includes(role)).map(([label]) => label);
  const count = (role: Role, wanted: string, holds: (found: number) => boolean): Problem[] => {
    const found = withRole(role);
    const now = found.length === 0 ? 'none has it' : `it is ${found.join(' and ')}`;
    return holds(found.length) ? [] : [{ path: ['hosts'], message: `must have ${wanted} with the role ${role}: ${now}` }];
  };
  const regions = new Set(all.map(([, { region }]) => region));
  return [
    ...count('web', 'a host or more', (found) => found > 0),
    ...count('database', 'exactly one host', (found) => found === 1),
    ...count('search', 'exactly one host', (found) => found === 1),
    ...(regions.size > 1
      ? [{ path: ['hosts'], message: `must be in one region, because their private network is: there is ${[...regions].join(' and ')}` }]
      : []),
    ...all.flatMap(([label, host]) => hostProblems(label, host, all)),
    ...all
      .filter(([label]) => Object.hasOwn(instances, label))
      .map(([label]) => ({ path: ['hosts', label], message: 'is called as an instance is: their names would be one in DNS; call the host otherwise' })),
    ...(certificates.challenge === 'http' && withRole('web').length > 1
      ? [
          {
            path: ['certificates', 'challenge'],
            message: 'must be "dns" with several hosts of the role web: the authority may ask another one than the one that it answers',
          },
        ]
      : []),
    ...portProblems(Object.keys(instances)),
  ];
}

function hostProblems(label: string, { roles, vpcAddress }: Raw['hosts'][string], all: readonly [string, Raw['hosts'][string]][]): Problem[] {
  const at = (field: string, message: string): Problem => ({ path: ['hosts', label, field], message });
  const before = all.slice(
    0,
    all.findIndex(([other]) => other === label),
  );
  const same = vpcAddress === undefined ? undefined : before.find(([, host]) => host.vpcAddress === vpcAddress);
  return [
    ...(roles === undefined ? [at('roles', `must say what runs on it in topology "multi-server": ${ROLES.join(', ')}`)] : []),
    ...(vpcAddress === undefined ? [at('vpcAddress', `must be its address in the private network, such as 10.0.0.10`)] : []),
    ...(same ? [at('vpcAddress', `is also the address of ${same[0]}: each host has its own`)] : []),
    ...(roles && new Set(roles).size < roles.length ? [at('roles', 'has one role twice')] : []),
    ...(roles?.includes('web') && new Set(roles).size > 1 ? [at('roles', 'must not join web with another: what everybody reaches is not where data is')] : []),
  ];
}

function portProblems(instances: readonly string[]): Problem[] {
  return instances.flatMap((name, i) =>
    instances
      .slice(0, i)
      .filter((other) => vpcPort(0, other) === vpcPort(0, name))
      .map((other) => ({ path: ['instances', name], message: `gets the same ports as ${other}, because of its name: call it otherwise` })),
  );
}
