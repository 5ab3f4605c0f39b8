/** What every container and network here is told, whoever tells it: Terraform's provider, or Docker Compose. */

/** It starts again when it ends, or the host does. */
export const RESTART = 'unless-stopped';

export const LOG_DRIVER = 'json-file';
/** What a container's output may take on the host. */
export const LOG = { 'max-size': '20m', 'max-file': '5' } as const;

/** No program gets more rights than it starts with. */
export const SECURITY = ['no-new-privileges:true'] as const;

/** Seconds, and failures until a container counts as unhealthy. */
export const HEALTH = { intervalSeconds: 30, timeoutSeconds: 10, startSeconds: 60, retries: 3 } as const;

/** Seconds that a program gets to end by itself. */
export const STOP_SECONDS = 30;

const BRIDGE = 'com.docker.network.bridge';

/** Options of the bridge behind a network. */
export const BRIDGE_OPTIONS = {
  /** Containers do not see each other by it: for that are the other networks. */
  external: { [`${BRIDGE}.enable_icc`]: 'false' },
  /** IPv6 without NAT: clients are seen as who they are, and containers too. */
  routed: { [`${BRIDGE}.gateway_mode_ipv6`]: 'routed' },
  /** What leaves it keeps the container's own address, which nobody outside answers: so nothing gets out. */
  unmasked: { [`${BRIDGE}.enable_ip_masquerade`]: 'false' },
  /** Without an address of the host's in it: its ssh, for one, listens on all that it has. */
  internal: { [`${BRIDGE}.gateway_mode_ipv4`]: 'isolated' },
} as const;
