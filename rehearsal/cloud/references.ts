import type { Value, Values } from '../provider/values';
import type { Cloud } from './cloud';
import { TFE_REFERENCES } from './references-tfe';
import { lastSegment, type Site } from './site';

const REGISTRY = 'https://registry.terraform.io/providers';
const DOCS = `${REGISTRY}/hashicorp/google/6.50.0/docs/resources`;

/** An argument that names another object: `argument` (a dot leads into a block) must be the id, link or name of one of `types`. */
export interface Reference {
  readonly argument: string;
  readonly types: readonly string[];
  readonly source: string;
}

const to = (page: string, argument: string, ...types: string[]): Reference => ({ argument, types, source: `${DOCS}/${page}#${argument.split('.').at(-1)}` });

const onInstance = (page: string) => [
  to(page, 'network_interface.network', 'google_compute_network'),
  to(page, 'network_interface.subnetwork', 'google_compute_subnetwork'),
  to(page, 'resource_policies', 'google_compute_resource_policy'),
];
const onGroup = (page: string) => [
  to(page, 'version.instance_template', 'google_compute_instance_template', 'google_compute_region_instance_template'),
  to(page, 'auto_healing_policies.health_check', 'google_compute_health_check', 'google_compute_region_health_check'),
];
const onBackend = (page: string) => [to(page, 'health_checks', 'google_compute_health_check', 'google_compute_region_health_check')];
const onSecret = (page: string) => [to(page, 'secret_id', 'google_secret_manager_secret')];
const onTopic = (page: string) => [to(page, 'topic', 'google_pubsub_topic')];
const onSubscription = (page: string) => [to(page, 'subscription', 'google_pubsub_subscription')];
const onBucket = (page: string) => [to(page, 'bucket', 'google_storage_bucket')];
const onRepository = (page: string) => [to(page, 'repository', 'google_artifact_registry_repository')];
const onAccount = (page: string) => [to(page, 'service_account_id', 'google_service_account')];

const onRole = (page: string): Reference[] => [
  { argument: 'role', types: ['aws_iam_role'], source: `${REGISTRY}/hashicorp/aws/5.100.0/docs/resources/${page}#role` },
];
const onS3 = (page: string): Reference[] => [
  { argument: 'bucket', types: ['aws_s3_bucket'], source: `${REGISTRY}/hashicorp/aws/5.100.0/docs/resources/${page}#bucket` },
];
const aws = (page: string, argument: string, ...types: string[]): Reference => ({
  argument,
  types,
  source: `${REGISTRY}/hashicorp/aws/5.100.0/docs/resources/${page}#${argument.split('.').at(-1)}`,
});
/** A policy that AWS manages itself may be named as well: by an id that is nobody's. */
const onBehaviour = (block: string): Reference[] => [aws('cloudfront_distribution', `${block}.function_association.function_arn`, 'aws_cloudfront_function')];

