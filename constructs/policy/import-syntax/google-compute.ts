import { row } from './google-rows';
import type { ImportSyntaxes } from './syntax';

/** Of Compute Engine, whose links end with the id. */
const compute = (name: string, id: string, collection: string) =>
  row(name, `projects/{project}/${id}/{name}`, `compute ${collection} --format='value(selfLink.scope(v1))'`);
const global = (name: string, collection: string, list: string) => compute(name, `global/${collection}`, `${list} list`);
const everywhere = (name: string, collection: string, list: string) => compute(name, `global/${collection}`, `${list} list --global`);

const REGION = 'projects/{project}/regions/{region}';

/** Compute Engine. */
export const COMPUTE: ImportSyntaxes = {
  google_compute_backend_bucket: global('compute_backend_bucket', 'backendBuckets', 'backend-buckets'),
  google_compute_backend_service: everywhere('compute_backend_service', 'backendServices', 'backend-services'),
  google_compute_firewall: global('compute_firewall', 'firewalls', 'firewall-rules'),
  google_compute_global_address: everywhere('compute_global_address', 'addresses', 'addresses'),
  google_compute_global_forwarding_rule: everywhere('compute_global_forwarding_rule', 'forwardingRules', 'forwarding-rules'),
  google_compute_health_check: everywhere('compute_health_check', 'healthChecks', 'health-checks'),
  google_compute_instance_group_manager: compute(
    'compute_instance_group_manager',
    'zones/{zone}/instanceGroupManagers',
    'instance-groups managed list --zones={zone}',
  ),
  google_compute_instance_template: {
    ...row(
      'compute_instance_template',
      'projects/{project}/global/instanceTemplates/<name>',
      "compute instance-templates list --filter='name~^{name_prefix}' --format='value(selfLink.scope(v1))'",
    ),
    remark: 'leave it out: every argument of a template forces a new one, and the group moves to that',
  },
  google_compute_network: global('compute_network', 'networks', 'networks'),
  google_compute_router: row('compute_router', `${REGION}/routers/{name}`, "compute routers list --regions={region} --format='value(selfLink.scope(v1))'"),
  google_compute_router_nat: row(
    'compute_router_nat',
    '{project}/{region}/{router}/{name}',
    "compute routers nats list --router={router} --region={region} --format='value(name)'",
  ),
  google_compute_security_policy: global('compute_security_policy', 'securityPolicies', 'security-policies'),
  google_compute_ssl_policy: global('compute_ssl_policy', 'sslPolicies', 'ssl-policies'),
  google_compute_subnetwork: row(
    'compute_subnetwork',
    `${REGION}/subnetworks/{name}`,
    "compute networks subnets list --regions={region} --format='value(selfLink.scope(v1))'",
  ),
  google_compute_target_http_proxy: everywhere('compute_target_http_proxy', 'targetHttpProxies', 'target-http-proxies'),
  google_compute_target_https_proxy: everywhere('compute_target_https_proxy', 'targetHttpsProxies', 'target-https-proxies'),
  google_compute_url_map: everywhere('compute_url_map', 'urlMaps', 'url-maps'),
};
