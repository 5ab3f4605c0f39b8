import type { EstateStack } from '../../../constructs/core/estate-stack';
import { Container } from '../../../constructs/docker/container';
import type { Image } from '../../../constructs/docker/image';
import { Network } from '../../../constructs/docker/network';
import { RELAY_FILE, RELAY_MEMORY_MB, RELAY_START, RELAY_SYSCTLS, type Relay, relayConfig, VPC_NETWORK } from './relay';

export interface RelayHost {
  /** The host's, in the private network. */
  readonly address: string;
  /** By name on the engine. */
  readonly networks: ReadonlyMap<string, Network>;
  readonly image: Image;
}

/** Relays of a host, and the network by which they reach other hosts, or are reached: a host does one or the other. */
export function placeRelays(stack: EstateStack, relays: readonly Relay[], { address, networks, image }: RelayHost): void {
  const leadsOut = relays.some(({ publishedAs }) => publishedAs === undefined);
  const between = new Network(stack, VPC_NETWORK.replaceAll('_', '-'), {
    name: VPC_NETWORK,
    between: { reason: leadsOut ? 'relays reach other hosts by it' : 'other hosts reach relays by it', ...(leadsOut && { source: address }) },
  });
  for (const relay of relays) {
    const { name, port, publishedAs, to } = relay;
    new Container(stack, name, {
      ...RELAY_START,
      name,
      image,
      networks: [{ network: between }, ...relay.networks.map((use) => ({ network: networks.get(use.name) as Network, aliases: use.aliases }))],
      memoryMb: RELAY_MEMORY_MB,
      healthCheck: { test: ['CMD', 'nc', '-z', '127.0.0.1', `${port}`] },
      files: [{ path: RELAY_FILE, content: relayConfig(relay) }],
      sysctls: RELAY_SYSCTLS,
      ...(publishedAs !== undefined && {
        published: { ports: [{ container: port, host: publishedAs }], address, reason: `web hosts reach ${to} by it` },
      }),
    });
  }
}