/** A type or argument without a row is accepted as it is. */
export const REFERENCES: Readonly<Record<string, readonly Reference[]>> = {
  google_artifact_registry_repository_iam_binding: onRepository('artifact_registry_repository_iam'),
  google_artifact_registry_repository_iam_member: onRepository('artifact_registry_repository_iam'),
  google_certificate_manager_certificate: [to('certificate_manager_certificate', 'managed.dns_authorizations', 'google_certificate_manager_dns_authorization')],
  google_certificate_manager_certificate_map_entry: [
    to('certificate_manager_certificate_map_entry', 'map', 'google_certificate_manager_certificate_map'),
    to('certificate_manager_certificate_map_entry', 'certificates', 'google_certificate_manager_certificate'),
  ],
  google_cloud_scheduler_job: [to('cloud_scheduler_job', 'pubsub_target.topic_name', 'google_pubsub_topic')],
  google_cloudfunctions2_function: [
    to('cloudfunctions2_function', 'event_trigger.pubsub_topic', 'google_pubsub_topic'),
    to('cloudfunctions2_function', 'build_config.source.storage_source.bucket', 'google_storage_bucket'),
  ],
  google_compute_backend_service: [...onBackend('compute_backend_service'), to('compute_backend_service', 'security_policy', 'google_compute_security_policy')],
  google_compute_firewall: [to('compute_firewall', 'network', 'google_compute_network')],
  google_compute_global_forwarding_rule: [
    to('compute_global_forwarding_rule', 'target', 'google_compute_target_http_proxy', 'google_compute_target_https_proxy'),
  ],
  google_compute_instance: onInstance('compute_instance'),
  google_compute_instance_group_manager: onGroup('compute_instance_group_manager'),
  google_compute_instance_template: onInstance('compute_instance_template'),
  google_compute_region_backend_service: onBackend('compute_region_backend_service'),
  google_compute_region_instance_group_manager: onGroup('compute_region_instance_group_manager'),
  google_compute_region_instance_template: onInstance('compute_region_instance_template'),
  google_compute_router: [to('compute_router', 'network', 'google_compute_network')],
  google_compute_router_nat: [to('compute_router_nat', 'router', 'google_compute_router')],
  google_compute_subnetwork: [to('compute_subnetwork', 'network', 'google_compute_network')],
  google_compute_target_http_proxy: [to('compute_target_http_proxy', 'url_map', 'google_compute_url_map')],
  google_compute_target_https_proxy: [
    to('compute_target_https_proxy', 'url_map', 'google_compute_url_map'),
    to('compute_target_https_proxy', 'certificate_map', 'google_certificate_manager_certificate_map'),
    to(
      'compute_target_https_proxy',
      'ssl_certificates',
      'google_compute_ssl_certificate',
      'google_compute_managed_ssl_certificate',
      'google_certificate_manager_certificate',
    ),
    to('compute_target_https_proxy', 'ssl_policy', 'google_compute_ssl_policy'),
  ],
  google_compute_url_map: [
    to('compute_url_map', 'default_service', 'google_compute_backend_service', 'google_compute_backend_bucket'),
    to('compute_url_map', 'path_matcher.default_service', 'google_compute_backend_service', 'google_compute_backend_bucket'),
    to('compute_url_map', 'path_matcher.path_rule.service', 'google_compute_backend_service', 'google_compute_backend_bucket'),
    to('compute_url_map', 'path_matcher.route_rules.service', 'google_compute_backend_service', 'google_compute_backend_bucket'),
  ],
  google_dns_record_set: [to('dns_record_set', 'managed_zone', 'google_dns_managed_zone')],
  google_eventarc_trigger: [to('eventarc_trigger', 'transport.pubsub.topic', 'google_pubsub_topic')],
  google_firestore_backup_schedule: [to('firestore_backup_schedule', 'database', 'google_firestore_database')],
  google_firestore_document: [to('firestore_document', 'database', 'google_firestore_database')],
  google_firestore_field: [to('firestore_field', 'database', 'google_firestore_database')],
  google_firestore_index: [to('firestore_index', 'database', 'google_firestore_database')],
  google_iam_workload_identity_pool_provider: [to('iam_workload_identity_pool_provider', 'workload_identity_pool_id', 'google_iam_workload_identity_pool')],
  google_kms_crypto_key: [to('kms_crypto_key', 'key_ring', 'google_kms_key_ring')],
  google_monitoring_alert_policy: [to('monitoring_alert_policy', 'notification_channels', 'google_monitoring_notification_channel')],
  google_pubsub_subscription: [...onTopic('pubsub_subscription'), to('pubsub_subscription', 'dead_letter_policy.dead_letter_topic', 'google_pubsub_topic')],
  google_pubsub_subscription_iam_binding: onSubscription('pubsub_subscription_iam'),
  google_pubsub_subscription_iam_member: onSubscription('pubsub_subscription_iam'),
  google_pubsub_topic_iam_binding: onTopic('pubsub_topic_iam'),
  google_pubsub_topic_iam_member: onTopic('pubsub_topic_iam'),
  google_secret_manager_secret_iam_binding: onSecret('secret_manager_secret_iam'),
  google_secret_manager_secret_iam_member: onSecret('secret_manager_secret_iam'),
  google_secret_manager_secret_version: [to('secret_manager_secret_version', 'secret', 'google_secret_manager_secret')],
  google_service_account_iam_binding: onAccount('google_service_account_iam'),
  google_service_account_iam_member: onAccount('google_service_account_iam'),
  google_service_account_key: onAccount('google_service_account_key'),
  google_sql_database: [to('sql_database', 'instance', 'google_sql_database_instance')],
  google_storage_bucket_iam_binding: onBucket('storage_bucket_iam'),
  google_storage_bucket_iam_member: onBucket('storage_bucket_iam'),
  google_storage_bucket_object: onBucket('storage_bucket_object'),

  aws_acm_certificate_validation: [aws('acm_certificate_validation', 'certificate_arn', 'aws_acm_certificate')],
  aws_cloudfront_distribution: [
    ...onBehaviour('default_cache_behavior'),
    ...onBehaviour('ordered_cache_behavior'),
    aws('cloudfront_distribution', 'origin.origin_access_control_id', 'aws_cloudfront_origin_access_control'),
    aws('cloudfront_distribution', 'viewer_certificate.acm_certificate_arn', 'aws_acm_certificate'),
  ],
  aws_iam_instance_profile: onRole('iam_instance_profile'),
  aws_iam_role_policy: onRole('iam_role_policy'),
  aws_iam_role_policy_attachment: onRole('iam_role_policy_attachment'),
  aws_iam_user_policy: [aws('iam_user_policy', 'user', 'aws_iam_user')],
  aws_s3_bucket_cors_configuration: onS3('s3_bucket_cors_configuration'),
  aws_s3_bucket_lifecycle_configuration: onS3('s3_bucket_lifecycle_configuration'),
  aws_s3_bucket_policy: onS3('s3_bucket_policy'),
  aws_s3_bucket_public_access_block: onS3('s3_bucket_public_access_block'),
  aws_s3_bucket_server_side_encryption_configuration: onS3('s3_bucket_server_side_encryption_configuration'),
  aws_s3_bucket_versioning: onS3('s3_bucket_versioning'),
  aws_s3_object: onS3('s3_object'),

  ...TFE_REFERENCES,

  docker_container: [
    {
      argument: 'networks_advanced.name',
      types: ['docker_network'],
      source: `${REGISTRY}/kreuzwerker/docker/3.6.2/docs/resources/container#nestedblock--networks_advanced`,
    },
  ],
};

