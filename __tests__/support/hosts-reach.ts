import { BlockList } from 'node:net';
import { DockerReach } from './docker-reach';
import { parse, resourcesOf } from './synth';

type Family = 'ipv4' | 'ipv6';

interface Rule {
  readonly protocol: string;
  readonly action: string;
  readonly ports?: string;
  readonly ipv4?: readonly string[];
  readonly ipv6?: readonly string[];
}

interface Bridge {
  readonly internal: boolean;
  readonly ipv6: boolean;
  readonly options: Readonly<Record<string, string>>;
}

interface Container {
  readonly name: string;
  readonly networks_advanced: readonly { readonly name: string }[];
  readonly ports?: readonly { readonly internal: number; readonly external: number; readonly ip?: string }[];
  readonly upload?: readonly { readonly content: string }[];
}

interface Host {
  readonly label: string;
  /** In the private network. */
  readonly address: string;
  readonly rules: readonly Rule[];
  readonly docker: DockerReach;
  readonly bridges: ReadonlyMap<string, Bridge>;
  readonly containers: readonly Container[];
}

/** A container where it is. */
interface Spot {
  readonly host: Host;
  readonly container: Container;
}

/** Where connections come from, when they are no host's of the private network. Nobody's: documents have these addresses. */
const SOMEBODY = { ipv4: '198.51.100.7', ipv6: '3fff:7::7' } as const;
/** A host's own address in the Internet is known to Terraform only. */
const A_HOST = { ipv4: '203.0.113.77', ipv6: '3fff:77::77' } as const;

const nameOf = ({ host, container }: Spot) => `${container.name}@${host.label}`;
const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

/**
 * Who reaches whom over several hosts: docker's networks in each, the addresses that leave them, ports that hosts publish, firewalls in
 * front of hosts, what relays lead on, and the balancer before all. Read from the JSON of all stacks, with nothing of the estate's own.
 */
export class HostsReach {
  readonly hosts: readonly Host[];
  private readonly hostStack: string;

  constructor(stacks: ReadonlyMap<string, string>) {
    const found = [...stacks.values()].find((json) => resourcesOf(json, 'linode_instance').length > 0);
    if (found === undefined) throw new Error('no stack has a linode_instance');
    this.hostStack = found;
    const engines = [...stacks.values()].filter((json) => resourcesOf(json, 'docker_container').length > 0);
    this.hosts = Object.entries(parse(found).resource?.linode_instance ?? {}).map(([id, machine]) => this.host(id, machine, engines));
  }

  /** All but those that only lead on, `name@host`. */
  get containers(): string[] {
    return sorted(this.spots().filter(isProgram).map(nameOf));
  }

  get relays(): string[] {
    return sorted(
      this.spots()
        .filter((spot) => !isProgram(spot))
        .map(nameOf),
    );
  }

  /** Other containers that a container reaches; those that lead on count for what they lead to, and what everybody reaches does not count. */
  from(name: string, family: Family): string[] {
    const spot = this.spot(name);
    const everybodys = new Set(this.incoming().map((line) => line.split(' -> ')[1]));
    const reached = new Map<string, Spot>();
    for (const next of [...this.neighbours(spot, family), ...this.acrossHosts(spot, family, () => true)]) this.follow(next, reached, 0);
    return sorted([...reached.values()].filter(isProgram).map(nameOf)).filter((other) => other !== name && !everybodys.has(other));
  }

  /** Published ports of other hosts that a container comes to, whatever its program is made for: who breaks into it has these. */
  atHand(name: string): string[] {
    const spot = this.spot(name);
    return sorted(
      this.acrossHosts(spot, 'ipv4', (host) => host !== spot.host)
        .filter(({ host }) => host !== spot.host)
        .map(nameOf),
    );
  }

  /** Containers with a way out. */
  outward(family: Family): string[] {
    const leaves = (spot: Spot) =>
      this.ways(spot).some((bridge) => (family === 'ipv6' ? bridge.ipv6 : ['public', 'either'].includes(sourceOf(bridge, spot.host))));
    return sorted(this.spots().filter(leaves).map(nameOf));
  }

  /** Containers that are in a network in which their host has an address. */
  toHost(): string[] {
    return sorted(this.hosts.flatMap(({ docker, label }) => docker.toHost().map((name) => `${name}@${label}`)));
  }

  /** Ports of hosts, at which address, and whose they are. */
  published(): string[] {
    const at = (host: Host, ip: string | undefined) => (ip === host.address ? 'private' : (ip ?? 'all'));
    return sorted(
      this.spots().flatMap(({ host, container }) =>
        (container.ports ?? []).map(({ internal, external, ip }) => `${host.label} ${at(host, ip)} ${external} -> ${container.name}:${internal}`),
      ),
    );
  }

