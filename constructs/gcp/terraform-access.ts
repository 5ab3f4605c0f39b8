import type { NamedThing } from './named-things';

/** What Terraform does with a type of resource, as Google's IAM says it. cloud.google.com/iam/docs/roles-permissions */
export interface GoogleAccess {
  /** Permissions of a plan: it looks at settings, never at what is inside. */
  readonly read: readonly string[];
  /** Permissions of an apply besides, where a predefined role would open what is inside. @default none */
  readonly write?: readonly string[];
  /** Predefined roles of an apply on the project. @default none */
  readonly roles?: readonly string[];
  /** Permissions that hold for the things which the stack's resources of this type name, and for no others. @default none */
  readonly named?: readonly NamedAccess[];
}

/** Granted under a condition, in a role of its own. */
export interface NamedAccess {
  readonly thing: NamedThing;
  readonly permissions: readonly string[];
  /** `read` is a plan's, `write` an apply's. */
  readonly to: 'read' | 'write';
  /** What the role is about: `secret-grants`. Its id has it too. */
  readonly what: string;
}

/** Whoever starts something that runs as an account needs to be allowed to use that account. No condition narrows it to some accounts. */
const ACT_AS = 'iam.serviceAccounts.actAs';

/** Grants on the whole project. Those of an apply are narrowed to the roles that the stack grants. */
export const READ_GRANTS = ['resourcemanager.projects.getIamPolicy'] as const;
export const WRITE_GRANTS = [...READ_GRANTS, 'resourcemanager.projects.setIamPolicy'] as const;

const CHANGES = ['create', 'delete', 'update'];

const compute = (collection: string, role: 'instanceAdmin.v1' | 'loadBalancerAdmin' | 'networkAdmin' | 'securityAdmin', write: readonly string[] = []) => ({
  read: [`compute.${collection}.get`],
  write,
  roles: [`roles/compute.${role}`],
});
const certificates = (collection: string): GoogleAccess => ({ read: [`certificatemanager.${collection}.get`], roles: ['roles/certificatemanager.owner'] });
// the predefined roles of topics, subscriptions and repositories read messages and packages too
const pubsub = (collection: 'subscriptions' | 'topics', read: readonly string[], write: readonly string[]): GoogleAccess => ({
  read: read.map((verb) => `pubsub.${collection}.${verb}`),
  write: write.map((verb) => `pubsub.${collection}.${verb}`),
});
const repositories = (read: readonly string[], write: readonly string[]): GoogleAccess => ({
  read: ['get', ...read].map((verb) => `artifactregistry.repositories.${verb}`),
  write: write.map((verb) => `artifactregistry.repositories.${verb}`),
});
const accounts = (...read: string[]): GoogleAccess => ({ read, roles: ['roles/iam.serviceAccountAdmin'] });
// the predefined roles of secrets and buckets read values and objects too
const secrets = { read: ['secretmanager.secrets.get', 'secretmanager.secrets.getIamPolicy'] };
const buckets = { read: ['storage.buckets.get', 'storage.buckets.getIamPolicy'] };
const changing = (thing: NamedThing, what: string, ...permissions: string[]): NamedAccess[] => [{ thing, permissions, to: 'write', what }];
const firestore = (collection: string, ...verbs: string[]): GoogleAccess => ({
  read: [`datastore.${collection}.get`, `datastore.${collection}.list`, 'datastore.databases.getMetadata', 'datastore.operations.get'],
  write: verbs.map((verb) => `datastore.${collection}.${verb}`), // the predefined role has every document too
});

/** Every plan's and every apply's: what the provider itself asks about the project that it works in and charges. */
export const EVERYWHERE: readonly string[] = ['resourcemanager.projects.get', 'serviceusage.services.use'];

