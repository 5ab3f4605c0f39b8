import { type Block, known } from './known';
import { parse } from './synth';

/** What a container is told that leads nowhere. */
const NO_WAY = [
  ...['capabilities', 'command', 'destroy_grace_seconds', 'entrypoint', 'env', 'healthcheck', 'image', 'init', 'labels', 'lifecycle', 'log_driver', 'log_opts'],
  ...['memory', 'memory_swap', 'mounts', 'restart', 'security_opts', 'stop_timeout', 'sysctls', 'upload', 'user'],
];

const SWITCH = ['true', 'false'];
/** Options of a network, and the values of which it is known what they do. */
const OPTIONS: Readonly<Record<string, readonly string[] | 'an address'>> = {
  'com.docker.network.bridge.enable_icc': SWITCH,
  'com.docker.network.bridge.enable_ip_masquerade': SWITCH,
  'com.docker.network.bridge.gateway_mode_ipv4': ['isolated'],
  'com.docker.network.bridge.gateway_mode_ipv6': ['routed'],
  'com.docker.network.host_ipv4': 'an address',
};

const blocks = (value: unknown): Block[] => [value ?? []].flat() as Block[];

/** Throws for what the networks and containers of a stack have that no model of them reads: another kind of network, a container in that of its host. */
export function knownDocker(json: string | undefined): void {
  const { docker_network = {}, docker_container = {}, docker_image: _, docker_volume: __, ...others } = parse(json).resource ?? {};
  known(Object.fromEntries(Object.entries(others).filter(([type]) => type.startsWith('docker_'))));
  for (const network of Object.values(docker_network)) {
    known(network, 'name', 'driver', 'internal', 'ipv6', 'ipam_config', 'options', 'labels');
    if (network.driver !== 'bridge') throw new Error(`a way that this cannot read: driver ${network.driver}`);
    for (const range of blocks(network.ipam_config)) known(range, 'subnet', 'gateway');
    for (const [option, value] of Object.entries((network.options ?? {}) as Record<string, string>)) {
      const values = OPTIONS[option];
      if (values === undefined || (values !== 'an address' && !values.includes(value))) throw new Error(`a way that this cannot read: ${option}=${value}`);
    }
  }
  for (const container of Object.values(docker_container)) {
    known(container, 'name', 'networks_advanced', 'ports', ...NO_WAY);
    for (const use of blocks(container.networks_advanced)) known(use, 'name', 'aliases', 'ipv6_address');
    for (const port of blocks(container.ports)) known(port, 'internal', 'external', 'protocol', 'ip');
  }
}
