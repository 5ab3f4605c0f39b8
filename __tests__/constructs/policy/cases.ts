import type { RuleContext, Synthesized } from '../../../constructs/policy';

type Config = Synthesized['config'];

/** A resource that keeps every rule, and one change to it that breaks exactly one. */
export interface Case {
  /** The rule that the change breaks. */
  readonly rule: string;
  /** The change, as a sentence. */
  readonly change: string;
  readonly type: string;
  readonly good: Config;
  /** Other resources of the stack, which the passing resource needs. */
  readonly beside?: readonly Synthesized[];
  readonly breakIt: (config: Config, beside: Synthesized[]) => void;
  /** The stack that it is in when it is broken. @default the same as for all */
  readonly brokenContext?: RuleContext;
  /** A part of the remedy. */
  readonly remedy: string;
}

export const context: RuleContext = {
  protected: true,
  labels: { estate: 'moshi', environment: 'prod', stack: 'server' },
  hasLocalState: false,
  credentialStates: new Set(),
};

/** Both providers, as every stack configures them. */
export const providers: readonly Synthesized[] = [
  { path: 'stack/google', type: 'provider.google', config: { project: 'p', default_labels: { ...context.labels } } },
  { path: 'stack/aws', type: 'provider.aws', config: { region: 'us-east-1', default_tags: [{ tags: { ...context.labels } }] } },
];

const keep = { prevent_destroy: true };

const bucket: Config = {
  name: 'moshi-assets',
  location: 'US-CENTRAL1',
  uniform_bucket_level_access: true,
  public_access_prevention: 'enforced',
  versioning: { enabled: true },
  lifecycle: keep,
};

const template: Config = {
  name_prefix: 'moshi-srv-',
  machine_type: 'e2-micro',
  disk: [{ source_image: 'projects/p/global/images/family/moshi-srv' }],
  network_interface: [{ subnetwork: 'moshi' }],
  service_account: { email: 'moshi-srv@p.iam.gserviceaccount.com', scopes: ['cloud-platform'] },
  shielded_instance_config: { enable_secure_boot: true, enable_vtpm: true, enable_integrity_monitoring: true },
  metadata: { 'enable-oslogin': 'TRUE' },
};

const firewall: Config = {
  name: 'moshi-health-checks',
  network: 'moshi',
  direction: 'INGRESS',
  source_ranges: ['130.211.0.0/22', '35.191.0.0/16'],
  allow: [{ protocol: 'tcp', ports: ['8080'] }],
};

const s3: Config = { bucket: 'vulpine-assets', lifecycle: keep };

const s3Settings: readonly Synthesized[] = [
  {
    path: 'stack/assets/privacy',
    type: 'aws_s3_bucket_public_access_block',
    config: {
      bucket: '${aws_s3_bucket.subject.id}',
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    },
  },
  {
    path: 'stack/assets/versions',
    type: 'aws_s3_bucket_versioning',
    config: { bucket: 'vulpine-assets', versioning_configuration: { status: 'Enabled' } },
  },
  {
    path: 'stack/assets/encryption',
    type: 'aws_s3_bucket_server_side_encryption_configuration',
    config: { bucket: '${aws_s3_bucket.subject.bucket}', rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }] },
  },
];

const launchTemplate: Config = {
  name_prefix: 'client-api-',
  metadata_options: { http_tokens: 'required' },
  block_device_mappings: [{ device_name: '/dev/xvda', ebs: { encrypted: 'true', volume_size: 8 } }],
  network_interfaces: [{ associate_public_ip_address: 'false' }],
};

const machine: Config = {
  ami: 'ami-1',
  instance_type: 't3.small',
  metadata_options: { http_tokens: 'required' },
  root_block_device: { encrypted: true },
};

const balancer: Config = { name: 'client-api', internal: true, access_logs: { bucket: 'logs', enabled: true } };

const policy = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

const database: Config = {
  identifier: 'egf2',
  instance_class: 'db.t4g.micro',
  storage_encrypted: true,
  deletion_protection: true,
  final_snapshot_identifier: 'egf2-last',
  lifecycle: keep,
};

