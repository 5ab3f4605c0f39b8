import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { Nodebalancer } from '../../../.gen/providers/linode/nodebalancer';
import { EstateStack, type Published } from '../../core/estate-stack';
import { Firewall } from '../firewall';
import { tagsOf } from '../provider';

export interface EntranceProps {
  /** 3 to 32 characters, unique in the account. */
  readonly label: string;
  readonly region: string;
  /** TCP ports, and why everybody may reach them. */
  readonly open: { readonly ports: readonly number[]; readonly reason: string };
}

/**
 * The addresses of a cluster: a NodeBalancer that is here before any service and stays when services go, so that names may lead to it.
 * The cluster's own controller says which ports lead to which nodes.
 */
export class Entrance extends Construct {
  readonly ipv4: string;
  readonly ipv6: string;
  /** For the service that takes it over. */
  readonly id: Published;
  readonly firewallId: Published;

  constructor(scope: Construct, id: string, { label, region, open }: EntranceProps) {
    super(scope, id);
    const stack = EstateStack.of(this);
    const firewall = new Firewall(this, 'firewall', {
      label,
      inbound: [{ label: 'web', protocol: 'TCP', ports: open.ports.join(','), from: { everybody: open.reason } }],
    });
    const balancer = new Nodebalancer(this, 'resource', {
      label,
      region,
      firewallId: Token.asNumber(firewall.id),
      tags: tagsOf(stack),
      // the controller adds tags of its own
      lifecycle: { preventDestroy: stack.protected, ignoreChanges: ['tags', 'client_conn_throttle'] },
    });
    stack.suppress(
      'linode-balancer-private-backends',
      balancer,
      "the cluster's controller writes its backends, which are nodes of a network that only the cluster is in",
    );
    this.ipv4 = balancer.ipv4;
    this.ipv6 = balancer.ipv6;
    this.id = stack.publish('ENTRANCE_ID', balancer.id, 'The NodeBalancer before the cluster');
    this.firewallId = stack.publish('ENTRANCE_FIREWALL_ID', firewall.id, 'The firewall before that');
  }
}
