import type { Importable, ImportSyntaxes } from './syntax';

const linode = (name: string, id: string, find: string, remark?: string): Importable => ({
  id,
  find: `linode-cli ${find} --text`,
  source: `https://registry.terraform.io/providers/linode/linode/3.12.0/docs/resources/${name}`,
  ...(remark && { remark }),
});

export const LINODE: ImportSyntaxes = {
  linode_domain: linode('domain', '<number>', 'domains list --format=id,domain'),
  linode_domain_record: linode('domain_record', '{domain_id},<number>', 'domains records-list {domain_id} --format=id,type,name,target'),
  linode_firewall: linode('firewall', '<number>', 'firewalls list --format=id,label'),
  linode_instance: linode(
    'instance',
    '<number>',
    'linodes list --format=id,label,region',
    'the stack leaves its image, keys and user data as they are: what that would have set up, make vulpine-host-setup brings',
  ),
  linode_ipv6_range: linode(
    'ipv6_range',
    '<address>',
    'networking v6-ranges --format=range,prefix,route_target',
    'the page of the provider says nothing of it: the address of the range, without its length',
  ),
  linode_lke_cluster: linode('lke_cluster', '<number>', 'lke clusters-list --format=id,label'),
  linode_nodebalancer: linode('nodebalancer', '<number>', 'nodebalancers list --format=id,label'),
  linode_nodebalancer_config: linode('nodebalancer_config', '{nodebalancer_id},<number>', 'nodebalancers configs-list {nodebalancer_id} --format=id,port'),
  linode_nodebalancer_node: linode(
    'nodebalancer_node',
    '{nodebalancer_id},{config_id},<number>',
    'nodebalancers nodes-list {nodebalancer_id} {config_id} --format=id,label',
  ),
  linode_object_storage_bucket: linode('object_storage_bucket', '{region}:{label}', 'object-storage buckets-list --format=label,region'),
  linode_rdns: linode('rdns', '<address>', 'networking ips-list --format=address,rdns'),
  linode_volume: linode('volume', '<number>', 'volumes list --format=id,label'),
  linode_vpc: linode('vpc', '<number>', 'vpcs list --format=id,label'),
  linode_vpc_subnet: linode('vpc_subnet', '{vpc_id},<number>', 'vpcs subnets-list {vpc_id} --format=id,label'),
};

const docker = (name: string, id: string, find: string): Importable => ({
  id,
  find: `docker ${find}`,
  source: `https://registry.terraform.io/providers/kreuzwerker/docker/3.6.2/docs/resources/${name}#import`,
});

export const DOCKER: ImportSyntaxes = {
  docker_container: docker('container', '<hex>', "container inspect --format='{{.ID}}' {name}"),
  docker_image: {
    never: 'the provider cannot import it; the deployment pulls the image, which changes nothing where it is there',
    source: 'https://registry.terraform.io/providers/kreuzwerker/docker/3.6.2/docs/resources/image',
  },
  docker_network: docker('network', '<hex>', "network inspect --format='{{.ID}}' {name}"),
  docker_volume: docker('volume', '{name}', "volume ls --format='{{.Name}}'"),
};

const kubernetes = (name: string, kind: string): Importable => ({
  id: '{metadata.namespace=default}/{metadata.name}',
  find: `kubectl get ${kind} --namespace={metadata.namespace=default} --output=name`,
  source: `https://registry.terraform.io/providers/hashicorp/kubernetes/2.38.0/docs/resources/${name}#import`,
});

export const KUBERNETES: ImportSyntaxes = {
  kubernetes_config_map_v1: kubernetes('config_map_v1', 'configmaps'),
  kubernetes_cron_job_v1: kubernetes('cron_job_v1', 'cronjobs'),
  kubernetes_deployment_v1: kubernetes('deployment_v1', 'deployments'),
  kubernetes_namespace_v1: { ...kubernetes('namespace_v1', ''), id: '{metadata.name}', find: 'kubectl get namespaces --output=name' },
  kubernetes_network_policy_v1: kubernetes('network_policy_v1', 'networkpolicies'),
  kubernetes_persistent_volume_claim_v1: kubernetes('persistent_volume_claim_v1', 'persistentvolumeclaims'),
  kubernetes_pod_disruption_budget_v1: kubernetes('pod_disruption_budget_v1', 'poddisruptionbudgets'),
  kubernetes_secret_v1: kubernetes('secret_v1', 'secrets'),
  kubernetes_service_v1: kubernetes('service_v1', 'services'),
  kubernetes_stateful_set_v1: kubernetes('stateful_set_v1', 'statefulsets'),
};
