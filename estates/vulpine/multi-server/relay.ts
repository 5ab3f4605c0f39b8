import type { ContainerName } from '../../../config/vulpine';

/** The network of a host in which relays have its private address. */
export const VPC_NETWORK = 'vpc_network';

/** MB of each. It holds connections, and nothing of what they say. */
export const RELAY_MEMORY_MB = 32;

/** Where it has its configuration. */
export const RELAY_FILE = '/etc/nginx/relay.conf';

/** The image's nginx knows streams; it needs no root, and none of what the image does before it starts. */
export const RELAY_START = { user: 'nginx', entrypoint: ['nginx', '-e', 'stderr', '-g', 'daemon off;', '-c', RELAY_FILE] } as const;

/** A connection that is quiet for a minute is asked whether it still stands: a host that is gone says nothing by itself. */
export const RELAY_SYSCTLS = { 'net.ipv4.tcp_keepalive_time': '60', 'net.ipv4.tcp_keepalive_intvl': '15', 'net.ipv4.tcp_keepalive_probes': '4' } as const;

/** Stands in for a container that is on another host, or leads to one from there. */
export interface Relay {
  /** On the engine: `vulpine-db-relay`. */
  readonly name: string;
  readonly instance: string;
  /** The container that it leads to. */
  readonly to: ContainerName;
  /** Networks of the instance in which it meets the others, on the engine. */
  readonly networks: readonly { readonly name: string /** Names for which it stands there. */; readonly aliases: readonly string[] }[];
  /** The port it listens on, which is the container's own. */
  readonly port: number;
  /** Where it leads: an address, or a name that docker knows, and a port. */
  readonly upstream: string;
  /** Port of the host that leads to it. @default none: it leads out */
  readonly publishedAs?: number;
}

/** Configuration of nginx. A name is asked for again and again: a container that starts anew has another address. */
export function relayConfig({ port, upstream }: Relay): string {
  const isName = !/^[\d.]+:/.test(upstream);
  return [
    'worker_processes 1;',
    'pid /tmp/nginx.pid;',
    'error_log stderr warn;',
    'events { worker_connections 2048; }',
    'stream {',
    ...(isName ? ['  resolver 127.0.0.11 valid=5s ipv6=off;'] : []),
    '  proxy_connect_timeout 5s;',
    '  proxy_timeout 7d; # a pool keeps quiet connections for long; keepalive finds the dead ones',
    '  proxy_socket_keepalive on;',
    '  server {',
    `    listen ${port} so_keepalive=on;`,
    ...(isName ? [`    set $upstream ${upstream};`, '    proxy_pass $upstream;'] : [`    proxy_pass ${upstream};`]),
    '  }',
    '}',
    '',
  ].join('\n');
}
