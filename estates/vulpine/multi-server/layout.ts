import { CONTAINER_NAMES, type ContainerName, type VulpineConfig } from '../../../config/vulpine';
import { vpcPort } from '../../../config/vulpine/multi-server';
import { networkName, type Placed, placedOn } from '../containers/plan';
import { type ContainerTable, EXTERNAL, NETWORK_NAMES, type NetworkName } from '../containers/spec';
import type { Relay } from './relay';
import { hostsWith, ROLE_OF, vpcAddressOf } from './roles';

/** What runs on one host. */
export interface HostLayout {
  readonly placed: readonly Placed[];
  /** What leads from its containers to those of other hosts, and the other way round. */
  readonly relays: readonly Relay[];
  /** What is missing on it, or cannot be led on. */
  readonly problems: readonly string[];
}

type Environment = Pick<VulpineConfig['prod'], 'hosts' | 'instances'>;

/** Everything of the table, each on its host: by role, replicas in turn. What talks across hosts follows from who talks to whom. */
export function layoutOf(table: ContainerTable, { hosts, instances }: Environment): ReadonlyMap<string, HostLayout> {
  const placed = new Map(Object.keys(hosts).map((label): [string, Placed[]] => [label, []]));
  const counted = new Map<string, number>();
  for (const one of placedOn(table, instances)) {
    const labels = hostsWith(ROLE_OF[one.of], hosts);
    const key = `${one.instance} ${one.of}`;
    const turn = counted.get(key) ?? 0;
    counted.set(key, turn + 1);
    const chosen = table[one.of].per === 'host' ? labels : labels.slice(turn % labels.length, (turn % labels.length) + 1);
    for (const label of chosen) placed.get(label)?.push(one);
  }
  const wanted = new Map([...placed].map(([label, here]) => [label, elsewhere(table, here, Object.keys(instances))]));
  return new Map(
    [...placed].map(([label, here]) => {
      const own = wanted.get(label) ?? [];
      const out = own.filter(isLed);
      const missing = own.filter((one) => !isLed(one));
      const others = [...wanted].flatMap(([other, needs]) => (other === label ? [] : needs.filter(isLed)));
      const incoming = others.filter(({ to, instance }) => here.some((one) => one.of === to && one.instance === instance));
      return [
        label,
        {
          placed: here,
          relays: [...relays(table, out, (to) => vpcAddressOf(hostsWith(ROLE_OF[to], hosts)[0] as string, hosts)), ...gates(table, incoming)],
          problems: [...new Set([...missingProblems(missing, label), ...tableProblems(table, [...out, ...incoming])])],
        },
      ];
    }),
  );
}

/** Something that a host's container needs and the host has not. */
interface Across {
  readonly instance: string;
  readonly by: ContainerName;
  readonly to: ContainerName;
}

/** Who has the same role is on the same host, or missing there. */
const isLed = ({ by, to }: Across) => ROLE_OF[by] !== ROLE_OF[to];

function elsewhere(table: ContainerTable, here: readonly Placed[], instances: readonly string[]): Across[] {
  return here.flatMap(({ of: by, instance }) =>
    (instance === undefined ? instances : [instance]).flatMap((owner) =>
      CONTAINER_NAMES.filter((to) => to in table[by].talksTo && !here.some((other) => other.of === to && other.instance === owner)).map((to) => ({
        instance: owner,
        by,
        to,
      })),
    ),
  );
}

/** By instance and the container that they lead to, each once, in the table's order. */
function leads(all: readonly Across[]): Pick<Across, 'instance' | 'to'>[] {
  const instances = [...new Set(all.map(({ instance }) => instance))];
  return instances.flatMap((instance) =>
    CONTAINER_NAMES.filter((to) => all.some((one) => one.instance === instance && one.to === to)).map((to) => ({ instance, to })),
  );
}

function relays(table: ContainerTable, out: readonly Across[], addressOf: (to: ContainerName) => string): Relay[] {
  return leads(out).map(({ instance, to }) => ({
    name: `${instance}-${to}-relay`,
    instance,
    to,
    networks: meetingPlaces(table, to, out).map((network) => ({ name: networkName(network, instance), aliases: table[to].networks[network]?.aliases ?? [] })),
    port: portOf(table, to),
    upstream: `${addressOf(to)}:${hostPort(to, instance)}`,
  }));
}

function gates(table: ContainerTable, incoming: readonly Across[]): Relay[] {
  return leads(incoming).map(({ instance, to }) => {
    const networks = meetingPlaces(table, to, incoming);
    const name = networks.flatMap((network) => table[to].networks[network]?.aliases ?? [])[0] ?? to;
    return {
      name: `${instance}-${to}-gate`,
      instance,
      to,
      networks: networks.map((network) => ({ name: networkName(network, instance), aliases: [] })),
      port: portOf(table, to),
      upstream: `${name}:${portOf(table, to)}`,
      publishedAs: hostPort(to, instance),
    };
  });
}

const portOf = (table: ContainerTable, to: ContainerName) => table[to].listensOn?.[0] ?? 0;
/** Port of its host that leads to an instance's container. */
export const hostPort = (to: ContainerName, instance: string) => vpcPort(CONTAINER_NAMES.indexOf(to), instance);

/** Networks that a container and those that talk to it have in common. */
function meetingPlaces(table: ContainerTable, to: ContainerName, all: readonly Across[]): NetworkName[] {
  const callers = new Set(all.filter((one) => one.to === to).map(({ by }) => by));
  return NETWORK_NAMES.filter((network) => network !== EXTERNAL && table[to].networks[network] && [...callers].some((by) => table[by].networks[network]));
}

function missingProblems(missing: readonly Across[], label: string): string[] {
  return missing.map(({ to, instance }) => `no ${to} of ${instance} is on ${label}: give it a replica for each host with the role ${ROLE_OF[to]}`);
}

function tableProblems(table: ContainerTable, all: readonly Across[]): string[] {
  return leads(all).flatMap(({ to }) => [
    ...(table[to].listensOn?.length === 1 ? [] : [`${to} is on another host than who talks to it, and listens on several ports or none: one can be led on`]),
    ...meetingPlaces(table, to, all)
      .filter((network) => (table[to].networks[network]?.aliases ?? []).length === 0)
      .map((network) => `${to} is on another host than who talks to it, and has no alias in ${network} for which a relay could stand`),
  ]);
}
