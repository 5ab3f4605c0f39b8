import type { Value, Values } from '../provider/values';
import { lastSegment, type Site, scope } from './site';

/** What makes two objects of a type the same one: the second is refused, as the API answers 409. */
export interface Identity {
  /** Arguments from the widest scope to the name; `@region` and the like are the provider's. */
  readonly by: readonly string[];
  /** The identity can change in place. @default false: another name is another object */
  readonly mutable?: boolean;
  readonly source: string;
}

const google = (by: string, source: string): Identity => ({ by: by.split(' '), source: `https://cloud.google.com/${source}` });
const compute = (by: string, collection: string) => google(by, `compute/docs/reference/rest/v1/${collection}`);
const global = (collection: string) => compute('project name', collection);
const regional = (collection: string) => compute('project region name', collection);
const zonal = (collection: string) => compute('project zone name', collection);
const aws = (by: string, source: string): Identity => ({ by: by.split(' '), source: `https://docs.aws.amazon.com/${source}` });
const linode = (by: string, source: string): Identity => ({
  by: by.split(' '),
  mutable: by === 'label' || by === 'domain',
  source: `https://techdocs.akamai.com/linode-api/reference/${source}`,
});
const docker = (source: string): Identity => ({ by: ['@host', 'name'], source: `https://docs.docker.com/reference/api/engine/version/v1.47/#tag/${source}` });
const tfe = (by: string, source: string): Identity => ({
  by: by.split(' '),
  mutable: true,
  source: `https://developer.hashicorp.com/terraform/cloud-docs/api-docs/${source}`,
});

