import { fewAtATime } from '../docker-api';
import { knownDocker } from '../docker-known';
import { type Block, known } from '../known';
import { parse } from '../synth';
import type { HostEngine } from './host-engine';

/** Everybody's, beside the ports of the table: what listens nowhere is found by it. */
export const COMMON_PORT = 8;

/** Answers on its ports with its name, and with the address that it sees. */
const LISTEN = `
busybox mkdir -p /srv/cgi-bin
printf '#!/bin/sh\\nprintf "Content-Type: text/plain\\\\r\\\\n\\\\r\\\\n%%s %%s" "%s" "$REMOTE_ADDR"\\n' "$1" >/srv/cgi-bin/who
busybox chmod 755 /srv/cgi-bin/who
shift
for port in "$@"; do busybox httpd -p "[::]:$port" -h /srv; done
exec sleep 2147483647`;

/** Command line of what stands in for a container. */
export const standIn = (name: string, ports: readonly number[]): string[] => ['/bin/sh', '-c', LISTEN, 'listen', name, ...[COMMON_PORT, ...ports].map(String)];

interface NetworkJson {
  readonly name: string;
  readonly internal: boolean;
  readonly ipv6: boolean;
  readonly options?: Readonly<Record<string, string>>;
  readonly ipam_config?: readonly { readonly subnet: string; readonly gateway: string }[];
}

interface ContainerJson {
  readonly name: string;
  readonly init: boolean;
  readonly networks_advanced: readonly { readonly name: string; readonly aliases?: readonly string[]; readonly ipv6_address?: string }[];
  readonly ports?: readonly { readonly internal: number; readonly external: number; readonly protocol: string }[];
  readonly capabilities: { readonly drop: readonly string[]; readonly add?: readonly string[] };
  readonly security_opts: readonly string[];
}

/**
 * Makes the networks and containers of a stack's JSON, as Terraform's provider does: a container is made in the default network, taken out
 * of it, put into its own one after the other, and started.
 */
export async function deploy(engine: HostEngine, json: string | undefined, prefix: string, image: string, portsOf: (name: string) => readonly number[]) {
  knownDocker(json);
  const { docker_network = {}, docker_container = {} } = parse(json).resource ?? {};
  // of one host: an address of its own in another network is not made here, and no setting of the kernel
  for (const { ports = [], sysctls } of Object.values(docker_container)) {
    known({ ...(sysctls !== undefined && { sysctls }) });
    for (const port of ports as Block[]) known(port, 'internal', 'external', 'protocol');
  }
  const networks = resolved(docker_network, prefix, {}) as unknown as Record<string, NetworkJson>;
  const names = Object.fromEntries(Object.entries(networks).map(([id, { name }]) => [`docker_network.${id}.name`, name]));
  for (const { name, internal, ipv6, options = {}, ipam_config = [] } of Object.values(networks)) {
    const config = ipam_config.map(({ subnet, gateway }) => ({ Subnet: subnet, Gateway: gateway }));
    const ipam = config.length > 0 ? { IPAM: { Driver: 'default', Config: config } } : {};
    await engine.ask('POST', '/networks/create', { Name: name, Driver: 'bridge', Internal: internal, EnableIPv6: ipv6, Options: options, ...ipam });
  }
  const containers = Object.values(docker_container).map(({ name, init, networks_advanced, ports, capabilities, security_opts }) =>
    resolved({ name, init, networks_advanced, ports, capabilities, security_opts }, prefix, names),
  ) as unknown as ContainerJson[];
  await fewAtATime(containers, 3, async ({ name, init, networks_advanced, ports = [], capabilities, security_opts }) => {
    const { Id: id } = (await engine.ask('POST', `/containers/create?name=${name}`, {
      Image: image,
      Cmd: standIn(name, portsOf(name)),
      ExposedPorts: Object.fromEntries(ports.map(({ internal, protocol }) => [`${internal}/${protocol}`, {}])),
      HostConfig: {
        NetworkMode: 'bridge',
        Init: init,
        CapDrop: capabilities.drop,
        CapAdd: capabilities.add ?? [],
        SecurityOpt: security_opts,
        PortBindings: Object.fromEntries(ports.map(({ internal, external, protocol }) => [`${internal}/${protocol}`, [{ HostPort: `${external}` }]])),
      },
    })) as { Id: string };
    await engine.ask('POST', '/networks/bridge/disconnect', { Container: id });
    for (const { name: network, aliases = [], ipv6_address } of networks_advanced) {
      const EndpointConfig = { Aliases: aliases, IPAMConfig: ipv6_address === undefined ? {} : { IPv6Address: ipv6_address } };
      await engine.ask('POST', `/networks/${network}/connect`, { Container: id, EndpointConfig });
    }
    await engine.ask('POST', `/containers/${id}/start`);
  });
}

/** Takes away what is in an engine: containers, and networks but docker's own. */
export async function undeploy(engine: HostEngine): Promise<void> {
  const containers = (await engine.ask('GET', '/containers/json?all=1')) as { Id: string }[];
  await fewAtATime(containers, 4, ({ Id }) => engine.ask('DELETE', `/containers/${Id}?force=1&v=1`));
  await engine.ask('POST', '/networks/prune');
}

/** A part of a stack's JSON without references: to names of networks, and to the host's prefix. Others it does not know how to read. */
function resolved<T extends object>(part: T, prefix: string, names: Readonly<Record<string, string>>): T {
  const value = (expression: string): string => {
    const inner = /^\$\{(.*)\}$/.exec(expression)?.[1] ?? expression;
    const name = names[inner];
    if (name !== undefined) return name;
    if (/^data\.terraform_remote_state\.[\w.-]+_PREFIX$/.test(inner)) return prefix;
    const [, range = '', number = ''] = /^cidrhost\((.*), (\d+)\)$/.exec(inner) ?? [];
    if (range !== '') return addressIn(value(range.replaceAll('"', '')), Number(number));
    if (expression.includes('${')) throw new Error(`a value that this cannot read: ${expression}`);
    return expression;
  };
  return JSON.parse(JSON.stringify(part), (_key, one: unknown) => (typeof one === 'string' ? value(one) : one));
}

/** As Terraform's `cidrhost`. */
function addressIn(range: string, number: number): string {
  const [base = ''] = range.split('/');
  if (!base.endsWith('::')) {
    const bytes = base.split('.').map(Number);
    return [...bytes.slice(0, 3), (bytes[3] as number) + number].join('.');
  }
  return `${base}${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`;
}
