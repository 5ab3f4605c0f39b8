import { ANY, LOWER, LOWER_ANYWHERE, LOWER_PREFIX, type NameRule, WORD } from './name-rule';

const GOOGLE_DOCS = 'https://registry.terraform.io/providers/hashicorp/google/6.50.0/docs/resources';

const compute: NameRule = {
  argument: 'name',
  min: 1,
  max: 63,
  ...LOWER,
  source: 'https://cloud.google.com/compute/docs/naming-resources#resource-name-format',
};

/** The provider appends 26 characters; a longer prefix (up to 54) gets a shorter suffix, which collides. */
const instanceTemplate: NameRule = {
  ...compute,
  also: [{ argument: 'name_prefix', min: 1, max: 37, ...LOWER_PREFIX, source: `${GOOGLE_DOCS}/compute_instance_template#name_prefix` }],
};

/** The group appends a hyphen and four characters, and the result is an instance's name. */
const instanceGroupManager: NameRule = {
  ...compute,
  also: [
    {
      argument: 'base_instance_name',
      min: 1,
      max: 58,
      pattern: /^[a-z][-a-z0-9]*(?:#{1,10}(?:\[[0-9]{1,10}\])?)?$/,
      legal: 'lower-case letters, digits and hyphens, starting with a letter',
      source: 'https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers#baseInstanceName',
    },
  ],
};

const pubsub: NameRule = {
  argument: 'name',
  min: 3,
  max: 255,
  pattern: /^(?!goog)[A-Za-z][A-Za-z0-9._~+%-]*$/,
  legal: "letters, digits and -._~+%, starting with a letter but not with 'goog'",
  source: 'https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names',
};

const certificateManager: NameRule = {
  argument: 'name',
  min: 1,
  max: 63,
  ...LOWER_ANYWHERE,
  source: 'https://cloud.google.com/certificate-manager/docs/reference/certificate-manager/rpc/google.cloud.certificatemanager.v1',
};

const federation: Omit<NameRule, 'argument' | 'source'> = {
  min: 4,
  max: 32,
  pattern: /^(?!gcp-)[-a-z0-9]+$/,
  legal: "lower-case letters, digits and hyphens, not starting with 'gcp-'",
};

export const GOOGLE_NAMES: Readonly<Record<string, NameRule>> = {
  google_artifact_registry_repository: {
    argument: 'repository_id',
    min: 1,
    max: 63,
    ...LOWER,
    source: 'https://cloud.google.com/artifact-registry/docs/repositories/create-repos',
  },
  google_bigquery_dataset: {
    argument: 'dataset_id',
    min: 1,
    max: 1024,
    pattern: /^\w+$/,
    legal: 'letters, digits and underscores',
    source: `${GOOGLE_DOCS}/bigquery_dataset#dataset_id`,
  },
  google_certificate_manager_certificate: certificateManager,
  google_certificate_manager_certificate_map: certificateManager,
  google_certificate_manager_certificate_map_entry: certificateManager,
  google_certificate_manager_dns_authorization: certificateManager,
  google_cloud_run_v2_service: {
    argument: 'name',
    min: 1,
    max: 49,
    ...LOWER,
    source: 'https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services/create',
  },
  google_cloud_scheduler_job: {
    argument: 'name',
    min: 1,
    max: 500,
    ...WORD,
    source: 'https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs#Job',
  },
  google_cloudbuild_trigger: {
    argument: 'name',
    min: 1,
    max: 64,
    pattern: /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/,
    legal: 'letters, digits and hyphens, starting and ending with a letter or digit',
    source: 'https://cloud.google.com/build/docs/api/reference/rest/v1/projects.triggers#BuildTrigger',
  },
  google_cloudfunctions2_function: {
    argument: 'name',
    min: 1,
    max: 63,
    ...LOWER,
    source: 'https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions/create',
  },
  google_compute_address: compute,
  google_compute_autoscaler: compute,
  google_compute_backend_bucket: compute,
  google_compute_backend_service: compute,
  google_compute_disk: compute,
  google_compute_firewall: compute,
  google_compute_forwarding_rule: compute,
  google_compute_global_address: compute,
  google_compute_global_forwarding_rule: compute,
  google_compute_health_check: compute,
  google_compute_image: compute,
  google_compute_instance: compute,
  google_compute_instance_group_manager: instanceGroupManager,
  google_compute_instance_template: instanceTemplate,
  google_compute_managed_ssl_certificate: compute,
  google_compute_network: compute,
  google_compute_region_backend_service: compute,
  google_compute_region_health_check: compute,
  google_compute_region_instance_group_manager: instanceGroupManager,
  google_compute_region_instance_template: instanceTemplate,
  google_compute_resource_policy: compute,
  google_compute_router: compute,
  google_compute_router_nat: compute,
  google_compute_security_policy: compute,
  google_compute_snapshot: compute,
  google_compute_ssl_policy: compute,
  google_compute_subnetwork: compute,
  google_compute_target_http_proxy: compute,
  google_compute_target_https_proxy: compute,
  google_compute_url_map: compute,
  google_dns_managed_zone: {
    argument: 'name',
    min: 1,
    max: 63,
    ...LOWER,
    source: 'https://cloud.google.com/dns/docs/reference/rest/v1/managedZones#ManagedZone',
  },
  google_eventarc_trigger: {
    argument: 'name',
    min: 1,
    max: 63,
    ...LOWER,
    source: 'https://cloud.google.com/eventarc/docs/reference/rest/v1/projects.locations.triggers/create',
  },
  google_firestore_database: {
    argument: 'name',
    min: 4,
    max: 63,
    pattern: /^(?:\(default\)|(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$)[a-z][-a-z0-9]*[a-z0-9])$/,
    legal: "'(default)', or lower-case letters, digits and hyphens, starting with a letter, ending with a letter or digit, not a UUID",
    source: `${GOOGLE_DOCS}/firestore_database#name`,
  },
  google_iam_workload_identity_pool: {
    ...federation,
    argument: 'workload_identity_pool_id',
    source: `${GOOGLE_DOCS}/iam_workload_identity_pool#workload_identity_pool_id`,
    also: [{ argument: 'display_name', min: 0, max: 32, ...ANY, source: `${GOOGLE_DOCS}/iam_workload_identity_pool#display_name` }],
  },
  google_iam_workload_identity_pool_provider: {
    ...federation,
    argument: 'workload_identity_pool_provider_id',
    source: `${GOOGLE_DOCS}/iam_workload_identity_pool_provider#workload_identity_pool_provider_id`,
    also: [{ argument: 'display_name', min: 0, max: 32, ...ANY, source: `${GOOGLE_DOCS}/iam_workload_identity_pool_provider#display_name` }],
  },
  google_kms_crypto_key: {
    argument: 'name',
    min: 1,
    max: 63,
    ...WORD,
    source: 'https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys/create',
  },
  google_kms_key_ring: {
    argument: 'name',
    min: 1,
    max: 63,
    ...WORD,
    source: 'https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings/create',
  },
  google_logging_metric: {
    argument: 'name',
    min: 1,
    max: 100,
    pattern: /^(?!\/)[A-Za-z0-9_.,+!*',()%/-]+$/,
    legal: "letters, digits and _-.,+!*',()%/, not starting with /",
    source: `${GOOGLE_DOCS}/logging_metric#name`,
  },
  google_project_iam_custom_role: {
    argument: 'role_id',
    min: 3,
    max: 64,
    pattern: /^[\w.]+$/,
    legal: 'letters, digits, underscores and dots',
    source: 'https://cloud.google.com/iam/docs/creating-custom-roles#creating',
  },
  google_project_service: {
    argument: 'service',
    min: 5,
    max: 255,
    pattern: /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+$/,
    legal: 'the full host name of the API, such as compute.googleapis.com',
    source: `${GOOGLE_DOCS}/google_project_service#service`,
  },
  google_pubsub_schema: pubsub,
  google_pubsub_subscription: pubsub,
  google_pubsub_topic: pubsub,
  google_secret_manager_secret: {
    argument: 'secret_id',
    min: 1,
    max: 255,
    ...WORD,
    source: 'https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create',
  },
  google_service_account: {
    argument: 'account_id',
    min: 6,
    max: 30,
    ...LOWER,
    source: `${GOOGLE_DOCS}/google_service_account#account_id`,
    also: [
      {
        argument: 'display_name',
        min: 0,
        max: 100,
        ...ANY,
        source: 'https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts#ServiceAccount',
      },
    ],
  },
  google_storage_bucket: {
    argument: 'name',
    min: 3,
    max: 222,
    pattern: /^(?!goog)(?!.*g[o0]{2}gle)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?)*$/,
    legal:
      "lower-case letters, digits, hyphens, underscores and dots, starting and ending with a letter or digit, each part between dots at most 63, not an IP address, not starting with 'goog' nor containing 'google'",
    source: 'https://cloud.google.com/storage/docs/buckets#naming',
  },
};
