import { CONTAINER_NAMES, type ContainerName, HOST_MEMORY_MB, type VulpineInstance } from '../../../config/vulpine';
import { type ContainerSpec, type ContainerTable, EXTERNAL, NETWORK_NAMES, type NetworkName, type Peer } from './spec';

/** One container that runs. */
export interface Placed {
  /** On the engine: `vulpine-web-2`, `nginx`. */
  readonly name: string;
  readonly of: ContainerName;
  /** Whose it is. @default the host's, for all instances */
  readonly instance?: string;
  readonly spec: ContainerSpec;
  readonly networks: readonly PlacedNetwork[];
}

export interface PlacedNetwork {
  readonly network: NetworkName;
  /** Whose it is. @default the host's */
  readonly instance?: string;
  /** On the engine: `vulpine_db_network`, `external_network`. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly ipv6Number?: number;
}

/** MB of a host that are not for containers: the system, the engine, and what a shell takes. */
export const RESERVED_MB = 768;

type Instances = Readonly<Record<string, VulpineInstance>>;

export const networkName = (network: NetworkName, instance?: string) => (instance === undefined ? network : `${instance}_${network}`);

/** Every container of one host with these instances, in the table's order. */
export function placedOn(table: ContainerTable, instances: Instances): Placed[] {
  const names = Object.keys(instances);
  return CONTAINER_NAMES.flatMap((of) => {
    if (table[of].per === 'host') return replicasOf(of, table[of], names);
    return Object.entries(instances).flatMap(([instance, { containers }]) => {
      const { replicas = table[of].replicas, memoryMb = table[of].memoryMb } = of === 'nginx' ? {} : (containers[of] ?? {});
      return replicasOf(of, { ...table[of], ...sized(table[of], memoryMb), replicas }, [instance], instance);
    });
  });
}

/** Its limit, and what of it follows from that: a program that thinks it has more is killed, one that thinks it has less wastes it. */
function sized({ byMemory, environment }: ContainerSpec, memoryMb: number): Partial<ContainerSpec> {
  const more = byMemory?.(memoryMb) ?? {};
  return { memoryMb, ...more, ...(more.environment && { environment: { ...more.environment, ...environment } }) };
}

function replicasOf(of: ContainerName, spec: ContainerSpec, instances: readonly string[], instance?: string): Placed[] {
  const stem = instance === undefined ? of : `${instance}-${of}`;
  const networks = NETWORK_NAMES.flatMap((network) => {
    const use = spec.networks[network];
    if (!use) return [];
    const owners = network === EXTERNAL ? [undefined] : instances;
    return owners.map((owner): PlacedNetwork => {
      // nginx is in the networks of all instances: there a plain name would be everybody's
      const aliases = (use.aliases ?? []).flatMap((alias) => (network === 'internal_network' ? [alias, `${owner}_${alias}`] : [alias]));
      return {
        network,
        name: networkName(network, owner),
        aliases,
        ...(owner !== undefined && { instance: owner }),
        ...(use.ipv6Number !== undefined && { ipv6Number: use.ipv6Number }),
      };
    });
  });
  const placed = { of, spec, networks, ...(instance !== undefined && { instance }) };
  return Array.from({ length: spec.replicas }, (_, i) => ({ ...placed, name: spec.per === 'host' ? stem : `${stem}-${i + 1}` }));
}

/** What is wrong with a table, or with so much of it on one host; nothing when it is right. */
export function problemsOf(table: ContainerTable, placed: readonly Limited[], hostType: string): string[] {
  return [...tableProblems(table), ...memoryProblems(placed, hostType)];
}

/** What is wrong with a table, wherever it runs. */
export const tableProblems = (table: ContainerTable): string[] => CONTAINER_NAMES.flatMap((name) => networkProblems(name, table));

/** A container is in each network that it needs, and in no other. */
function networkProblems(name: ContainerName, table: ContainerTable): string[] {
  const { networks, talksTo, published } = table[name];
  const own = NETWORK_NAMES.filter((network) => networks[network]);
  const shared = (peer: Peer) => own.filter((network) => (peer === 'internet' ? network === EXTERNAL : network !== EXTERNAL && table[peer].networks[network]));
  const peers = Object.keys(talksTo) as Peer[];
  const callers = CONTAINER_NAMES.filter((other) => name in table[other].talksTo);
  const needed = new Set([...peers, ...callers].flatMap(shared));
  return [
    ...peers.filter((peer) => shared(peer).length === 0).map((peer) => `${name} talks to ${peer} and shares no network with it`),
    ...peers
      .filter((peer) => peer !== 'internet' && (table[peer].listensOn ?? []).length === 0)
      .map((peer) => `${name} talks to ${peer}, which listens nowhere: give it listensOn`),
    ...own.filter((network) => !needed.has(network)).map((network) => `${name} is in ${network} for nothing: take it out, or say in talksTo what for`),
    ...(published !== undefined && !networks[EXTERNAL] ? [`${name} is published and not in ${EXTERNAL}`] : []),
    ...own
      .filter((network) => network !== EXTERNAL && networks[network]?.ipv6Number !== undefined)
      .map((network) => `${name} has an address in ${network}, which has no prefix: only ${EXTERNAL} has`),
  ];
}

/** What keeps something of its own is there once: two programs in one volume destroy what is in it. Media are files, which several may write. */
export function volumeProblems(placed: readonly Placed[]): string[] {
  const keeps = ({ spec: { volumes = {} } }: Placed) =>
    Object.values(volumes).flatMap(({ from, readOnly = true }) => ('volume' in from && !readOnly && from.volume !== 'media' ? [from.volume] : []));
  return placed
    .filter((one) => one.name.endsWith('-2') && keeps(one).length > 0)
    .map((one) => `${one.of} of ${one.instance} keeps ${keeps(one).join(' and ')} in a volume, and there are ${one.spec.replicas} of it: let there be one`);
}

/** What takes memory on a host. */
type Limited = { readonly instance?: string; readonly spec: Pick<ContainerSpec, 'memoryMb'> };

function memoryProblems(placed: readonly Limited[], hostType: string): string[] {
  const wanted = placed.reduce((sum, { spec }) => sum + spec.memoryMb, 0);
  const there = (HOST_MEMORY_MB[hostType] ?? 0) - RESERVED_MB;
  if (wanted <= there) return [];
  const instances = new Set(placed.flatMap(({ instance }) => instance ?? []));
  return [
    `${placed.length} containers of ${[...instances].join(' and ')} may take ${wanted} MB, and a ${hostType} has ${there} MB for them (${RESERVED_MB} MB are the system's): ` +
      'choose a bigger type, or less in containers.<name>.replicas or memoryMb',
  ];
}
