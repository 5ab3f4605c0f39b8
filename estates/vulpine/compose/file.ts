import { basename } from 'node:path';
import type { VulpineConfig } from '../../../config/vulpine';
import type { ContainerFile } from '../../../constructs/docker/container';
import { BRIDGE_OPTIONS, HEALTH, LOG, LOG_DRIVER, RESTART, SECURITY, STOP_SECONDS } from '../../../constructs/docker/settings';
import { type ContainerDefinition, definitionOf, volumeName } from '../containers/definition';
import { placedOn } from '../containers/plan';
import { HOST_FOLDER } from '../containers/secrets';
import { type ContainerTable, EXTERNAL, IPV4_NAT, VOLUME_NAMES } from '../containers/spec';
import { CONTAINERS, withStreamingInside } from '../containers/table';
import { lockedImages } from '../images';
import { nginxFor } from '../nginx/beside';
import { nginxFiles } from '../nginx/config';
import { type ComposeOptions, composeOptions, localDomain } from './options';

/** Where the files of containers are, beside the Compose file. */
const FILES = './files';

export interface Compose {
  /** The Compose file, to be written as YAML. */
  readonly file: ComposeFile;
  /** What it mounts of files that are generated too, by path from its folder. */
  readonly files: ReadonlyMap<string, string>;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, ComposeNetwork>>;
  readonly volumes: Readonly<Record<string, { readonly name: string }>>;
}

type Options = ReturnType<typeof composeOptions.parse>;
type Service = ReturnType<typeof serviceOf>;
type ComposeNetwork = ReturnType<typeof networkOf>;

/** Everything of topology `single`, for an engine on one's own machine: from the same table, by the same names, in the same networks. */
export function composeOf(
  { shared, prod }: VulpineConfig,
  given: ComposeOptions = {},
  { table: full = CONTAINERS, locked = lockedImages() }: { readonly table?: ContainerTable; readonly locked?: Readonly<Record<string, string>> } = {},
): Compose {
  const options = composeOptions.parse(given);
  const table = prod.streamingNeedsExternal ? full : withStreamingInside(full);
  const instances = Object.fromEntries(Object.entries(prod.instances).map(([name, instance]) => [name, { ...instance, domain: localDomain(name) }]));
  const nginx = nginxFiles(nginxFor(table, { instances, certificates: { challenge: 'http' } }));
  const definitions = placedOn(table, instances).map((placed) =>
    definitionOf(placed, {
      ...(placed.instance !== undefined && { variables: { LOCAL_DOMAIN: localDomain(placed.instance) } }),
      ...(placed.of === 'nginx' && { files: nginx }),
    }),
  );
  const image = (name: ContainerDefinition['image']) => {
    const digest = locked[shared.images[name]];
    return digest === undefined ? shared.images[name] : `${shared.images[name]}@${digest}`;
  };
  const networks = new Map(definitions.flatMap(({ networks }) => networks.map(({ name, network }) => [name, network] as const)));
  return {
    file: {
      services: Object.fromEntries(definitions.map((one) => [one.name, serviceOf(one, image(one.image), options)])),
      networks: Object.fromEntries([...networks].map(([name, network]) => [name, networkOf(name, network === EXTERNAL, options)])),
      volumes: Object.fromEntries(
        Object.keys(instances).flatMap((instance) => VOLUME_NAMES.map((volume) => [volumeName(volume, instance), { name: volumeName(volume, instance) }])),
      ),
    },
    files: new Map(definitions.flatMap(({ files = [] }) => files.map((file) => [localFile(file), file.content] as const))),
  };
}

function serviceOf(definition: ContainerDefinition, image: string, options: Options) {
  const { name, networks, memoryMb, healthCheck, user, entrypoint, command, environment, mounts, files = [], capabilities = [], published } = definition;
  const { test, intervalSeconds = HEALTH.intervalSeconds, timeoutSeconds = HEALTH.timeoutSeconds, startSeconds = HEALTH.startSeconds } = healthCheck;
  const binds = files.map((file) => ({ type: 'bind', source: localFile(file), target: file.path, read_only: true }));
  const address = options.address.includes(':') ? `[${options.address}]` : options.address;
  return {
    container_name: name,
    image,
    restart: RESTART,
    init: true,
    ...(user !== undefined && { user }),
    ...(entrypoint && { entrypoint: entrypoint.map(literal) }),
    ...(command && { command: command.map(literal) }),
    environment: Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, literal(value)])),
    mem_limit: `${memoryMb}m`,
    memswap_limit: `${memoryMb}m`,
    healthcheck: {
      test: test.map(literal),
      interval: `${intervalSeconds}s`,
      timeout: `${timeoutSeconds}s`,
      start_period: `${startSeconds}s`,
      retries: HEALTH.retries,
    },
    logging: { driver: LOG_DRIVER, options: { ...LOG } },
    cap_drop: ['ALL'],
    ...(capabilities.length > 0 && { cap_add: [...capabilities] }),
    security_opt: [...SECURITY],
    stop_grace_period: `${definition.stopSeconds ?? STOP_SECONDS}s`,
    networks: Object.fromEntries(
      networks.map(({ name: network, aliases, ipv6Number }) => [
        network,
        { ...(aliases.length > 0 && { aliases: [...aliases] }), ...(ipv6Number !== undefined && { ipv6_address: addressIn(options.ipv6Prefix, ipv6Number) }) },
      ]),
    ),
    volumes: [
      ...mounts.map(({ from, to, readOnly }) => ({
        ...('folder' in from ? { type: 'bind', source: localFolder(from.folder) } : { type: 'volume', source: from.volume }),
        target: to,
        read_only: readOnly,
      })),
      ...binds,
    ],
    ...(published && { ports: published.ports.map((port) => `${address}:${portOf(name, port, options)}:${port}`) }),
  };
}

function networkOf(name: string, isExternal: boolean, { ipv6Prefix }: Options) {
  if (!isExternal) return { name, driver: 'bridge', internal: true, driver_opts: { ...BRIDGE_OPTIONS.internal } };
  return {
    name,
    driver: 'bridge',
    enable_ipv6: true,
    // IPv6 behind NAT, too: nobody outside knows the way to a local prefix, and answers would get lost
    driver_opts: { ...BRIDGE_OPTIONS.external },
    ipam: { config: [{ subnet: IPV4_NAT }, { subnet: ipv6Prefix }] },
  };
}

function portOf(name: string, port: number, { http, https }: Options): number {
  const found = { 80: http, 443: https }[port];
  if (found === undefined) throw new Error(`${name} publishes ${port}, and a local run knows 80 and 443 only`);
  return found;
}

/** A folder of the host's, beside the Compose file. */
export function localFolder(folder: string): string {
  return folder.startsWith(`${HOST_FOLDER}/`) ? `./secrets${folder.slice(HOST_FOLDER.length)}` : `./host/${basename(folder)}`;
}

const localFile = ({ path }: ContainerFile) => `${FILES}${path}`;

/** Compose puts variables of the caller's in the place of what begins with a dollar. */
const literal = (text: string) => text.replaceAll('$', '$$$$');

function addressIn(prefix: string, number: number): string {
  return `${prefix.replace(/\/64$/, '')}${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`;
}
