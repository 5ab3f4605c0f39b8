import { Container as DockerContainer } from '@cdktf/provider-docker/lib/container';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { templateText } from '../core/template-text';
import type { Image } from './image';
import type { Network } from './network';
import { labelsOf } from './provider';
import { HEALTH, LOG, LOG_DRIVER, RESTART, SECURITY, STOP_SECONDS } from './settings';
import type { Volume } from './volume';

export interface HealthCheck {
  /** As docker takes it: `['CMD', ...]`, or `['CMD-SHELL', line]`. */
  readonly test: readonly string[];
  /** @default 30 */
  readonly intervalSeconds?: number;
  /** @default 10 */
  readonly timeoutSeconds?: number;
  /** Failures in this time after the start do not count. @default 60 */
  readonly startSeconds?: number;
}

export interface Attachment {
  readonly network: Network;
  /** Names of it in that network, beside its own. @default none */
  readonly aliases?: readonly string[];
  /** Number of its address in an external network's prefix. @default any */
  readonly ipv6Number?: number;
}

export interface Mount {
  /** A volume, or a folder of the host's. */
  readonly from: Volume | { readonly folder: string };
  readonly to: string;
  /** @default true */
  readonly readOnly?: boolean;
}

export interface Publication {
  /** Of the container; those of the host are the same, or said beside. */
  readonly ports: readonly (number | { readonly container: number; readonly host: number })[];
  /** The host's private address, if they answer at that only. @default all addresses that it has */
  readonly address?: string;
  /** Why others than containers reach them. */
  readonly reason: string;
}

export interface ContainerFile {
  /** In a folder that the image has. */
  readonly path: string;
  readonly content: string;
}

export interface ContainerProps {
  readonly name: string;
  readonly image: Image;
  /** At least one. */
  readonly networks: readonly Attachment[];
  /** Limit, in MB. It has no swap beside it. */
  readonly memoryMb: number;
  readonly healthCheck: HealthCheck;
  /** What starts first, under docker's own init. @default the image's own */
  readonly entrypoint?: readonly string[];
  /** @default the image's own */
  readonly command?: readonly string[];
  /** Who it starts as. @default the image's own */
  readonly user?: string;
  /** Never a secret: it stands in the state, and `docker inspect` shows it. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  readonly mounts?: readonly Mount[];
  /** Put into it before it starts, for everybody in it to read. Never a secret: they stand in the state. Another content is another container. @default none */
  readonly files?: readonly ContainerFile[];
  /** Ports of the host that lead to it. @default none */
  readonly published?: Publication;
  /** Settings of its own part of the kernel. @default the host's */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** What its program may do of what root can. @default nothing */
  readonly capabilities?: readonly string[];
  /** Seconds that it gets to end by itself. @default 30 */
  readonly stopSeconds?: number;
}

/** A program in a container that starts again when it ends, or the host does. */
export class Container extends Construct {
  constructor(scope: Construct, id: string, props: ContainerProps) {
    super(scope, id);
    const {
      name,
      image,
      networks,
      memoryMb,
      healthCheck,
      entrypoint,
      command,
      environment = {},
      mounts = [],
      files = [],
      published,
      capabilities = [],
    } = props;
    const { user, stopSeconds = STOP_SECONDS, sysctls } = props;
    if (networks.length === 0) throw new Error(`${this.node.path}: docker would put it in its default network, where everything meets; name a network`);

    const stack = EstateStack.of(this);
    const { test, intervalSeconds = HEALTH.intervalSeconds, timeoutSeconds = HEALTH.timeoutSeconds, startSeconds = HEALTH.startSeconds } = healthCheck;
    const container = new DockerContainer(this, 'resource', {
      name,
      image: image.id,
      restart: RESTART,
      init: true, // it reaps what is left over, and hands signals on
      ...(user && { user }),
      memory: memoryMb,
      memorySwap: memoryMb, // as much as memory: none beside it
      ...(entrypoint && { entrypoint: entrypoint.map(templateText) }),
      ...(command && { command: command.map(templateText) }),
      env: Object.entries(environment).map(([key, value]) => `${key}=${value}`),
      healthcheck: {
        test: test.map(templateText),
        interval: seconds(intervalSeconds),
        timeout: seconds(timeoutSeconds),
        startPeriod: seconds(startSeconds),
        retries: HEALTH.retries,
      },
      logDriver: LOG_DRIVER,
      logOpts: LOG,
      capabilities: { drop: ['ALL'], ...(capabilities.length > 0 && { add: [...capabilities] }) },
      securityOpts: [...SECURITY],
      stopTimeout: stopSeconds,
      destroyGraceSeconds: stopSeconds,
      networksAdvanced: networks.map(({ network, aliases = [], ipv6Number }) => ({
        name: network.reference,
        ...(aliases.length > 0 && { aliases: [...aliases] }),
        ...(ipv6Number !== undefined && { ipv6Address: network.ipv6Address(ipv6Number) }),
      })),
      mounts: mounts.map(({ from, to, readOnly = true }) => ({
        target: to,
        readOnly,
        ...('folder' in from ? { type: 'bind', source: from.folder } : { type: 'volume', source: from.reference }),
      })),
      ...(files.length > 0 && { upload: files.map(({ path, content }) => ({ file: path, content: templateText(content) })) }),
      ...(published && { ports: portsOf(published) }),
      ...(sysctls && { sysctls: { ...sysctls } }),
      labels: labelsOf(stack),
    });
    if (published && published.address === undefined) stack.suppress('docker-no-published-port', container, published.reason);
  }
}

function portsOf({ ports, address }: Publication) {
  return ports.map((port) => {
    const { container, host } = typeof port === 'number' ? { container: port, host: port } : port;
    return { internal: container, external: host, protocol: 'tcp', ...(address !== undefined && { ip: address }) };
  });
}

/** As the engine says it back: another spelling of the same time would be a difference for good. */
function seconds(count: number): string {
  const [hours, minutes] = [Math.floor(count / 3600), Math.floor((count % 3600) / 60)];
  if (hours > 0) return `${hours}h${minutes}m${count % 60}s`;
  return minutes > 0 ? `${minutes}m${count % 60}s` : `${count}s`;
}