/** What a new project has without anybody making it. */
const PREINSTALLED: Readonly<Record<string, readonly string[]>> = {
  google_compute_network: ['default'],
  google_compute_subnetwork: ['default'],
  docker_network: ['bridge', 'host', 'none'],
};

/** Whether the value names one of these objects. A thing of a project that the cloud holds nothing of is taken on trust. */
export function refersTo(value: string, types: readonly string[], site: Site, cloud: Cloud): boolean {
  const path = value.replace(/^(https:)?\/\/[^/]+\/(compute\/(v1|beta)\/)?/, '');
  if (types.some((type) => PREINSTALLED[type]?.includes(lastSegment(path)))) return true;
  const project = /^projects\/([^/]+)\//.exec(path)?.[1];
  if (project && !isNumber(project) && project !== site.config.project && !cloud.objects().some(({ state }) => state.project === project)) return true;
  return types.some((type) => cloud.find(type, (state) => isNamed(path, state)).length > 0);
}

const NAMES = [
  'id',
  'arn',
  'bucket',
  'self_link',
  'self_link_unique',
  'name',
  'email',
  'secret_id',
  'account_id',
  'unique_id',
  'workload_identity_pool_id',
  'repository_id',
  'database_id',
];

/** The path is the id, or its end, or one of the object's names; a project may stand there by number. */
function isNamed(path: string, state: Values): boolean {
  const end = path.replace(/^projects\/\d+\//, '');
  return NAMES.some((name) => {
    const own: Value | undefined = state[name];
    return typeof own === 'string' && (own === path || own === end || own.endsWith(`/${end}`));
  });
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
