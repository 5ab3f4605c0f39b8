import type { VulpineConfig } from '../../../config/vulpine';
import { BALANCER_RANGE, type Role, VPC_RANGE } from '../../../config/vulpine/multi-server';
import type { EstateStack } from '../../../constructs/core/estate-stack';
import { Firewall, type Inbound } from '../../../constructs/linode/firewall';
import { Host, type HostProps } from '../../../constructs/linode/host';
import { NodeBalancer } from '../../../constructs/linode/node-balancer';
import { Vpc } from '../../../constructs/linode/vpc';
import { CONTAINERS } from '../containers/table';
import { hostOptions } from '../host/parts';
import { hostUserData } from '../host/user-data';
import { type HostLayout, layoutOf } from './layout';
import { hostsWith, vpcAddressOf } from './roles';

export interface ServersProps extends Pick<HostProps, 'image' | 'rootKeys'> {
  readonly config: VulpineConfig;
  /** Rules of every host. */
  readonly always: readonly Inbound[];
}

/** Of the balancer, which leads the first two on to nginx. */
const PORTS = [80, 443] as const;
/** Of the firewall of the one host, in the state of topology `single`. */
const OF_SINGLE = 'linode_firewall.firewall_resource_05BB3F39';
/** Linode takes 25 rules, and 15 ports in each. */
const PORTS_OF_A_RULE = 15;

/** Hosts by their roles in a private network, and what stands before them. */
export class Servers {
  readonly hosts: ReadonlyMap<string, Host>;
  /** Where names of instances lead. */
  readonly balancer: NodeBalancer;

  constructor(stack: EstateStack, { config, always, image, rootKeys }: ServersProps) {
    const { hosts } = config.prod;
    const region = Object.values(hosts)[0]?.region as string;
    const layouts = layoutOf(CONTAINERS, config.prod);
    const network = new Vpc(stack, 'vpc', { label: 'vulpine', region, range: VPC_RANGE });
    this.hosts = new Map(
      Object.entries(hosts).map(([label, { roles = [], vpcAddress: _, ...machine }], i) => {
        const layout = layouts.get(label) as HostLayout;
        const firewall = new Firewall(stack, `firewall-${label}`, {
          label,
          inbound: [...always, ...ofBalancer(roles), ...ofRelays(layout, hosts)],
          ...(i === 0 && { formerly: OF_SINGLE }),
        });
        const host = new Host(stack, label, {
          ...machine,
          label,
          image,
          rootKeys,
          userData: hostUserData(hostOptions(config, layout.placed)),
          firewall,
          vpc: { network, address: vpcAddressOf(label, hosts) },
        });
        return [label, host];
      }),
    );
    this.balancer = new NodeBalancer(stack, 'balancer', {
      label: 'vulpine',
      region,
      vpc: network,
      range: BALANCER_RANGE,
      ports: PORTS,
      hosts: hostsWith('web', hosts).map((label) => ({ host: this.hosts.get(label) as Host, address: vpcAddressOf(label, hosts) })),
      firewall: new Firewall(stack, 'firewall-balancer', {
        label: 'vulpine-balancer',
        inbound: [{ label: 'web', protocol: 'TCP', ports: PORTS.join(','), from: { everybody: 'browsers and other instances are everywhere' } }],
      }),
    });
  }
}

function ofBalancer(roles: readonly Role[]): Inbound[] {
  return roles.includes('web') ? [{ label: 'balancer', protocol: 'TCP', ports: PORTS.join(','), from: [BALANCER_RANGE] }] : [];
}

/** Relays of web hosts come with the private address of these; nothing else of them does. */
function ofRelays({ relays }: HostLayout, hosts: VulpineConfig['prod']['hosts']): Inbound[] {
  const ports = relays.flatMap(({ publishedAs }) => publishedAs ?? []);
  const from = hostsWith('web', hosts).map((label) => `${vpcAddressOf(label, hosts)}/32`);
  const rules = Array.from({ length: Math.ceil(ports.length / PORTS_OF_A_RULE) }, (_, i) => ports.slice(i * PORTS_OF_A_RULE, (i + 1) * PORTS_OF_A_RULE));
  return rules.map((some, i) => ({ label: `relays-${i + 1}`, protocol: 'TCP', ports: some.join(','), from }));
}