/** A type without a row never conflicts. */
export const IDENTITIES: Readonly<Record<string, Identity>> = {
  google_artifact_registry_repository: google('project location repository_id', 'artifact-registry/docs/reference/rest/v1/projects.locations.repositories'),
  google_bigquery_dataset: google('project dataset_id', 'bigquery/docs/reference/rest/v2/datasets'),
  google_certificate_manager_certificate: google(
    'project location name',
    'certificate-manager/docs/reference/certificate-manager/rest/v1/projects.locations.certificates',
  ),
  google_certificate_manager_certificate_map: google(
    'project name',
    'certificate-manager/docs/reference/certificate-manager/rest/v1/projects.locations.certificateMaps',
  ),
  google_certificate_manager_certificate_map_entry: google(
    'project map name',
    'certificate-manager/docs/reference/certificate-manager/rest/v1/projects.locations.certificateMaps.certificateMapEntries',
  ),
  google_certificate_manager_dns_authorization: google(
    'project location name',
    'certificate-manager/docs/reference/certificate-manager/rest/v1/projects.locations.dnsAuthorizations',
  ),
  google_cloud_run_v2_job: google('project location name', 'run/docs/reference/rest/v2/projects.locations.jobs'),
  google_cloud_run_v2_service: google('project location name', 'run/docs/reference/rest/v2/projects.locations.services'),
  google_cloud_scheduler_job: google('project region name', 'scheduler/docs/reference/rest/v1/projects.locations.jobs'),
  google_cloudbuild_trigger: { ...google('project location name', 'build/docs/api/reference/rest/v1/projects.locations.triggers'), mutable: true },
  google_cloudbuildv2_connection: google('project location name', 'build/docs/api/reference/rest/v2/projects.locations.connections'),
  google_cloudbuildv2_repository: google(
    'project location parent_connection name',
    'build/docs/api/reference/rest/v2/projects.locations.connections.repositories',
  ),
  google_cloudfunctions2_function: google('project location name', 'functions/docs/reference/rest/v2/projects.locations.functions'),
  google_compute_address: regional('addresses'),
  google_compute_autoscaler: zonal('autoscalers'),
  google_compute_backend_bucket: global('backendBuckets'),
  google_compute_backend_service: global('backendServices'),
  google_compute_disk: zonal('disks'),
  google_compute_firewall: global('firewalls'),
  google_compute_forwarding_rule: regional('forwardingRules'),
  google_compute_global_address: global('globalAddresses'),
  google_compute_global_forwarding_rule: global('globalForwardingRules'),
  google_compute_health_check: global('healthChecks'),
  google_compute_image: global('images'),
  google_compute_instance: zonal('instances'),
  google_compute_instance_group_manager: zonal('instanceGroupManagers'),
  google_compute_instance_template: global('instanceTemplates'),
  google_compute_managed_ssl_certificate: global('sslCertificates'),
  google_compute_network: global('networks'),
  google_compute_region_autoscaler: regional('regionAutoscalers'),
  google_compute_region_backend_service: regional('regionBackendServices'),
  google_compute_region_disk: regional('regionDisks'),
  google_compute_region_health_check: regional('regionHealthChecks'),
  google_compute_region_instance_group_manager: regional('regionInstanceGroupManagers'),
  google_compute_region_instance_template: regional('regionInstanceTemplates'),
  google_compute_resource_policy: regional('resourcePolicies'),
  google_compute_route: global('routes'),
  google_compute_router: regional('routers'),
  google_compute_router_nat: compute('project region router name', 'routers'),
  google_compute_security_policy: global('securityPolicies'),
  google_compute_snapshot: global('snapshots'),
  google_compute_ssl_certificate: global('sslCertificates'),
  google_compute_ssl_policy: global('sslPolicies'),
  google_compute_subnetwork: regional('subnetworks'),
  google_compute_target_http_proxy: global('targetHttpProxies'),
  google_compute_target_https_proxy: global('targetHttpsProxies'),
  google_compute_url_map: global('urlMaps'),
  google_dns_managed_zone: google('project name', 'dns/docs/reference/rest/v1/managedZones'),
  google_dns_record_set: google('project managed_zone name type', 'dns/docs/reference/rest/v1/resourceRecordSets'),
  google_eventarc_trigger: google('project location name', 'eventarc/docs/reference/rest/v1/projects.locations.triggers'),
  google_firestore_database: google('project name', 'firestore/docs/reference/rest/v1/projects.databases'),
  google_firestore_document: google('project database collection document_id', 'firestore/docs/reference/rest/v1/projects.databases.documents'),
  google_iam_workload_identity_pool: google('project workload_identity_pool_id', 'iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools'),
  google_iam_workload_identity_pool_provider: google(
    'project workload_identity_pool_id workload_identity_pool_provider_id',
    'iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers',
  ),
  google_identity_platform_config: google('project', 'identity-platform/docs/reference/rest/v2/projects.identityPlatform'),
  google_kms_crypto_key: google('key_ring name', 'kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys'),
  google_kms_key_ring: google('project location name', 'kms/docs/reference/rest/v1/projects.locations.keyRings'),
  google_logging_metric: google('project name', 'logging/docs/reference/v2/rest/v2/projects.metrics'),
  google_logging_project_sink: google('project name', 'logging/docs/reference/v2/rest/v2/projects.sinks'),
  google_project_iam_custom_role: google('project role_id', 'iam/docs/reference/rest/v1/projects.roles'),
  google_pubsub_schema: google('project name', 'pubsub/docs/reference/rest/v1/projects.schemas'),
  google_pubsub_subscription: google('project name', 'pubsub/docs/reference/rest/v1/projects.subscriptions'),
  google_pubsub_topic: google('project name', 'pubsub/docs/reference/rest/v1/projects.topics'),
  google_secret_manager_secret: google('project secret_id', 'secret-manager/docs/reference/rest/v1/projects.secrets'),
  google_service_account: google('project account_id', 'iam/docs/reference/rest/v1/projects.serviceAccounts'),
  google_sql_database: google('project instance name', 'sql/docs/postgres/admin-api/rest/v1/databases'),
  google_sql_database_instance: google('project name', 'sql/docs/postgres/admin-api/rest/v1/instances'),
  google_storage_bucket: google('name', 'storage/docs/buckets#naming'),
  google_vpc_access_connector: google('project region name', 'vpc/docs/reference/vpcaccess/rest/v1/projects.locations.connectors'),

  aws_autoscaling_group: aws('@region name', 'autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html'),
  aws_backup_vault: aws('@region name', 'aws-backup/latest/devguide/API_CreateBackupVault.html'),
  aws_cloudfront_cache_policy: { ...aws('name', 'cloudfront/latest/APIReference/API_CachePolicyConfig.html'), mutable: true },
  aws_cloudfront_function: aws('name', 'cloudfront/latest/APIReference/API_CreateFunction.html'),
  aws_cloudfront_origin_access_control: { ...aws('name', 'cloudfront/latest/APIReference/API_OriginAccessControlConfig.html'), mutable: true },
  aws_cloudfront_response_headers_policy: { ...aws('name', 'cloudfront/latest/APIReference/API_ResponseHeadersPolicyConfig.html'), mutable: true },
  aws_cloudwatch_log_group: aws('@region name', 'AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html'),
  aws_db_instance: { ...aws('@region identifier', 'AmazonRDS/latest/APIReference/API_CreateDBInstance.html'), mutable: true },
  aws_dynamodb_table: aws('@region name', 'amazondynamodb/latest/APIReference/API_CreateTable.html'),
  aws_ecr_repository: aws('@region name', 'AmazonECR/latest/APIReference/API_CreateRepository.html'),
  aws_iam_instance_profile: aws('name', 'IAM/latest/APIReference/API_CreateInstanceProfile.html'),
  aws_iam_openid_connect_provider: aws('url', 'IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html'),
  aws_iam_policy: aws('path name', 'IAM/latest/APIReference/API_CreatePolicy.html'),
  aws_iam_role: aws('name', 'IAM/latest/APIReference/API_CreateRole.html'),
  aws_iam_user: aws('name', 'IAM/latest/APIReference/API_CreateUser.html'),
  aws_key_pair: aws('@region key_name', 'AWSEC2/latest/APIReference/API_CreateKeyPair.html'),
  aws_keyspaces_keyspace: aws('@region name', 'keyspaces/latest/APIReference/API_CreateKeyspace.html'),
  aws_keyspaces_table: aws('@region keyspace_name table_name', 'keyspaces/latest/APIReference/API_CreateTable.html'),
  aws_kms_alias: aws('@region name', 'kms/latest/APIReference/API_CreateAlias.html'),
  aws_launch_template: aws('@region name', 'AWSEC2/latest/APIReference/API_CreateLaunchTemplate.html'),
  aws_lb: aws('@region name', 'elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html'),
  aws_lb_target_group: aws('@region name', 'elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html'),
  aws_msk_cluster: aws('@region cluster_name', 'msk/1.0/apireference/clusters.html'),
  aws_msk_configuration: aws('@region name', 'msk/1.0/apireference/configurations.html'),
  aws_route53_record: aws('zone_id name type set_identifier', 'Route53/latest/APIReference/API_ChangeResourceRecordSets.html'),
  aws_s3_bucket: aws('bucket', 'AmazonS3/latest/userguide/bucketnamingrules.html'),
  aws_secretsmanager_secret: aws('@region name', 'secretsmanager/latest/apireference/API_CreateSecret.html'),
  aws_security_group: aws('@region vpc_id name', 'AWSEC2/latest/APIReference/API_CreateSecurityGroup.html'),
  aws_ssm_parameter: aws('@region name', 'systems-manager/latest/APIReference/API_PutParameter.html'),

  linode_domain: linode('domain', 'post-domain'),
  linode_firewall: linode('label', 'post-firewalls'),
  linode_instance: linode('label', 'post-linode-instance'),
  linode_nodebalancer: linode('label', 'post-node-balancer'),
  linode_object_storage_bucket: linode('region label', 'post-object-storage-bucket'),
  linode_volume: linode('label', 'post-volume'),
  linode_vpc: linode('label', 'post-vpc'),

  docker_container: docker('Container/operation/ContainerCreate'),
  docker_network: docker('Network/operation/NetworkCreate'),

  tfe_project: tfe('organization name', 'projects#create-a-project'),
  tfe_run_trigger: { ...tfe('workspace_id sourceable_id', 'run-triggers#create-a-run-trigger'), mutable: false },
  tfe_variable: tfe('workspace_id variable_set_id category key', 'workspace-variables#create-a-variable'),
  tfe_variable_set: tfe('organization name', 'variable-sets#create-a-variable-set'),
  tfe_workspace: tfe('organization name', 'workspaces#create-a-workspace'),
};

/** Scopes that may be given as a link, `projects/p/regions/r` for `r`. */
const LINKS = new Set(['project', 'region', 'zone', 'location', 'managed_zone', 'parent_connection', 'instance', 'router', 'map', 'database']);

/** Type and identity, or undefined when the type has no row or part of the identity is not known. */
export function identityKey(type: string, state: Values, site: Site): string | undefined {
  const parts = IDENTITIES[type]?.by.map((argument) => (argument.startsWith('@') ? scope(argument, site) : part(argument, state[argument])));
  return parts && !parts.includes(undefined) && parts.at(-1) !== '' ? [type, ...parts].join('/') : undefined;
}

/** What is left out is the cloud's default scope. */
function part(argument: string, value: Value | undefined): string | undefined {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return undefined;
  return LINKS.has(argument) ? lastSegment(value) : value;
}
