import { Network as DockerNetwork, type NetworkConfig } from '@cdktf/provider-docker/lib/network';
import { Fn, Token } from 'cdktf';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { labelsOf } from './provider';
import { BRIDGE_OPTIONS } from './settings';

export interface NetworkProps {
  readonly name: string;
  /** The way to the Internet. @default none: its containers reach each other, and neither the host nor anything outside */
  readonly external?: ExternalProps;
  /** The way to other hosts, and from them. @default none */
  readonly between?: BetweenHostsProps;
}

export interface ExternalProps {
  /** Why containers reach the Internet by it. */
  readonly reason: string;
  /** Containers have their own addresses in it, which everybody reaches on published ports only. A /64. */
  readonly ipv6Prefix: string;
  /** Behind the host's address, both ways. */
  readonly ipv4Nat: string;
  /** The host's address that everything from it carries, wherever it goes. @default that of the interface by which it leaves */
  readonly ipv4Source?: string;
}

export interface BetweenHostsProps {
  /** What reaches other hosts by it, or is reached. */
  readonly reason: string;
  /** The host's address that everything from it carries: other hosts' firewalls know it. @default nothing gets out of it, but answers do */
  readonly source?: string;
}

/** Docker changes the source of what leaves to this, and not to whatever the interface has. */
const SOURCE = 'com.docker.network.host_ipv4';

/** Who is in it reaches each other; by an external one they reach the Internet, and not each other. */
export class Network extends Construct {
  readonly name: string;
  readonly isExternal: boolean;
  /** By reference, so that Terraform makes it before its containers. */
  readonly reference: string;
  private readonly prefix?: string;

  constructor(scope: Construct, id: string, { name, external, between }: NetworkProps) {
    super(scope, id);
    const stack = EstateStack.of(this);
    this.name = name;
    this.isExternal = external !== undefined;
    this.prefix = external?.ipv6Prefix;
    const network = new DockerNetwork(this, 'resource', {
      name,
      driver: 'bridge',
      labels: labelsOf(stack),
      ...(external ? externalSettings(external) : between ? betweenSettings(between) : INTERNAL),
    });
    this.reference = network.name;
    const reason = external?.reason ?? between?.reason;
    if (reason !== undefined) stack.suppress('docker-network-internal', network, reason);
  }

  /** The address with this number in the prefix. */
  ipv6Address(number: number): string {
    if (this.prefix === undefined)
      throw new Error(`${this.node.path}: an internal network has no IPv6 addresses; give the container one in an external network`);
    return Token.asString(Fn.cidrhost(this.prefix, number));
  }
}

type Settings = Pick<NetworkConfig, 'internal' | 'ipv6' | 'ipamConfig' | 'options'>;

const INTERNAL: Settings = {
  internal: true,
  ipv6: false,
  options: { ...BRIDGE_OPTIONS.internal },
};

function externalSettings({ ipv4Nat, ipv6Prefix, ipv4Source }: ExternalProps): Settings {
  return {
    internal: false,
    ipv6: true,
    ipamConfig: [
      { subnet: ipv4Nat, gateway: Token.asString(Fn.cidrhost(ipv4Nat, 1)) },
      { subnet: ipv6Prefix, gateway: Token.asString(Fn.cidrhost(ipv6Prefix, 1)) },
    ],
    options: { ...BRIDGE_OPTIONS.external, ...BRIDGE_OPTIONS.routed, ...(ipv4Source !== undefined && { [SOURCE]: ipv4Source }) },
  };
}

function betweenSettings({ source }: BetweenHostsProps): Settings {
  return {
    internal: false,
    ipv6: false,
    options: { ...BRIDGE_OPTIONS.external, ...(source === undefined ? BRIDGE_OPTIONS.unmasked : { [SOURCE]: source }) },
  };
}
