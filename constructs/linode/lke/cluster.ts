import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { Firewall as LinodeFirewall } from '../../../.gen/providers/linode/firewall';
import { LkeCluster } from '../../../.gen/providers/linode/lke-cluster';
import { EstateStack, type Published } from '../../core/estate-stack';
import { tagsOf } from '../provider';

export interface ClusterProps {
  /** Unique in the account. */
  readonly label: string;
  /** Such as us-east. */
  readonly region: string;
  /** Major and minor, such as 1.33: Linode keeps the patches. */
  readonly version: string;
  readonly nodes: {
    /** Such as g6-standard-4. */
    readonly type: string;
    /** At least. */
    readonly count: number;
    /** Up to, when pods find no place. @default as many as there are at least */
    readonly max?: number;
  };
  /** Several control planes instead of one. Once on, it stays. */
  readonly highAvailability: boolean;
  /** Networks that may ask the control plane anything. Nodes and pods may anyway. */
  readonly admins: readonly string[];
}

/** Where Linode's own machines of a region are, of which a cluster's nodes and its control plane are some. */
const PRIVATE = '192.168.128.0/17';
/** From where NodeBalancers come. */
const BALANCERS = '192.168.255.0/24';

/**
 * https://techdocs.akamai.com/cloud-computing/docs/lke-network-firewall-details, and what Linode's own controller allows beyond that: Typha, and the
 * packets of pods in packets of nodes. https://github.com/linode/cloud-firewall-controller/blob/main/internal/rules/defaults.go
 */
const NODES_ALLOW = [
  { label: 'kubelet', protocol: 'TCP', ports: '10250,10256', from: PRIVATE },
  { label: 'control-plane', protocol: 'UDP', ports: '51820', from: PRIVATE },
  { label: 'dns-tcp', protocol: 'TCP', ports: '53', from: PRIVATE },
  { label: 'dns-udp', protocol: 'UDP', ports: '53', from: PRIVATE },
  { label: 'calico', protocol: 'TCP', ports: '179', from: PRIVATE },
  { label: 'calico-typha', protocol: 'TCP', ports: '5473', from: PRIVATE },
  { label: 'pods', protocol: 'IPENCAP', from: PRIVATE },
  { label: 'balancers-tcp', protocol: 'TCP', ports: '30000-32767', from: BALANCERS },
  { label: 'balancers-udp', protocol: 'UDP', ports: '30000-32767', from: BALANCERS },
];

/** Kubernetes by Linode: its control plane, which only admins may ask, and nodes that nothing of the Internet reaches. */
export class Cluster extends Construct {
  /** How somebody gets in, as everything: base64 of a kubeconfig. */
  readonly kubeconfig: Published;

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    const { label, region, version, nodes, highAvailability, admins } = props;
    const stack = EstateStack.of(this);
    const [ipv6, ipv4] = [admins.filter((range) => range.includes(':')), admins.filter((range) => !range.includes(':'))];
    const firewall = new LinodeFirewall(this, 'firewall', {
      label: `${label}-nodes`,
      inboundPolicy: 'DROP',
      outboundPolicy: 'ACCEPT',
      inbound: NODES_ALLOW.map(({ from, ...rule }) => ({ ...rule, action: 'ACCEPT', ipv4: [from] })),
      tags: tagsOf(stack),
    });
    const cluster = new LkeCluster(this, 'resource', {
      label,
      region,
      k8SVersion: version,
      controlPlane: {
        highAvailability,
        acl: { enabled: true, addresses: [{ ...(ipv4.length > 0 && { ipv4 }), ...(ipv6.length > 0 && { ipv6 }) }] },
      },
      pool: [
        {
          type: nodes.type,
          count: nodes.count,
          firewallId: Token.asNumber(firewall.id),
          ...(nodes.max !== undefined && { autoscaler: { min: nodes.count, max: nodes.max } }),
        },
      ],
      tags: tagsOf(stack),
      // how many nodes there are is the autoscaler's to say
      lifecycle: { preventDestroy: stack.protected, ...(nodes.max !== undefined && { ignoreChanges: ['pool[0].count'] }) },
    });
    this.kubeconfig = stack.publishCredential('KUBECONFIG', cluster.kubeconfig, 'How to get into the cluster as everything: base64 of a kubeconfig');
  }
}
