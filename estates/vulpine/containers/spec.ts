import type { ContainerName, ImageName } from '../../../config/vulpine';

/** The networks of the instance's documents. The first is the host's, the others an instance's own. */
export const NETWORK_NAMES = ['external_network', 'internal_network', 'db_network', 'es_network', 'redis_network'] as const;
export type NetworkName = (typeof NETWORK_NAMES)[number];

/** The only one with a way to the Internet. */
export const EXTERNAL: NetworkName = 'external_network';
/** Its addresses behind the host's one IPv4 address; the last /16 of that private range. */
export const IPV4_NAT = '172.31.0.0/16';

/** Where it is written that a container needs something. */
export type Source =
  /** The instance's own documents: its list of containers and their networks. */
  | 'documents'
  /** Mastodon's own compose file and documentation. */
  | 'mastodon';

export interface Need {
  readonly source: Source;
  /** What for. */
  readonly reason: string;
}

/** Other containers, or the world outside. */
export type Peer = ContainerName | 'internet';

export interface NetworkUse {
  /** Names of it in that network, the same for all of its replicas. @default none */
  readonly aliases?: readonly string[];
  /** In the external network: the number of its address in the host's prefix. @default docker chooses */
  readonly ipv6Number?: number;
}

export interface VolumeUse {
  /** A volume of the instance, or a folder of the host; `<instance>` in it stands for its name. */
  readonly from: { readonly volume: VolumeName } | { readonly folder: string };
  /** @default true */
  readonly readOnly?: boolean;
}

/** What an instance keeps. */
export const VOLUME_NAMES = ['db', 'es', 'redis', 'media', 'dumps'] as const;
export type VolumeName = (typeof VOLUME_NAMES)[number];

/** Groups of secrets: a folder on the host each, a file for each secret. */
export const SECRET_GROUPS = ['database', 'mastodon', 'smtp', 'aws', 'ambassador'] as const;
export type SecretGroup = (typeof SECRET_GROUPS)[number];

/** What one container is, as it runs. */
export interface ContainerSpec {
  readonly image: ImageName;
  /** `host`: once, for all instances; `instance`: for each. */
  readonly per: 'host' | 'instance';
  readonly replicas: number;
  readonly networks: Readonly<Partial<Record<NetworkName, NetworkUse>>>;
  /** Limit of each replica, in MB. */
  readonly memoryMb: number;
  readonly health: { readonly test: readonly string[]; readonly startSeconds?: number; readonly intervalSeconds?: number };
  /** By path in the container. @default nothing is kept */
  readonly volumes?: Readonly<Record<string, VolumeUse>>;
  /** Where it answers others. @default it does not */
  readonly listensOn?: readonly number[];
  /** Of those, what the Internet reaches, and why. @default nothing */
  readonly published?: string;
  readonly talksTo: Readonly<Partial<Record<Peer, Need>>>;
  /** Its variables, those with values that are no secrets. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Secrets that it gets. */
  readonly secrets?: {
    readonly groups: readonly SecretGroup[];
    /** User in the image that the program runs as, with the secrets as variables. @default the program reads the files itself */
    readonly exportedFor?: string;
  };
  /** @default the image's own */
  readonly entrypoint?: readonly string[];
  /** The whole of it where secrets are exported. @default the image's own */
  readonly command?: readonly string[];
  /** What its program may do of what root can. @default nothing */
  readonly capabilities?: readonly string[];
  /** Seconds that it gets to end by itself. @default 30 */
  readonly stopSeconds?: number;
  /** What of it follows from its limit, where config says another one. Variables are added to those of the table. @default nothing */
  readonly byMemory?: (memoryMb: number) => Partial<Pick<ContainerSpec, 'command' | 'environment'>>;
}

export type ContainerTable = Readonly<Record<ContainerName, ContainerSpec>>;
