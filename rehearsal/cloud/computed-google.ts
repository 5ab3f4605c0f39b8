import type { Templates } from './template';

const DOCS = 'https://registry.terraform.io/providers/hashicorp/google/6.50.0/docs/resources';

/** A Compute Engine resource: its id, which every reference to it builds on, and its link. */
const compute = (path: string, more: Readonly<Record<string, string>> = {}): Templates => ({
  source: 'https://cloud.google.com/compute/docs/reference/rest/v1',
  id: `projects/{project}/${path}/{name}`,
  self_link: 'https://www.googleapis.com/compute/v1/{id}',
  ...more,
});
const global = (collection: string, more?: Readonly<Record<string, string>>) => compute(`global/${collection}`, more);
const regional = (collection: string, more?: Readonly<Record<string, string>>) => compute(`regions/{region}/${collection}`, more);
const zonal = (collection: string, more?: Readonly<Record<string, string>>) => compute(`zones/{zone}/${collection}`, more);

/** A resource that documents its id on its own page. */
const documented = (page: string, id: string, more: Readonly<Record<string, string>> = {}): Templates => ({
  source: `${DOCS}/${page}#attributes-reference`,
  id,
  ...more,
});
const located = (page: string, collection: string, more?: Readonly<Record<string, string>>) =>
  documented(page, `projects/{project}/locations/{location=global}/${collection}/{name}`, more);

const groupLink = (place: string) => ({ instance_group: `https://www.googleapis.com/compute/v1/projects/{project}/${place}/instanceGroups/{name}` });
const ACCOUNT = '{account_id}@{project}.iam.gserviceaccount.com';
const POOL = 'locations/global/workloadIdentityPools/{workload_identity_pool_id}';

