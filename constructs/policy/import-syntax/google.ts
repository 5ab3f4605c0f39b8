import { COMPUTE } from './google-compute';
import { page, row } from './google-rows';
import type { Importable, ImportSyntaxes, NotImportable } from './syntax';

/** `value(name)` is all of the id. */
const named = (name: string, id: string, list: string) => row(name, `projects/{project}/${id}`, `${list} --format='value(name)'`);

/** Who may do what with a thing. @param policy gcloud's command that shows it */
const member = (name: string, thing: string, policy: string): Importable => ({
  id: `${thing} {role*} {member*}`,
  find: `gcloud ${policy} --flatten='bindings[].members' --format='value(bindings.role,bindings.members)'`,
  remark: 'thing, role and member with a space between; of a grant with a condition, the title of the condition behind them',
  source: page(name),
});

const LOCATED = '--location={location}';

const POOL = 'projects/{project}/locations/global/workloadIdentityPools/{workload_identity_pool_id}';
const DATABASE = 'projects/{project}/databases/{database}';
const CERTIFICATES = 'projects/{project}/locations';
const bucketObject: NotImportable = {
  never: 'the provider cannot import it; the deployment uploads the object again, under its name',
  source: page('storage_bucket_object'),
};

const REST: ImportSyntaxes = {
  google_artifact_registry_repository: named(
    'artifact_registry_repository',
    'locations/{location}/repositories/{repository_id}',
    `artifacts repositories list ${LOCATED}`,
  ),
  google_certificate_manager_certificate: row(
    'certificate_manager_certificate',
    `${CERTIFICATES}/{location=global}/certificates/{name}`,
    "certificate-manager certificates list --location={location=global} --format='value(name)'",
  ),
  google_certificate_manager_certificate_map: row(
    'certificate_manager_certificate_map',
    `${CERTIFICATES}/global/certificateMaps/{name}`,
    "certificate-manager maps list --format='value(name)'",
  ),
  google_certificate_manager_certificate_map_entry: row(
    'certificate_manager_certificate_map_entry',
    `${CERTIFICATES}/global/certificateMaps/{map}/certificateMapEntries/{name}`,
    "certificate-manager maps entries list --map={map} --format='value(name)'",
  ),
  google_certificate_manager_dns_authorization: row(
    'certificate_manager_dns_authorization',
    `${CERTIFICATES}/{location=global}/dnsAuthorizations/{name}`,
    "certificate-manager dns-authorizations list --location={location=global} --format='value(name)'",
  ),
  google_cloud_scheduler_job: named('cloud_scheduler_job', 'locations/{region}/jobs/{name}', 'scheduler jobs list --location={region}'),
  google_cloudbuild_trigger: row(
    'cloudbuild_trigger',
    'projects/{project}/locations/{location}/triggers/<trigger>',
    `builds triggers list --region={location} --filter='name={name}' --format='value(resourceName)'`,
  ),
  google_cloudfunctions2_function: named('cloudfunctions2_function', 'locations/{location}/functions/{name}', 'functions list --v2 --regions={location}'),
  google_dns_managed_zone: row('dns_managed_zone', 'projects/{project}/managedZones/{name}', "dns managed-zones list --format='value(name,dnsName)'"),
  google_dns_record_set: row(
    'dns_record_set',
    'projects/{project}/managedZones/{managed_zone}/rrsets/{name}/{type}',
    "dns record-sets list --zone={managed_zone} --format='value(name,type)'",
  ),
  google_firestore_backup_schedule: row(
    'firestore_backup_schedule',
    `${DATABASE}/backupSchedules/<uuid>`,
    "firestore backups schedules list --database='{database}' --format='value(name)'",
  ),
  google_firestore_database: named('firestore_database', 'databases/{name}', 'firestore databases list'),
  google_firestore_field: row(
    'firestore_field',
    `${DATABASE}/collectionGroups/{collection}/fields/{field}`,
    "firestore indexes fields list --database='{database}' --format='value(name)'",
  ),
  google_iam_workload_identity_pool: row(
    'iam_workload_identity_pool',
    POOL,
    "iam workload-identity-pools list --location=global --format='value(name)'",
    'with the id of the project where gcloud says its number',
  ),
  google_iam_workload_identity_pool_provider: row(
    'iam_workload_identity_pool_provider',
    `${POOL}/providers/{workload_identity_pool_provider_id}`,
    "iam workload-identity-pools providers list --location=global --workload-identity-pool={workload_identity_pool_id} --format='value(name)'",
    'with the id of the project where gcloud says its number',
  ),
  google_identity_platform_config: row(
    'identity_platform_config',
    'projects/{project}/config',
    "services list --enabled --filter='config.name=identitytoolkit.googleapis.com'",
    'a project has one, or none before somebody enabled it',
  ),
  google_logging_metric: row('logging_metric', '{name}', "logging metrics list --format='value(name)'"),
  google_monitoring_alert_policy: row(
    'monitoring_alert_policy',
    'projects/{project}/alertPolicies/<number>',
    `alpha monitoring policies list --filter='displayName="{display_name}"' --format='value(name)'`,
  ),
  google_monitoring_notification_channel: row(
    'monitoring_notification_channel',
    'projects/{project}/notificationChannels/<number>',
    "beta monitoring channels list --format='value(name,labels.email_address)'",
  ),
  google_project_iam_custom_role: named('google_project_iam_custom_role', 'roles/{role_id}', 'iam roles list'),
  google_project_service: {
    ...row('google_project_service', '{project}/{service}', "services list --enabled --format='value(config.name)'"),
    isEverybodys: true,
  },
  google_pubsub_subscription: named('pubsub_subscription', 'subscriptions/{name}', 'pubsub subscriptions list'),
  google_pubsub_topic: named('pubsub_topic', 'topics/{name}', 'pubsub topics list'),
  google_secret_manager_secret: row('secret_manager_secret', 'projects/{project}/secrets/{secret_id}', "secrets list --format='value(name.basename())'"),
  google_service_account: row(
    'google_service_account',
    'projects/{project}/serviceAccounts/{account_id}@{project}.iam.gserviceaccount.com',
    "iam service-accounts list --format='value(name)'",
  ),
  google_storage_bucket: row('storage_bucket', '{name}', "storage buckets list --format='value(name)'"),
  google_storage_bucket_object: bucketObject,
};