  /** What comes in from anywhere, and where it ends: by the balancer, or past it. */
  incoming(): string[] {
    const [balancer] = resourcesOf(this.hostStack, 'linode_nodebalancer');
    const past = this.hosts.flatMap((host) =>
      this.on(host).flatMap((spot) =>
        (spot.container.ports ?? []).flatMap(({ external, ip }) => {
          const four = ip !== host.address && accepts(host.rules, external, SOMEBODY.ipv4);
          const six = ip === undefined && this.ways(spot).some(({ ipv6 }) => ipv6) && accepts(host.rules, external, SOMEBODY.ipv6);
          return four || six ? [`${host.label}:${external} -> ${nameOf(spot)}`] : [];
        }),
      ),
    );
    if (!balancer) return sorted(past);
    const [{ ipv4_range }] = balancer.vpcs as [{ ipv4_range: string }];
    const source = ipv4_range.split('/')[0] as string;
    const rules = this.rulesOf(balancer.firewall_id);
    const configs = Object.entries(parse(this.hostStack).resource?.linode_nodebalancer_config ?? {});
    const led = resourcesOf(this.hostStack, 'linode_nodebalancer_node').flatMap(({ address, config_id }) => {
      const config = configs.find(([id]) => `${config_id}`.includes(`.${id}.`))?.[1];
      const port = Number(config?.port);
      const [ip = '', to] = `${address}`.split(':');
      const host = this.hosts.find((one) => one.address === ip);
      if (!host || !accepts(rules, port, SOMEBODY.ipv4) || !accepts(rules, port, SOMEBODY.ipv6)) return [];
      if (!accepts(host.rules, Number(to), source)) return [];
      return this.publishedAt(host, Number(to)).map((spot) => `balancer:${port} -> ${nameOf(spot)}`);
    });
    return sorted([...past, ...led]);
  }

  /** Whether a host answers an address at a port of its own, which no container has. */
  admits(label: string, port: number, address: string): boolean {
    const host = this.hosts.find((one) => one.label === label);
    if (!host) throw new Error(`no host ${label}`);
    return accepts(host.rules, port, address);
  }

  /** Programs that a name stands for, to a container that asks in its own networks. */
  resolve(name: string, alias: string): string[] {
    const asker = this.spot(name);
    const reached = new Map<string, Spot>();
    for (const found of asker.host.docker.resolve(asker.container.name, alias)) this.follow(this.spot(`${found}@${asker.host.label}`), reached, 0);
    return sorted([...reached.values()].filter(isProgram).map(nameOf));
  }

  /** A program ends it; what leads on leads to where its configuration says, if that is reached from there. */
  private follow(spot: Spot, reached: Map<string, Spot>, depth: number): void {
    if (depth > 8 || reached.has(nameOf(spot))) return;
    reached.set(nameOf(spot), spot);
    if (isProgram(spot)) return;
    for (const { content } of spot.container.upload ?? []) {
      for (const [, to = '', port] of content.matchAll(/(?:proxy_pass|set \$upstream) ([\w.-]+):(\d+);/g)) {
        const isAddress = /^[\d.]+$/.test(to);
        const near = this.neighbours(spot, 'ipv4').filter(
          ({ container }) => !isAddress && spot.host.docker.resolve(spot.container.name, to).includes(container.name),
        );
        const far = isAddress ? this.acrossHosts(spot, 'ipv4', (host, external) => host.address === to && external === Number(port)) : [];
        for (const next of [...near, ...far]) this.follow(next, reached, depth + 1);
      }
    }
  }

  private neighbours({ host, container }: Spot, family: Family): Spot[] {
    return host.docker.from(container.name, family).map((name) => this.spot(`${name}@${host.label}`));
  }

  /** Published ports that a container's packets come to. On its own host nothing is between; on another one that one's firewall is. */
  private acrossHosts(spot: Spot, family: Family, wanted: (host: Host, external: number) => boolean): Spot[] {
    return this.spots().filter((other) =>
      (other.container.ports ?? []).some(({ external, ip }) => {
        if (!wanted(other.host, external)) return false;
        return this.ways(spot).some((bridge) => {
          if (family === 'ipv6') {
            const answers = ip === undefined && this.ways(other).some((one) => one.ipv6);
            return bridge.ipv6 && answers && (other.host === spot.host || accepts(other.host.rules, external, A_HOST.ipv6));
          }
          if (other.host === spot.host) return true;
          const source = sourceOf(bridge, spot.host);
          const inside = source === 'none' ? undefined : source === 'public' ? A_HOST.ipv4 : spot.host.address;
          const outside = source === 'public' || source === 'either' ? A_HOST.ipv4 : undefined;
          const isInside = inside !== undefined && [other.host.address, '0.0.0.0', undefined].includes(ip) && accepts(other.host.rules, external, inside);
          return isInside || (outside !== undefined && ip !== other.host.address && accepts(other.host.rules, external, outside));
        });
      }),
    );
  }