export const GOOGLE: Readonly<Record<string, Templates>> = {
  google_artifact_registry_repository: documented('artifact_registry_repository', 'projects/{project}/locations/{location}/repositories/{repository_id}', {
    name: '{repository_id}',
  }),
  google_bigquery_dataset: documented('bigquery_dataset', 'projects/{project}/datasets/{dataset_id}'),
  google_certificate_manager_certificate: located('certificate_manager_certificate', 'certificates'),
  google_certificate_manager_certificate_map: documented('certificate_manager_certificate_map', 'projects/{project}/locations/global/certificateMaps/{name}'),
  google_certificate_manager_certificate_map_entry: documented(
    'certificate_manager_certificate_map_entry',
    'projects/{project}/locations/global/certificateMaps/{map}/certificateMapEntries/{name}',
  ),
  google_certificate_manager_dns_authorization: located('certificate_manager_dns_authorization', 'dnsAuthorizations', {
    'dns_resource_record.name': '_acme-challenge.{domain}.',
    'dns_resource_record.type': 'CNAME',
    'dns_resource_record.data': '{hash:36}.1.authorize.certificatemanager.goog.',
  }),
  google_cloud_run_v2_job: located('cloud_run_v2_job', 'jobs'),
  google_cloud_run_v2_service: located('cloud_run_v2_service', 'services', {
    uri: 'https://{name}-{hash:10}-uc.a.run.app',
    urls: 'https://{name}-{hash:10}-uc.a.run.app',
  }),
  google_cloud_scheduler_job: documented('cloud_scheduler_job', 'projects/{project}/locations/{region}/jobs/{name}'),
  google_cloudbuild_trigger: documented('cloudbuild_trigger', 'projects/{project}/locations/{location=global}/triggers/{trigger_id}', { trigger_id: '{uuid}' }),
  google_cloudbuildv2_connection: located('cloudbuildv2_connection', 'connections'),
  google_cloudbuildv2_repository: documented(
    'cloudbuildv2_repository',
    'projects/{project}/locations/{location}/connections/{parent_connection}/repositories/{name}',
  ),
  google_cloudfunctions2_function: located('cloudfunctions2_function', 'functions', {
    url: 'https://{location}-{project}.cloudfunctions.net/{name}',
    'service_config.uri': 'https://{name}-{hash:10}-uc.a.run.app',
    'service_config.gcf_uri': 'https://{location}-{project}.cloudfunctions.net/{name}',
    'service_config.service': 'projects/{project}/locations/{location}/services/{name}',
  }),
  google_compute_address: regional('addresses', { address: '{ip}' }),
  google_compute_autoscaler: zonal('autoscalers'),
  google_compute_backend_bucket: global('backendBuckets'),
  google_compute_backend_service: global('backendServices'),
  google_compute_disk: zonal('disks'),
  google_compute_firewall: global('firewalls'),
  google_compute_forwarding_rule: regional('forwardingRules', { ip_address: '{ip}' }),
  google_compute_global_address: global('addresses', { address: '{ip}' }),
  google_compute_global_forwarding_rule: global('forwardingRules', { ip_address: '{ip}' }),
  google_compute_health_check: global('healthChecks'),
  google_compute_image: global('images'),
  google_compute_instance: zonal('instances', { instance_id: '{digits:19}', cpu_platform: 'Intel Broadwell' }),
  google_compute_instance_group_manager: zonal('instanceGroupManagers', groupLink('zones/{zone}')),
  google_compute_instance_template: global('instanceTemplates', { self_link_unique: '{self_link}?uniqueId={digits:19}' }),
  google_compute_managed_ssl_certificate: global('sslCertificates'),
  google_compute_network: global('networks', { numeric_id: '{digits:19}', network_id: '{digits:15}' }),
  google_compute_region_autoscaler: regional('autoscalers'),
  google_compute_region_backend_service: regional('backendServices'),
  google_compute_region_disk: regional('disks'),
  google_compute_region_health_check: regional('healthChecks'),
  google_compute_region_instance_group_manager: regional('instanceGroupManagers', groupLink('regions/{region}')),
  google_compute_region_instance_template: regional('instanceTemplates'),
  google_compute_resource_policy: regional('resourcePolicies'),
  google_compute_route: global('routes'),
  google_compute_router: regional('routers'),
  google_compute_router_nat: documented('compute_router_nat', '{project}/{region}/{router}/{name}'),
  google_compute_security_policy: global('securityPolicies'),
  google_compute_snapshot: global('snapshots'),
  google_compute_ssl_certificate: global('sslCertificates'),
  google_compute_ssl_policy: global('sslPolicies'),
  google_compute_subnetwork: regional('subnetworks', { gateway_address: '{ip}' }),
  google_compute_target_http_proxy: global('targetHttpProxies'),
  google_compute_target_https_proxy: global('targetHttpsProxies'),
  google_compute_url_map: global('urlMaps'),
  google_dns_managed_zone: documented('dns_managed_zone', 'projects/{project}/managedZones/{name}', { name_servers: 'ns-cloud-a1.googledomains.com.' }),
  google_dns_record_set: documented('dns_record_set', 'projects/{project}/managedZones/{managed_zone}/rrsets/{name}/{type}'),
  google_eventarc_trigger: located('eventarc_trigger', 'triggers'),
  google_firestore_backup_schedule: documented('firestore_backup_schedule', '{name}', {
    name: 'projects/{project}/databases/{database=(default)}/backupSchedules/{uuid}',
  }),
  google_firestore_database: documented('firestore_database', 'projects/{project}/databases/{name}', { uid: '{uuid}' }),
  google_firestore_document: documented('firestore_document', '{name}', {
    name: 'projects/{project}/databases/{database=(default)}/documents/{collection}/{document_id}',
  }),
  google_firestore_field: documented('firestore_field', '{name}', {
    name: 'projects/{project}/databases/{database=(default)}/collectionGroups/{collection}/fields/{field}',
  }),
  google_firestore_index: documented('firestore_index', '{name}', {
    name: 'projects/{project}/databases/{database=(default)}/collectionGroups/{collection}/indexes/{hash:12}',
  }),
  google_iam_workload_identity_pool: documented('iam_workload_identity_pool', `projects/{project}/${POOL}`, { name: `projects/{number}/${POOL}` }),
  google_iam_workload_identity_pool_provider: documented(
    'iam_workload_identity_pool_provider',
    `projects/{project}/${POOL}/providers/{workload_identity_pool_provider_id}`,
    { name: `projects/{number}/${POOL}/providers/{workload_identity_pool_provider_id}` },
  ),
  google_identity_platform_config: documented('identity_platform_config', 'projects/{project}/config', { name: 'projects/{number}/config' }),
  google_kms_crypto_key: documented('kms_crypto_key', '{key_ring}/cryptoKeys/{name}'),
  google_kms_key_ring: documented('kms_key_ring', 'projects/{project}/locations/{location}/keyRings/{name}'),
  google_logging_metric: documented('logging_metric', '{name}'),
  google_logging_project_sink: documented('logging_project_sink', 'projects/{project}/sinks/{name}', {
    writer_identity: 'serviceAccount:service-{number}@gcp-sa-logging.iam.gserviceaccount.com',
  }),
  google_monitoring_alert_policy: documented('monitoring_alert_policy', '{name}', { name: 'projects/{project}/alertPolicies/{digits:19}' }),
  google_monitoring_dashboard: documented('monitoring_dashboard', 'projects/{number}/dashboards/{uuid}'),
  google_monitoring_notification_channel: documented('monitoring_notification_channel', '{name}', {
    name: 'projects/{project}/notificationChannels/{digits:19}',
  }),
  google_monitoring_uptime_check_config: documented('monitoring_uptime_check_config', '{name}', {
    name: 'projects/{project}/uptimeCheckConfigs/{uptime_check_id}',
    uptime_check_id: 'check-{hash:11}',
  }),
  google_project_iam_custom_role: documented('google_project_iam_custom_role', 'projects/{project}/roles/{role_id}', {
    name: 'projects/{project}/roles/{role_id}',
  }),
  google_project_service: documented('google_project_service', '{project}/{service}'),
  google_pubsub_schema: documented('pubsub_schema', 'projects/{project}/schemas/{name}'),
  google_pubsub_subscription: documented('pubsub_subscription', 'projects/{project}/subscriptions/{name}'),
  google_pubsub_topic: documented('pubsub_topic', 'projects/{project}/topics/{name}'),
  google_secret_manager_secret: documented('secret_manager_secret', 'projects/{project}/secrets/{secret_id}', {
    name: 'projects/{number}/secrets/{secret_id}',
  }),
  google_secret_manager_secret_version: documented('secret_manager_secret_version', '{name}', { name: '{secret}/versions/1', version: '1' }),
  google_service_account: documented('google_service_account', `projects/{project}/serviceAccounts/${ACCOUNT}`, {
    name: `projects/{project}/serviceAccounts/${ACCOUNT}`,
    email: ACCOUNT,
    member: `serviceAccount:${ACCOUNT}`,
    unique_id: '{digits:21}',
  }),
  google_sql_database: documented('sql_database', 'projects/{project}/instances/{instance}/databases/{name}'),
  google_sql_database_instance: documented('sql_database_instance', '{name}', { connection_name: '{project}:{region}:{name}' }),
  google_storage_bucket: documented('storage_bucket', '{name}', { self_link: 'https://www.googleapis.com/storage/v1/b/{name}', url: 'gs://{name}' }),
  google_storage_bucket_object: documented('storage_bucket_object', '{bucket}-{name}', {
    output_name: '{name}',
    self_link: 'https://www.googleapis.com/storage/v1/b/{bucket}/o/{name}',
  }),
  google_vpc_access_connector: documented('vpc_access_connector', 'projects/{project}/locations/{region}/connectors/{name}', { self_link: '{id}' }),
};