const MEMBERS: ImportSyntaxes = {
  google_artifact_registry_repository_iam_member: member(
    'artifact_registry_repository_iam',
    'projects/{project}/locations/{location}/repositories/{repository}',
    `artifacts repositories get-iam-policy {repository} ${LOCATED} --project={project}`,
  ),
  google_cloud_run_service_iam_member: member(
    'cloud_run_service_iam',
    'projects/{project}/locations/{location}/services/{service}',
    'run services get-iam-policy {service} --region={location} --project={project}',
  ),
  google_project_iam_member: member('google_project_iam', '{project}', 'projects get-iam-policy {project}'),
  google_pubsub_subscription_iam_member: member(
    'pubsub_subscription_iam',
    'projects/{project}/subscriptions/{subscription}',
    'pubsub subscriptions get-iam-policy {subscription} --project={project}',
  ),
  google_pubsub_topic_iam_member: member('pubsub_topic_iam', 'projects/{project}/topics/{topic}', 'pubsub topics get-iam-policy {topic} --project={project}'),
  google_secret_manager_secret_iam_member: member(
    'secret_manager_secret_iam',
    'projects/{project}/secrets/{secret_id}',
    'secrets get-iam-policy {secret_id} --project={project}',
  ),
  google_service_account_iam_member: member('google_service_account_iam', '{service_account_id*}', 'iam service-accounts get-iam-policy {service_account_id}'),
  google_storage_bucket_iam_member: member('storage_bucket_iam', 'b/{bucket}', 'storage buckets get-iam-policy gs://{bucket}'),
};

export const GOOGLE: ImportSyntaxes = { ...COMPUTE, ...REST, ...MEMBERS };
