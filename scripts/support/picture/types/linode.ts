import { EVERYBODY, mentions, nameIn, part, type Treatment } from '../treatment';

export const LINODE: Readonly<Record<string, Treatment>> = {
  linode_domain: { shown: 'names', what: 'DNS zone' },
  linode_domain_record: nameIn('domain_id'),
  linode_firewall: { shown: 'security', what: 'firewall', open: ({ inbound }) => mentions(inbound, EVERYBODY) },
  linode_firewall_device: { from: 'firewall_id' },
  linode_instance: { shown: 'compute', what: 'host', flow: ({ target }) => (target.type === 'linode_firewall' ? 'back' : 'to') },
  linode_ipv6_range: part,
  linode_lke_cluster: { shown: 'compute', what: 'Kubernetes (LKE)' },
  linode_lke_node_pool: part,
  linode_nodebalancer: { shown: 'entry', what: 'load balancer', open: () => true },
  linode_nodebalancer_config: part,
  linode_nodebalancer_node: { from: 'nodebalancer_id' },
  linode_object_storage_bucket: { shown: 'storage', what: 'bucket' },
  linode_rdns: part,
  linode_volume: part,
  linode_vpc: { shown: 'entry', what: 'network' },
  linode_vpc_subnet: part,
};
