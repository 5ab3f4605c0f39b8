import { knownDocker } from './docker-known';
import { resourcesOf } from './synth';

type Family = 'ipv4' | 'ipv6';

interface Bridge {
  readonly name: string;
  readonly internal: boolean;
  readonly ipv6: boolean;
  readonly options: Readonly<Record<string, string>>;
}

interface Resource {
  readonly name: string;
  readonly networks_advanced: readonly { readonly name: string; readonly aliases?: readonly string[] }[];
  readonly ports?: readonly { readonly external: number }[];
}

/** Who reaches whom, by what docker makes of a stack's networks: read from its JSON, with nothing of the estate's own. */
export class DockerReach {
  readonly containers: readonly Resource[];
  private readonly bridges: ReadonlyMap<string, Bridge>;

  constructor(private readonly json: string | undefined) {
    knownDocker(json);
    this.containers = resourcesOf(json, 'docker_container') as unknown as Resource[];
    const networks = JSON.parse(json ?? '{}').resource.docker_network as Record<string, Bridge>;
    this.bridges = new Map(Object.entries(networks).map(([id, bridge]) => [`\${docker_network.${id}.name}`, bridge]));
  }

  /** Other containers that a container reaches. */
  from(name: string, family: Family): string[] {
    const own = new Set(this.networksOf(name).filter((bridge) => this.connects(bridge, family)));
    return this.containers
      .filter((other) => other.name !== name && this.networksOf(other.name).some((bridge) => own.has(bridge)))
      .map((other) => other.name)
      .sort();
  }

  /** Whether one reaches another at its address in this network. */
  shares(from: string, to: string, network: string | undefined, family: Family): boolean {
    const common = this.networksOf(to).filter((bridge) => bridge.name === network && this.networksOf(from).includes(bridge));
    return common.some((bridge) => this.connects(bridge, family));
  }

  /** Containers with a way out. */
  outward(family: Family): string[] {
    return this.containers
      .filter(({ name }) => this.networksOf(name).some(({ internal, ipv6 }) => !internal && (family === 'ipv4' || ipv6)))
      .map(({ name }) => name)
      .sort();
  }

  /** Containers whose IPv6 address is seen outside: docker routes to it, and rewrites nothing. */
  asItself(): string[] {
    const isRouted = ({ internal, ipv6, options }: Bridge) => !internal && ipv6 && options['com.docker.network.bridge.gateway_mode_ipv6'] === 'routed';
    return this.containers
      .filter(({ name }) => this.networksOf(name).some(isRouted))
      .map(({ name }) => name)
      .sort();
  }

  /** Containers that are in a network in which the host has an address of its own. */
  toHost(): string[] {
    const withHost = ({ options }: Bridge) => options['com.docker.network.bridge.gateway_mode_ipv4'] !== 'isolated';
    return this.containers.filter(({ name }) => this.networksOf(name).some(withHost)).map(({ name }) => name);
  }

  /** Ports of the host, and whose they are. */
  published(): string[] {
    return this.containers.flatMap(({ name, ports = [] }) => ports.map(({ external }) => `${name}:${external}`)).sort();
  }

  /** Networks that a container is in. */
  namesOfNetworks(name: string): string[] {
    return this.networksOf(name)
      .map((bridge) => bridge.name)
      .sort();
  }

  /** Names that containers have beside their own. */
  aliases(): string[] {
    return [...new Set(this.containers.flatMap(({ networks_advanced }) => networks_advanced.flatMap(({ aliases = [] }) => aliases)))].sort();
  }

  /** Containers that a name stands for, to one that asks in its own networks. In more than one of them it is nobody's: docker answers by one. */
  resolve(asker: string, alias: string): string[] {
    const ways = this.ways(asker, alias);
    return [...new Set(ways.flat())].sort();
  }

  /** The same, network by network: those that have an answer. */
  ways(asker: string, alias: string): string[][] {
    return this.networksOf(asker)
      .map((network) =>
        this.containers
          .filter((other) =>
            other.networks_advanced.some(({ name, aliases = [] }) => this.bridge(name) === network && [other.name, ...aliases].includes(alias)),
          )
          .map(({ name }) => name)
          .sort(),
      )
      .filter((found) => found.length > 0);
  }

  private networksOf(name: string): Bridge[] {
    return (this.containers.find((one) => one.name === name)?.networks_advanced ?? []).map((use) => this.bridge(use.name));
  }

  private bridge(reference: string): Bridge {
    const found = this.bridges.get(reference);
    if (!found) throw new Error(`no network ${reference} in ${this.json?.slice(0, 80)}`);
    return found;
  }

  /** Docker lets containers of one bridge talk, unless it is told not to. */
  private connects({ options, ipv6 }: Bridge, family: Family): boolean {
    return options['com.docker.network.bridge.enable_icc'] !== 'false' && (family === 'ipv4' || ipv6);
  }
}