export const cases: readonly Case[] = [
  // any cloud
  {
    rule: 'any-stateful-protected',
    change: 'prevent_destroy is gone',
    type: 'google_pubsub_topic',
    good: { name: 'filmlinkd-command-topic', lifecycle: keep },
    breakIt: (config) => {
      delete config.lifecycle;
    },
    remedy: 'set lifecycle.prevent_destroy = true: it holds messages',
  },
  {
    rule: 'any-stateful-protected',
    change: 'the database may be deleted in the cloud',
    type: 'google_firestore_database',
    good: { name: '(default)', location_id: 'nam5', type: 'FIRESTORE_NATIVE', delete_protection_state: 'DELETE_PROTECTION_ENABLED', lifecycle: keep },
    breakIt: (config) => {
      config.delete_protection_state = 'DELETE_PROTECTION_DISABLED';
    },
    remedy: 'set delete_protection_state = "DELETE_PROTECTION_ENABLED": it holds documents',
  },
  {
    rule: 'any-stateful-protected',
    change: 'deletion protection is left out where the provider leaves it off',
    type: 'google_secret_manager_secret',
    good: { secret_id: 'DISCORD_PROD_BOT_TOKEN', deletion_protection: true, lifecycle: keep },
    breakIt: (config) => {
      delete config.deletion_protection;
    },
    remedy: 'deletion_protection = true',
  },
  {
    rule: 'any-stateful-protected',
    change: 'destroy empties the bucket first',
    type: 'google_storage_bucket',
    good: bucket,
    breakIt: (config) => {
      config.force_destroy = true;
    },
    remedy: 'force_destroy = false',
  },
  {
    rule: 'any-stateful-protected',
    change: 'a setting inside a block is off',
    type: 'google_sql_database_instance',
    good: { name: 'main', database_version: 'POSTGRES_17', settings: [{ tier: 'db-f1-micro', deletion_protection_enabled: true }], lifecycle: keep },
    breakIt: (config) => {
      config.settings[0].deletion_protection_enabled = false;
    },
    remedy: 'settings.deletion_protection_enabled = true',
  },
  {
    rule: 'any-stateful-protected',
    change: 'the last snapshot is skipped',
    type: 'aws_db_instance',
    good: database,
    breakIt: (config) => {
      config.skip_final_snapshot = true;
    },
    remedy: 'skip_final_snapshot = false',
  },
  {
    rule: 'any-name-legal',
    change: 'the name has an underscore',
    type: 'google_compute_network',
    good: { name: 'moshi-network' },
    breakIt: (config) => {
      config.name = 'moshi_network';
    },
    remedy: 'name "moshi_network": 1-63 characters, lower-case letters',
  },
  {
    rule: 'any-no-plain-secrets',
    change: 'a secret argument has a literal',
    type: 'google_secret_manager_secret_version',
    good: { secret: '${google_secret_manager_secret.a.id}', secret_data: '${var.token}' },
    breakIt: (config) => {
      config.secret_data = 'hunter2';
    },
    remedy: "take the secret in 'secret_data' out",
  },
  {
    rule: 'any-no-plain-secrets',
    change: 'metadata has a password',
    type: 'google_compute_instance_template',
    good: template,
    breakIt: (config) => {
      config.metadata['db-password'] = 'hunter2';
    },
    remedy: "take the secret in 'db-password' out",
  },

  // Google Cloud
  {
    rule: 'gcp-labels-complete',
    change: 'the provider lacks a label',
    type: 'provider.google',
    good: { project: 'p', default_labels: { ...context.labels } },
    breakIt: (config) => {
      delete config.default_labels.environment;
    },
    remedy: "add environment = prod to the provider's default_labels",
  },
  {
    rule: 'gcp-bucket-private',
    change: 'objects have ACLs of their own',
    type: 'google_storage_bucket',
    good: bucket,
    breakIt: (config) => {
      config.uniform_bucket_level_access = false;
    },
    remedy: 'uniform_bucket_level_access = true',
  },
  {
    rule: 'gcp-bucket-private',
    change: 'public grants are possible',
    type: 'google_storage_bucket',
    good: bucket,
    breakIt: (config) => {
      config.public_access_prevention = 'inherited';
    },
    remedy: "public_access_prevention = 'enforced'",
  },
  {
    rule: 'gcp-bucket-versioned',
    change: 'versioning is off',
    type: 'google_storage_bucket',
    good: bucket,
    breakIt: (config) => {
      config.versioning = [{ enabled: false }];
    },
    remedy: 'versioning { enabled = true }',
  },
  {
    rule: 'gcp-no-public-member',
    change: 'everybody is a member',
    type: 'google_storage_bucket_iam_member',
    good: { bucket: 'b', role: 'roles/storage.objectViewer', member: 'serviceAccount:a@p.iam.gserviceaccount.com' },
    breakIt: (config) => {
      config.member = 'allUsers';
    },
    remedy: 'instead of allUsers',
  },
  {
    rule: 'gcp-no-public-member',
    change: 'everybody with an account is in a binding',
    type: 'google_storage_bucket_iam_binding',
    good: { bucket: 'b', role: 'roles/storage.objectViewer', members: ['group:team@example.com'] },
    breakIt: (config) => {
      config.members.push('allAuthenticatedUsers');
    },
    remedy: 'instead of allAuthenticatedUsers',
  },
  {
    rule: 'gcp-no-public-member',
    change: 'everybody is in a policy document',
    type: 'data.google_iam_policy',
    good: { binding: [{ role: 'roles/run.invoker', members: ['group:team@example.com'] }] },
    breakIt: (config) => {
      config.binding[0].members = ['allUsers'];
    },
    remedy: 'instead of allUsers',
  },
  {
    rule: 'gcp-no-public-member',
    change: 'everybody is in an ACL',
    type: 'google_storage_default_object_access_control',
    good: { bucket: 'b', role: 'READER', entity: 'group-team@example.com' },
    breakIt: (config) => {
      config.entity = 'allUsers';
    },
    remedy: 'instead of allUsers',
  },
  {
    rule: 'gcp-no-public-member',
    change: 'the service asks callers for nothing',
    type: 'google_cloud_run_v2_service',
    good: { name: 'web-hook', location: 'us-west1', template: { service_account: 'hook@p.iam.gserviceaccount.com' } },
    breakIt: (config) => {
      config.invoker_iam_disabled = true;
    },
    remedy: 'keep invoker_iam_disabled off',
  },
  {
    rule: 'gcp-no-broad-roles',
    change: 'the role is editor',
    type: 'google_project_iam_member',
    good: { project: 'p', role: 'roles/logging.logWriter', member: 'serviceAccount:a@p.iam.gserviceaccount.com' },
    breakIt: (config) => {
      config.role = 'roles/editor';
    },
    remedy: 'grant the predefined role that serviceAccount:a@p.iam.gserviceaccount.com needs instead of roles/editor',
  },
  {
    rule: 'gcp-no-broad-roles',
    change: 'the account may act as every account of the project',
    type: 'google_project_iam_member',
    good: { project: 'p', role: 'roles/logging.logWriter', member: 'serviceAccount:a@p.iam.gserviceaccount.com' },
    breakIt: (config) => {
      config.role = 'roles/iam.serviceAccountTokenCreator';
    },
    remedy: 'instead of roles/iam.serviceAccountTokenCreator',
  },
  {
    rule: 'gcp-no-authoritative-policy',
    change: 'a policy replaces all grants of the project',
    type: 'google_project_iam_member',
    good: { project: 'p', role: 'roles/logging.logWriter', member: 'serviceAccount:a@p.iam.gserviceaccount.com' },
    breakIt: (_, beside) => {
      beside.push({
        path: 'stack/subject/resource',
        type: 'google_project_iam_policy',
        config: { project: 'p', policy_data: '${data.google_iam_policy.all.policy_data}' },
      });
    },
    remedy: 'grant with the _iam_member resource',
  },
  {
    rule: 'gcp-no-acl',
    change: 'the bucket has an ACL',
    type: 'google_storage_bucket',
    good: bucket,
    breakIt: (_, beside) => {
      beside.push({ path: 'stack/subject/resource', type: 'google_storage_bucket_acl', config: { bucket: 'moshi-assets', role_entity: ['READER:allUsers'] } });
    },
    remedy: 'google_storage_bucket_iam_member',
  },
  {
    rule: 'gcp-no-long-lived-keys',
    change: 'the account has a key',
    type: 'google_service_account',
    good: { account_id: 'artifact-writer' },
    breakIt: (_, beside) => {
      beside.push({ path: 'stack/subject/resource', type: 'google_service_account_key', config: { service_account_id: 'artifact-writer' } });
    },
    remedy: 'workload identity federation',
  },
  {
    rule: 'any-stateful-protected',
    change: 'the bucket goes with everything in it, said as text',
    type: 'google_storage_bucket',
    good: bucket,
    breakIt: (config) => {
      config.force_destroy = 'true';
    },
    remedy: 'force_destroy = false',
  },
  {
    rule: 'gcp-own-identity',
    change: 'the machine runs as the default account',
    type: 'google_compute_instance_template',
    good: template,
    breakIt: (config) => {
      delete config.service_account.email;
    },
    remedy: 'set service_account.email',
  },
  {
    rule: 'gcp-own-identity',
    change: 'the function names no account',
    type: 'google_cloudfunctions2_function',
    good: { name: 'create-worker', location: 'us-west1', service_config: { service_account_email: 'create@p.iam.gserviceaccount.com' } },
    breakIt: (config) => {
      config.service_config = { available_memory: '256M' };
    },
    remedy: 'set service_config.service_account_email',
  },
  {
    rule: 'gcp-own-identity',
    change: 'the function has no service_config at all',
    type: 'google_cloudfunctions2_function',
    good: { name: 'create-worker', location: 'us-west1', service_config: { service_account_email: 'create@p.iam.gserviceaccount.com' } },
    breakIt: (config) => {
      delete config.service_config;
    },
    remedy: 'set service_config.service_account_email',
  },
  {
    rule: 'gcp-own-identity',
    change: 'the build runs as the default account',
    type: 'google_cloudbuild_trigger',
    good: { name: 'deliver', service_account: 'projects/p/serviceAccounts/build@p.iam.gserviceaccount.com' },
    breakIt: (config) => {
      config.service_account = 'projects/p/serviceAccounts/123-compute@developer.gserviceaccount.com';
    },
    remedy: 'set service_account',
  },
  {
    rule: 'gcp-federation-restricted',
    change: 'any repository is admitted',
    type: 'google_iam_workload_identity_pool_provider',
    good: {
      workload_identity_pool_id: 'oidc-pool',
      workload_identity_pool_provider_id: 'oidc-gh-provider',
      attribute_condition: "assertion.repository == 'owner/name'",
    },
    breakIt: (config) => {
      delete config.attribute_condition;
    },
    remedy: 'set attribute_condition',
  },
  {
    rule: 'gcp-no-open-firewall',
    change: 'everybody may come in',
    type: 'google_compute_firewall',
    good: firewall,
    breakIt: (config) => {
      config.source_ranges.push('0.0.0.0/0');
    },
    remedy: 'narrow source_ranges from 0.0.0.0/0',
  },
  {
    rule: 'gcp-no-open-firewall',
    change: 'everybody with IPv6 may come in, and the direction is the default',
    type: 'google_compute_firewall',
    good: firewall,
    breakIt: (config) => {
      delete config.direction;
      config.source_ranges = ['::/0'];
    },
    remedy: 'narrow source_ranges from ::/0',
  },
  {
    rule: 'gcp-no-external-address',
    change: 'the template gives machines an address',
    type: 'google_compute_instance_template',
    good: template,
    breakIt: (config) => {
      config.network_interface[0].access_config = [{}];
    },
    remedy: 'remove access_config',
  },
  {
    rule: 'gcp-no-external-address',
    change: 'the instance has an IPv6 address',
    type: 'google_compute_instance',
    good: {
      name: 'scraper-1',
      machine_type: 'e2-micro',
      network_interface: { subnetwork: 'main' },
      service_account: { email: 'scraper@p.iam.gserviceaccount.com', scopes: ['cloud-platform'] },
      shielded_instance_config: { enable_secure_boot: true },
    },
    breakIt: (config) => {
      config.network_interface.ipv6_access_config = { network_tier: 'PREMIUM' };
    },
    remedy: 'remove access_config',
  },
  {
    rule: 'gcp-shielded-machine',
    change: 'secure boot is off',
    type: 'google_compute_instance_template',
    good: template,
    breakIt: (config) => {
      config.shielded_instance_config.enable_secure_boot = false;
    },
    remedy: 'set shielded_instance_config',
  },
  {
    rule: 'gcp-shielded-machine',
    change: 'integrity monitoring is off',
    type: 'google_compute_region_instance_template',
    good: { ...template, region: 'us-central1' },
    breakIt: (config) => {
      config.shielded_instance_config.enable_integrity_monitoring = false;
    },
    remedy: 'set shielded_instance_config',
  },
  {
    rule: 'gcp-logs-on',
    change: 'the backend service logs nothing',
    type: 'google_compute_backend_service',
    good: { name: 'moshi-bs', log_config: { enable: true, sample_rate: 1 } },
    breakIt: (config) => {
      delete config.log_config;
    },
    remedy: 'set log_config { enable = true }',
  },
  {
    rule: 'gcp-logs-on',
    change: 'the NAT logs nothing',
    type: 'google_compute_router_nat',
    good: { name: 'nat', router: 'r', log_config: { enable: true, filter: 'ERRORS_ONLY' } },
    breakIt: (config) => {
      config.log_config.enable = false;
    },
    remedy: 'set log_config { enable = true }',
  },
  {
    rule: 'gcp-modern-tls',
    change: 'the proxy has the default policy',
    type: 'google_compute_target_https_proxy',
    good: { name: 'moshi-thp', url_map: 'um', ssl_policy: 'tls' },
    breakIt: (config) => {
      delete config.ssl_policy;
    },
    remedy: 'set ssl_policy',
  },
  {
    rule: 'gcp-modern-tls',
    change: 'the policy speaks TLS 1.1',
    type: 'google_compute_ssl_policy',
    good: { name: 'moshi-tls', profile: 'MODERN', min_tls_version: 'TLS_1_2' },
    breakIt: (config) => {
      config.min_tls_version = 'TLS_1_1';
    },
    remedy: "min_tls_version = 'TLS_1_2'",
  },
  {
    rule: 'gcp-modern-tls',
    change: 'the policy takes old ciphers',
    type: 'google_compute_ssl_policy',
    good: { name: 'moshi-tls', profile: 'MODERN', min_tls_version: 'TLS_1_2' },
    breakIt: (config) => {
      delete config.profile;
    },
    remedy: "profile = 'MODERN'",
  },

  // AWS
  {
    rule: 'aws-labels-complete',
    change: 'the provider has another value',
    type: 'provider.aws',
    good: { region: 'us-east-1', default_tags: [{ tags: { ...context.labels } }] },
    breakIt: (config) => {
      config.default_tags[0].tags.estate = 'vulpine';
    },
    remedy: "add estate = moshi to the provider's default_tags",
  },
  {
    rule: 'aws-bucket-private',
    change: 'the bucket has no public access block',
    type: 'aws_s3_bucket',
    good: s3,
    beside: s3Settings,
    breakIt: (_config, beside) => {
      beside.splice(0, 1);
    },
    remedy: 'give the bucket an aws_s3_bucket_public_access_block with block_public_acls,',
  },
  {
    rule: 'aws-bucket-private',
    change: 'public policies are possible',
    type: 'aws_s3_bucket',
    good: s3,
    beside: s3Settings,
    breakIt: (_config, beside) => {
      for (const { config } of beside.slice(0, 1)) config.block_public_policy = false;
    },
    remedy: 'aws_s3_bucket_public_access_block with block_public_policy = true',
  },
  {
    rule: 'aws-bucket-versioned',
    change: 'versioning is suspended',
    type: 'aws_s3_bucket',
    good: s3,
    beside: s3Settings,
    breakIt: (_config, beside) => {
      for (const { config } of beside.slice(1, 2)) config.versioning_configuration.status = 'Suspended';
    },
    remedy: 'aws_s3_bucket_versioning',
  },
  {
    rule: 'aws-storage-encrypted',
    change: "the encryption is another bucket's",
    type: 'aws_s3_bucket',
    good: s3,
    beside: s3Settings,
    breakIt: (_config, beside) => {
      for (const { config } of beside.slice(2)) config.bucket = '${aws_s3_bucket.subject_2.bucket}';
    },
    remedy: 'aws_s3_bucket_server_side_encryption_configuration',
  },
  {
    rule: 'aws-storage-encrypted',
    change: 'the database is not encrypted',
    type: 'aws_db_instance',
    good: database,
    breakIt: (config) => {
      delete config.storage_encrypted;
    },
    remedy: 'set storage_encrypted = true',
  },
  {
    rule: 'aws-storage-encrypted',
    change: 'a volume of the template is not encrypted',
    type: 'aws_launch_template',
    good: launchTemplate,
    breakIt: (config) => {
      config.block_device_mappings.push({ device_name: '/dev/xvdb', ebs: [{ volume_size: 100 }] });
    },
    remedy: 'set block_device_mappings.ebs.encrypted = true',
  },
  {
    rule: 'aws-storage-encrypted',
    change: "the machine's first volume is as its image was",
    type: 'aws_instance',
    good: machine,
    breakIt: (config) => {
      delete config.root_block_device;
    },
    remedy: 'set root_block_device.encrypted = true',
  },
  {
    rule: 'aws-no-broad-policies',
    change: 'the role is an administrator',
    type: 'aws_iam_role_policy_attachment',
    good: { role: 'r', policy_arn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore' },
    breakIt: (config) => {
      config.policy_arn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    },
    remedy: 'instead of AdministratorAccess',
  },
  {
    rule: 'aws-no-wildcard-actions',
    change: 'the policy allows all of S3',
    type: 'aws_iam_role_policy',
    good: { role: 'r', policy: policy({ Effect: 'Allow', Action: ['s3:GetObject', 's3:List*'], Resource: '*' }) },
    breakIt: (config) => {
      config.policy = policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
    },
    remedy: 'instead of s3:*',
  },
  {
    rule: 'aws-no-wildcard-actions',
    change: 'the document allows everything',
    type: 'data.aws_iam_policy_document',
    good: {
      statement: [
        { actions: ['s3:PutObject'], resources: ['*'] },
        { effect: 'Deny', actions: ['*'], resources: ['*'] },
      ],
    },
    breakIt: (config) => {
      delete config.statement[1].effect;
    },
    remedy: 'instead of *',
  },
  {
    rule: 'aws-no-wildcard-actions',
    change: 'the document allows all but one',
    type: 'data.aws_iam_policy_document',
    good: { statement: { actions: ['s3:PutObject'], resources: ['*'] } },
    breakIt: (config) => {
      config.statement = { not_actions: ['iam:CreateUser'], resources: ['*'] };
    },
    remedy: 'instead of NotAction',
  },
  {
    rule: 'aws-no-wildcard-actions',
    change: 'the encoded policy allows a whole service',
    type: 'aws_iam_policy',
    good: { name: 'reader', policy: '${jsonencode({"Statement" = [{"Effect" = "Allow", "Action" = ["s3:GetObject"], "Resource" = aws_s3_bucket.a.arn}]})}' },
    breakIt: (config) => {
      config.policy = config.policy.replace('s3:GetObject', 'dynamodb:*');
    },
    remedy: 'instead of dynamodb:*',
  },
  ...['*:*', 's3:**', 'iam:?*'].map(
    (action): Case => ({
      rule: 'aws-no-wildcard-actions',
      change: `${action} is another way to write it`,
      type: 'aws_iam_role_policy',
      good: { role: 'r', policy: policy({ Effect: 'Allow', Action: ['s3:GetObject'], Resource: '*' }) },
      breakIt: (config) => {
        config.policy = policy({ Effect: 'Allow', Action: action, Resource: '*' });
      },
      remedy: `instead of ${action}`,
    }),
  ),
  {
    rule: 'aws-no-public-principals',
    change: 'everybody may act as the role',
    type: 'aws_iam_role',
    good: { name: 'reader', assume_role_policy: policy({ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }) },
    breakIt: (config) => {
      config.assume_role_policy = policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' });
    },
    remedy: 'name the accounts, roles or services',
  },
  {
    rule: 'aws-no-public-principals',
    change: 'everybody may publish, without a condition',
    type: 'aws_sns_topic_policy',
    good: {
      arn: 'arn:aws:sns:us-east-1:1:t',
      policy: policy({ Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: '*', Condition: { StringEquals: { 'aws:SourceAccount': '1' } } }),
    },
    breakIt: (config) => {
      config.policy = policy({ Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: '*' });
    },
    remedy: 'or add a condition',
  },
  {
    rule: 'aws-no-public-principals',
    change: 'all but one may use the key',
    type: 'aws_secretsmanager_secret_policy',
    good: { secret_arn: 's', policy: policy({ Effect: 'Deny', NotPrincipal: { AWS: 'r' }, Action: 'secretsmanager:GetSecretValue', Resource: '*' }) },
    breakIt: (config) => {
      config.policy = config.policy.replace('Deny', 'Allow');
    },
    remedy: 'name the accounts, roles or services',
  },
  {
    rule: 'aws-storage-encrypted',
    change: "a machine's second volume is readable",
    type: 'aws_instance',
    good: { ...machine, ebs_block_device: [{ device_name: '/dev/sdf', encrypted: true }] },
    breakIt: (config) => {
      config.ebs_block_device[0].encrypted = false;
    },
    remedy: 'set ebs_block_device.encrypted = true',
  },
  {
    rule: 'aws-no-external-address',
    change: 'the database has an address on the Internet',
    type: 'aws_db_instance',
    good: database,
    breakIt: (config) => {
      config.publicly_accessible = true;
    },
    remedy: 'keep it internal',
  },
  {
    rule: 'aws-no-external-address',
    change: 'a function is called by anybody',
    type: 'aws_lambda_function_url',
    good: { function_name: 'f', authorization_type: 'AWS_IAM' },
    breakIt: (config) => {
      config.authorization_type = 'NONE';
    },
    remedy: 'keep it internal',
  },
  {
    rule: 'aws-no-external-address',
    change: 'the brokers are on the Internet',
    type: 'aws_msk_cluster',
    good: {
      cluster_name: 'events',
      lifecycle: keep,
      broker_node_group_info: { instance_type: 'kafka.m5.large', connectivity_info: { public_access: { type: 'DISABLED' } } },
    },
    breakIt: (config) => {
      config.broker_node_group_info.connectivity_info.public_access.type = 'SERVICE_PROVIDED_EIPS';
    },
    remedy: 'keep it internal',
  },
  {
    rule: 'aws-imdsv2',
    change: 'an old-style template takes requests without a token',
    type: 'aws_launch_configuration',
    good: { image_id: 'ami-1', instance_type: 't3.small', metadata_options: { http_tokens: 'required' } },
    breakIt: (config) => {
      delete config.metadata_options;
    },
    remedy: 'http_tokens',
  },
  {
    rule: 'aws-no-open-ingress',
    change: 'the group admits everybody',
    type: 'aws_security_group',
    good: { name: 'web', ingress: [{ protocol: 'tcp', from_port: 80, to_port: 80, cidr_blocks: ['10.0.0.0/8'] }] },
    breakIt: (config) => {
      config.ingress[0].ipv6_cidr_blocks = ['::/0'];
    },
    remedy: 'narrower range than ::/0',
  },
  {
    rule: 'aws-no-open-ingress',
    change: 'an old-style rule admits everybody',
    type: 'aws_security_group_rule',
    good: { type: 'egress', protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0'] },
    breakIt: (config) => {
      config.type = 'ingress';
    },
    remedy: 'narrower range than 0.0.0.0/0',
  },
  {
    rule: 'aws-no-open-ingress',
    change: 'a rule admits half of the Internet',
    type: 'aws_vpc_security_group_ingress_rule',
    good: { security_group_id: 'sg', ip_protocol: 'tcp', from_port: 80, to_port: 80, cidr_ipv4: '10.1.0.0/16' },
    breakIt: (config) => {
      config.cidr_ipv4 = '128.0.0.0/1';
    },
    remedy: 'narrower range than 128.0.0.0/1',
  },
  {
    rule: 'aws-no-external-address',
    change: 'the instance has an address',
    type: 'aws_instance',
    good: machine,
    breakIt: (config) => {
      config.associate_public_ip_address = true;
    },
    remedy: 'keep it internal',
  },
  {
    rule: 'aws-no-external-address',
    change: 'the template gives machines an address',
    type: 'aws_launch_template',
    good: launchTemplate,
    breakIt: (config) => {
      config.network_interfaces[0].associate_public_ip_address = 'true';
    },
    remedy: 'keep it internal',
  },
  {
    rule: 'aws-no-external-address',
    change: 'the subnet gives every machine an address',
    type: 'aws_subnet',
    good: { vpc_id: 'v', cidr_block: '10.0.0.0/24' },
    breakIt: (config) => {
      config.map_public_ip_on_launch = true;
    },
    remedy: 'keep it internal',
  },
  {
    rule: 'aws-no-external-address',
    change: 'the load balancer is on the Internet, as it is by default',
    type: 'aws_lb',
    good: balancer,
    breakIt: (config) => {
      delete config.internal;
    },
    remedy: 'keep it internal',
  },
  {
    rule: 'aws-no-external-address',
    change: 'an elastic address belongs to a machine',
    type: 'aws_eip',
    good: { domain: 'vpc' },
    breakIt: (config) => {
      config.instance = '${aws_instance.a.id}';
    },
    remedy: 'keep it internal',
  },
  {
    rule: 'aws-no-external-address',
    change: 'an elastic address is put on a machine',
    type: 'aws_eip_association',
    good: { allocation_id: 'a', network_interface_id: 'eni' },
    breakIt: (config) => {
      config.instance_id = '${aws_instance.a.id}';
    },
    remedy: 'keep it internal',
  },
  {
    rule: 'aws-imdsv2',
    change: 'the template takes version 1',
    type: 'aws_launch_template',
    good: launchTemplate,
    breakIt: (config) => {
      config.metadata_options.http_tokens = 'optional';
    },
    remedy: "set metadata_options { http_tokens = 'required' }",
  },
  {
    rule: 'aws-imdsv2',
    change: 'the instance says nothing',
    type: 'aws_instance',
    good: machine,
    breakIt: (config) => {
      delete config.metadata_options;
    },
    remedy: "set metadata_options { http_tokens = 'required' }",
  },
  {
    rule: 'aws-logs-on',
    change: 'the load balancer logs nothing',
    type: 'aws_lb',
    good: balancer,
    breakIt: (config) => {
      config.access_logs.enabled = false;
    },
    remedy: 'set access_logs { enabled = true }',
  },
  {
    rule: 'aws-modern-tls',
    change: 'the listener has the default policy',
    type: 'aws_lb_listener',
    good: { load_balancer_arn: 'lb', port: 443, protocol: 'HTTPS', ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' },
    breakIt: (config) => {
      delete config.ssl_policy;
    },
    remedy: 'set ssl_policy',
  },
  {
    rule: 'aws-modern-tls',
    change: 'the distribution speaks TLS 1.0',
    type: 'aws_cloudfront_distribution',
    good: { enabled: true, viewer_certificate: { acm_certificate_arn: 'c', ssl_support_method: 'sni-only', minimum_protocol_version: 'TLSv1.2_2021' } },
    breakIt: (config) => {
      config.viewer_certificate.minimum_protocol_version = 'TLSv1';
    },
    remedy: 'set viewer_certificate',
  },
];