  private publishedAt(host: Host, port: number): Spot[] {
    return this.on(host).filter(({ container }) =>
      (container.ports ?? []).some(({ external, ip }) => external === port && [host.address, '0.0.0.0', undefined].includes(ip)),
    );
  }

  /** Networks of a container from which something can leave the host, or come in. */
  private ways({ host, container }: Spot): Bridge[] {
    return container.networks_advanced.map(({ name }) => host.bridges.get(name) as Bridge).filter(({ internal }) => !internal);
  }

  private spots(): Spot[] {
    return this.hosts.flatMap((host) => this.on(host));
  }

  private on(host: Host): Spot[] {
    return host.containers.map((container) => ({ host, container }));
  }

  private spot(name: string): Spot {
    const found = this.spots().find((spot) => nameOf(spot) === name);
    if (!found) throw new Error(`no container ${name}`);
    return found;
  }

  private host(id: string, machine: Record<string, unknown>, engines: readonly string[]): Host {
    const label = `${machine.label}`;
    const json = engines.find((one) => this.isEngineOf(one, id));
    const inside = (machine.interface as { purpose: string; ipv4?: { vpc: string } }[] | undefined)?.find(({ purpose }) => purpose === 'vpc');
    if (json === undefined || !inside?.ipv4) throw new Error(`${label} has no containers, or no address in a private network`);
    const bridges = Object.entries(parse(json).resource?.docker_network ?? {}).map(([key, bridge]) => [`\${docker_network.${key}.name}`, bridge] as const);
    return {
      label,
      address: inside.ipv4.vpc,
      rules: this.rulesOf(machine.firewall_id),
      docker: new DockerReach(json),
      bridges: new Map(bridges) as unknown as ReadonlyMap<string, Bridge>,
      containers: (resourcesOf(json, 'docker_container') as unknown as Container[]).map((one) => resolved(one)),
    };
  }

  /** A stack speaks to the engine at an address that the stack of hosts published, of one machine. */
  private isEngineOf(json: string, id: string): boolean {
    const [, output = ''] = /outputs\.(\w+_IPV4)\}/.exec(`${parse(json).provider?.docker?.[0]?.host}`) ?? [];
    return `${parse(this.hostStack).output?.[output]?.value}`.includes(`linode_instance.${id}.`);
  }

  private rulesOf(reference: unknown): Rule[] {
    const firewalls = Object.entries(parse(this.hostStack).resource?.linode_firewall ?? {});
    const found = firewalls.find(([id]) => `${reference}`.includes(`linode_firewall.${id}.`))?.[1];
    if (!found) throw new Error(`no firewall ${reference}`);
    if (found.inbound_policy !== 'DROP') return [{ protocol: 'TCP', action: 'ACCEPT', ipv4: ['0.0.0.0/0'], ipv6: ['::/0'] }];
    return found.inbound as Rule[];
  }
}

/** Whether it is there for itself. */
function isProgram({ container }: Spot): boolean {
  return !(container.upload ?? []).some(({ content }) => content.includes('stream {'));
}

/** 0.0.0.0 is what is meant without an address. */
function resolved(container: Container): Container {
  return { ...container, ports: (container.ports ?? []).map(({ ip, ...port }) => (ip === undefined || ip === '0.0.0.0' ? port : { ...port, ip })) };
}

/** The address that packets carry which leave a network: the private one, the public one, that of the interface, or one that nobody answers. */
function sourceOf({ options }: Bridge, host: Host): 'private' | 'public' | 'either' | 'none' {
  const source = options['com.docker.network.host_ipv4'];
  if (options['com.docker.network.bridge.enable_ip_masquerade'] === 'false') return 'none';
  if (source === undefined) return 'either';
  if (source === host.address) return 'private';
  if (source.endsWith(`.outputs.${host.label.toUpperCase().replaceAll('-', '_')}_IPV4}`)) return 'public';
  throw new Error(`${host.label} has no address ${source}`);
}

/** Linode's order: the first rule that names it decides. */
function accepts(rules: readonly Rule[], port: number, address: string): boolean {
  const first = rules.find(({ protocol, ports, ipv4 = [], ipv6 = [] }) => protocol === 'TCP' && names(ports, port) && within([...ipv4, ...ipv6], address));
  return first?.action === 'ACCEPT';
}

function names(ports: string | undefined, port: number): boolean {
  if (ports === undefined) return true;
  return ports.split(',').some((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return first <= port && port <= last;
  });
}

function within(ranges: readonly string[], address: string): boolean {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  for (const [network, length] of ranges.map((range) => range.split('/') as [string, string]))
    if (network.includes(':') === (family === 'ipv6')) list.addSubnet(network, Number(length), family);
  return list.check(address, family);
}