/** By type of resource, `data.` before a data source. A type without a row stops the synth: nobody could deploy it. */
export const GOOGLE_ACCESS: Readonly<Record<string, GoogleAccess>> = {
  'data.google_project': { read: [] },
  google_artifact_registry_repository: repositories([], CHANGES),
  google_artifact_registry_repository_iam_member: repositories(['getIamPolicy'], ['setIamPolicy']),
  google_certificate_manager_certificate: certificates('certs'),
  google_certificate_manager_certificate_map: certificates('certmaps'),
  google_certificate_manager_certificate_map_entry: certificates('certmapentries'),
  google_certificate_manager_dns_authorization: certificates('dnsauthorizations'),
  google_cloud_run_service_iam_member: { read: ['run.services.getIamPolicy'], write: ['run.services.setIamPolicy'] },
  google_cloud_scheduler_job: { read: ['cloudscheduler.jobs.get'], write: [ACT_AS], roles: ['roles/cloudscheduler.admin'] },
  google_cloudbuild_trigger: { read: ['cloudbuild.builds.get'], write: [ACT_AS], roles: ['roles/cloudbuild.builds.editor'] },
  google_cloudfunctions2_function: {
    read: ['cloudfunctions.functions.get', 'cloudfunctions.operations.get', 'run.services.get'],
    write: [ACT_AS],
    roles: ['roles/cloudfunctions.developer'],
  },
  google_compute_backend_bucket: compute('backendBuckets', 'loadBalancerAdmin'),
  google_compute_backend_service: compute('backendServices', 'loadBalancerAdmin'),
  google_compute_firewall: compute('firewalls', 'securityAdmin'),
  google_compute_global_address: compute('globalAddresses', 'networkAdmin'),
  google_compute_global_forwarding_rule: compute('globalForwardingRules', 'loadBalancerAdmin'),
  google_compute_health_check: compute('healthChecks', 'loadBalancerAdmin'),
  google_compute_instance_group_manager: compute('instanceGroupManagers', 'instanceAdmin.v1', [ACT_AS]),
  google_compute_instance_template: compute('instanceTemplates', 'instanceAdmin.v1', [ACT_AS]),
  google_compute_network: compute('networks', 'networkAdmin'),
  google_compute_router: compute('routers', 'networkAdmin'),
  google_compute_router_nat: compute('routers', 'networkAdmin'),
  google_compute_security_policy: compute('securityPolicies', 'securityAdmin'),
  google_compute_ssl_policy: compute('sslPolicies', 'loadBalancerAdmin'),
  google_compute_subnetwork: compute('subnetworks', 'networkAdmin'),
  google_compute_target_http_proxy: compute('targetHttpProxies', 'loadBalancerAdmin'),
  google_compute_target_https_proxy: compute('targetHttpsProxies', 'loadBalancerAdmin'),
  google_compute_url_map: compute('urlMaps', 'loadBalancerAdmin'),
  google_dns_managed_zone: { read: ['dns.managedZones.get'], roles: ['roles/dns.admin'] },
  google_dns_record_set: { read: ['dns.changes.get', 'dns.managedZones.get', 'dns.resourceRecordSets.list'], roles: ['roles/dns.admin'] },
  google_firestore_backup_schedule: firestore('backupSchedules', 'create', 'delete', 'update'),
  google_firestore_database: firestore('databases', 'create', 'delete', 'update'),
  google_firestore_field: firestore('indexes', 'create', 'delete', 'update'),
  google_iam_workload_identity_pool: { read: ['iam.workloadIdentityPools.get'], roles: ['roles/iam.workloadIdentityPoolAdmin'] },
  google_iam_workload_identity_pool_provider: {
    read: ['iam.workloadIdentityPoolProviders.get'],
    roles: ['roles/iam.workloadIdentityPoolAdmin'],
  },
  google_identity_platform_config: { read: ['firebaseauth.configs.get'], roles: ['roles/identityplatform.admin'] },
  google_logging_metric: { read: ['logging.logMetrics.get'], roles: ['roles/logging.configWriter'] },
  google_monitoring_alert_policy: { read: ['monitoring.alertPolicies.get'], roles: ['roles/monitoring.alertPolicyEditor'] },
  google_monitoring_notification_channel: {
    read: ['monitoring.notificationChannels.get'],
    roles: ['roles/monitoring.notificationChannelEditor'],
  },
  google_project_iam_custom_role: { read: ['iam.roles.get'], roles: ['roles/iam.roleAdmin'] },
  google_project_iam_member: { read: READ_GRANTS }, // and WRITE_GRANTS, for some roles
  google_project_service: { read: ['serviceusage.services.get', 'serviceusage.services.list'], roles: ['roles/serviceusage.serviceUsageAdmin'] },
  google_pubsub_subscription: {
    read: ['pubsub.subscriptions.get', 'pubsub.topics.get'],
    write: [...CHANGES.map((verb) => `pubsub.subscriptions.${verb}`), 'pubsub.topics.attachSubscription', ACT_AS],
  },
  google_pubsub_subscription_iam_member: pubsub('subscriptions', ['getIamPolicy'], ['setIamPolicy']),
  google_pubsub_topic: pubsub('topics', ['get'], CHANGES),
  google_pubsub_topic_iam_member: pubsub('topics', ['getIamPolicy'], ['setIamPolicy']),
  google_secret_manager_secret: {
    ...secrets,
    write: ['secretmanager.secrets.create'], // asked of the project, which has no such name
    named: changing('secret', 'secrets', 'secretmanager.secrets.delete', 'secretmanager.secrets.update'),
  },
  google_secret_manager_secret_iam_member: { ...secrets, named: changing('secret', 'secret-grants', 'secretmanager.secrets.setIamPolicy') },
  google_service_account: accounts('iam.serviceAccounts.get'),
  google_service_account_iam_member: accounts('iam.serviceAccounts.getIamPolicy'),
  google_storage_bucket: {
    ...buckets,
    write: ['storage.buckets.create'], // the same
    named: changing('bucket', 'buckets', 'storage.buckets.delete', 'storage.buckets.update'),
  },
  google_storage_bucket_iam_member: { ...buckets, named: changing('bucket', 'bucket-grants', 'storage.buckets.setIamPolicy') },
  google_storage_bucket_object: {
    read: [],
    named: [
      { thing: 'objects of a bucket', permissions: ['storage.objects.get'], to: 'read', what: 'objects' },
      {
        thing: 'objects of a bucket',
        permissions: ['storage.objects.create', 'storage.objects.delete', 'storage.objects.get', 'storage.objects.list'],
        to: 'write',
        what: 'objects',
      },
    ],
  },
};
