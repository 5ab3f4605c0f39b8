import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { Nodebalancer } from '../../.gen/providers/linode/nodebalancer';
import { NodebalancerConfigA } from '../../.gen/providers/linode/nodebalancer-config';
import { NodebalancerNode } from '../../.gen/providers/linode/nodebalancer-node';
import { EstateStack } from '../core/estate-stack';
import type { Firewall } from './firewall';
import type { Host } from './host';
import { tagsOf } from './provider';
import type { Vpc } from './vpc';

export interface NodeBalancerProps {
  /** 3 to 32 characters, unique in the account. */
  readonly label: string;
  readonly region: string;
  readonly vpc: Vpc;
  /** Addresses of the private network from which it speaks to hosts: a /30 that is free for good. */
  readonly range: string;
  /** TCP, the same at the hosts. */
  readonly ports: readonly number[];
  /** At least one. */
  readonly hosts: readonly { readonly host: Host /** In the private network. */; readonly address: string }[];
  /** Who may come. Hosts see the balancer's address in theirs, and not who that was. */
  readonly firewall: Firewall;
}

/**
 * Spreads connections over hosts that answer, and understands nothing of them. It says by PROXY protocol, version 2, whose they are:
 * what listens on a host must expect that.
 */
export class NodeBalancer extends Construct {
  readonly ipv4: string;
  readonly ipv6: string;

  constructor(scope: Construct, id: string, { label, region, vpc, range, ports, hosts, firewall }: NodeBalancerProps) {
    super(scope, id);
    if (hosts.length === 0) throw new Error(`${this.node.path}: a balancer without hosts answers nobody; name one`);

    const stack = EstateStack.of(this);
    const subnetId = Token.asNumber(vpc.subnetId);
    const balancer = new Nodebalancer(this, 'resource', {
      label,
      region,
      vpcs: [{ subnetId, ipv4Range: range }],
      firewallId: Token.asNumber(firewall.id),
      tags: tagsOf(stack),
      lifecycle: { preventDestroy: stack.protected },
    });
    this.ipv4 = balancer.ipv4;
    this.ipv6 = balancer.ipv6;
    const nodebalancerId = Token.asNumber(balancer.id);
    for (const port of ports) {
      const config = new NodebalancerConfigA(this, `port-${port}`, {
        nodebalancerId,
        port,
        protocol: 'tcp',
        proxyProtocol: 'v2',
        algorithm: 'leastconn',
        stickiness: 'none',
        check: 'connection',
        checkInterval: 10,
        checkTimeout: 5,
        checkAttempts: 3,
        checkPassive: true,
      });
      for (const { host, address } of hosts) {
        new NodebalancerNode(this, `port-${port}-${host.label}`, {
          nodebalancerId,
          configId: Token.asNumber(config.id),
          label: host.label,
          address: `${address}:${port}`,
          subnetId,
          mode: 'accept',
          dependsOn: [host.machine], // the address is its
        });
      }
    }
  }
}
