import { type Arguments, argument, type Implied, type Link, nameIn, part, type Treatment } from '../treatment';

/** What a role lets somebody do, in a word. */
const ROLES: Readonly<Record<string, string>> = {
  'roles/artifactregistry.reader': 'pulls',
  'roles/artifactregistry.writer': 'pushes',
  'roles/datastore.user': 'reads, writes',
  'roles/firebaseauth.viewer': 'reads',
  'roles/iam.workloadIdentityUser': 'becomes',
  'roles/pubsub.publisher': 'publishes',
  'roles/pubsub.subscriber': 'receives',
  'roles/run.invoker': 'calls',
  'roles/secretmanager.secretAccessor': 'reads',
  'roles/storage.legacyObjectReader': 'reads',
  'roles/storage.objectViewer': 'reads',
};

/** Roles in a whole project, by the types whose boxes they are about. */
const ABOUT: Readonly<Record<string, string>> = {
  'roles/datastore.user': 'google_firestore_database',
  'roles/firebaseauth.viewer': 'google_identity_platform_config',
  'roles/secretmanager.secretAccessor': 'google_secret_manager_secret',
};

/** The same of permissions, in roles of our own. */
const PERMISSIONS: Readonly<Record<string, Implied>> = {
  'compute.instanceGroupManagers.update': { type: 'google_compute_instance_group_manager', says: 'rolls' },
  'compute.instances.create': { type: 'google_compute_instance', says: 'starts' },
  'compute.instances.delete': { type: 'google_compute_instance', says: 'deletes' },
};

/** Needed beside what somebody does: it says nothing itself. */
const ACTS_AS = 'roles/iam.serviceAccountUser';

const says = ({ role }: Arguments) => (typeof role === 'string' && role !== ACTS_AS ? (ROLES[role] ?? role.split('.').at(-1)) : undefined);
const isPublic = ({ member }: Arguments) => member === 'allUsers';

/** An arrow from who may to what they may use. */
const grant: Link = { from: 'member', says, without: /^(role|condition\.title|project)$/, fromEverybody: isPublic };

const projectGrant: Link = {
  ...grant,
  says: (config, at) => (at.startsWith('condition') ? says(config) : undefined),
  implies({ role, condition }, permissions) {
    const type = ABOUT[role as string];
    // a condition says which
    const direct = type !== undefined && condition === undefined ? [{ type, says: ROLES[role as string] as string }] : [];
    return [...direct, ...permissions.flatMap((permission) => PERMISSIONS[permission] ?? [])];
  },
};

export const GOOGLE: Readonly<Record<string, Treatment>> = {
  google_artifact_registry_repository: {
    shown: 'storage',
    what: 'registry',
    called: { own: 'repository_id', as: ['repository=', 'repositories/'] },
  },
  google_artifact_registry_repository_iam_member: grant,
  google_certificate_manager_certificate: part,
  google_certificate_manager_certificate_map: { shown: 'names', what: 'certificates' },
  google_certificate_manager_certificate_map_entry: part,
  google_certificate_manager_dns_authorization: part,
  google_cloud_run_service_iam_member: grant,
  google_cloud_scheduler_job: { shown: 'watch', what: 'schedule', says: () => 'calls' },
  google_cloudbuild_trigger: { shown: 'watch', what: 'build, started by hand' },
  google_cloudfunctions2_function: {
    shown: 'compute',
    what: 'function',
    // what it uses it is granted; its variables say the same again
    flow: ({ at }) => (/^(build_config|service_config)\./.test(at) ? 'none' : 'to'),
    open: (config) => argument(config, 'service_config.ingress_settings') === 'ALLOW_ALL',
  },
  google_compute_backend_bucket: part,
  google_compute_backend_service: part,
  google_compute_firewall: part,
  google_compute_global_address: part,
  google_compute_global_forwarding_rule: {
    shown: 'entry',
    what: 'load balancer',
    open: ({ load_balancing_scheme: scheme }) => scheme === undefined || String(scheme).startsWith('EXTERNAL'),
  },
  google_compute_health_check: part,
  google_compute_instance: { shown: 'compute', what: 'machine' },
  google_compute_instance_group_manager: { shown: 'compute', what: 'instance group', called: { as: ['instanceGroupManagers/'] } },
  google_compute_instance_template: { part: true, open: (config) => argument(config, 'network_interface.access_config') !== undefined },
  google_compute_network: { shown: 'entry', what: 'network', called: { as: ['networks/'] } },
  google_compute_router: part,
  google_compute_router_nat: { part: true, leadsOut: () => true },
  google_compute_security_policy: { shown: 'security', what: 'rate limit' },
  google_compute_ssl_policy: part,
  google_compute_subnetwork: { part: true, called: { as: ['subnetworks/'] } },
  google_compute_target_http_proxy: part,
  google_compute_target_https_proxy: part,
  google_compute_url_map: part,
  google_dns_managed_zone: { shown: 'names', what: 'DNS zone', called: { as: ['managed_zone='] } },
  google_dns_record_set: nameIn('managed_zone'),
  google_firestore_backup_schedule: part,
  google_firestore_database: { shown: 'database', what: 'Firestore', called: { as: ['databases/', 'database='] } },
  google_firestore_field: part,
  google_iam_workload_identity_pool: { shown: 'security', what: 'sign-in without a key' },
  google_iam_workload_identity_pool_provider: part,
  google_identity_platform_config: { shown: 'security', what: 'users, sign-in' },
  google_logging_metric: part,
  google_monitoring_alert_policy: { shown: 'watch', what: 'alert', gathered: 'alerts', flow: () => 'back' },
  google_monitoring_notification_channel: { leftOut: 'where an alert goes: a person' },
  google_project_iam_custom_role: { leftOut: 'its permissions are in the grants that give it' },
  google_project_iam_member: projectGrant,
  google_project_service: { shown: 'outside', what: 'Google API', gathered: 'Google APIs' },
  google_pubsub_subscription: {
    from: 'topic',
    says: (_, at) => (at.startsWith('dead_letter_policy') ? 'what fails' : at.startsWith('push_config') ? 'calls' : undefined),
    without: /oidc_token/,
    called: { as: ['subscription=', 'subscription_id=', 'subscriptions/'] },
  },
  google_pubsub_subscription_iam_member: grant,
  google_pubsub_topic: { shown: 'queue', what: 'topic', called: { as: ['topic=', 'topic_name=', 'topics/'] } },
  google_pubsub_topic_iam_member: grant,
  google_secret_manager_secret: {
    shown: 'security',
    what: 'secret',
    gathered: 'secrets',
    called: { own: 'secret_id', as: ['secret_id=', 'secret=', 'secrets/'] },
  },
  google_secret_manager_secret_iam_member: grant,
  google_service_account: {
    standsForUsers: true,
    usedAt: /^(service_account|service_account\.(\d+\.)?email|service_config\.(\d+\.)?service_account_email)$/,
    what: 'account',
    called: { own: 'account_id', as: ['account='] },
  },
  google_service_account_iam_member: grant,
  google_storage_bucket: { shown: 'storage', what: 'bucket', called: { as: ['bucket=', 'bucket_name=', 'gs://'] } },
  google_storage_bucket_iam_member: grant,
  google_storage_bucket_object: part,
};
