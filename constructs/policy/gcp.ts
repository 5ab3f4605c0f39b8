import { type Block, blocks, isReference, isTrue, strings, valueAt } from './blocks';
import { isInternet } from './internet';
import { googleLabels } from './labels';
import type { Rule } from './rule';

const IAM_GRANT = /^google_.*_iam_(member|binding)$/;
const MACHINE = /^google_compute_(instance|instance_template|region_instance_template)$/;

/** Grants that a resource makes: one for a member or binding, several for a policy document. */
function grants(type: string, config: Block): { role: string; members: string[] }[] {
  const entries = IAM_GRANT.test(type) ? [config] : type === 'data.google_iam_policy' ? blocks(config, 'binding') : [];
  return entries.map(({ role, member, members }) => ({ role, members: [...strings(member), ...strings(members)] }));
}

export const bucketPrivate: Rule = {
  id: 'gcp-bucket-private',
  why: 'one wrong grant or object ACL publishes what is in the bucket',
  check: ({ type, config }) => {
    if (type !== 'google_storage_bucket') return undefined;
    if (!isTrue(config.uniform_bucket_level_access)) return 'set uniform_bucket_level_access = true, so that no object has an ACL of its own';
    const prevention = config.public_access_prevention;
    return prevention === 'enforced' || isReference(prevention) ? undefined : "set public_access_prevention = 'enforced'";
  },
};

export const bucketVersioned: Rule = {
  id: 'gcp-bucket-versioned',
  why: 'an overwritten or deleted object cannot be brought back',
  check: ({ type, config }) =>
    type === 'google_storage_bucket' && !isTrue(valueAt(config, 'versioning.enabled')) ? 'set versioning { enabled = true }' : undefined,
};

const PUBLIC = new Set(['allUsers', 'allAuthenticatedUsers']);

export const noPublicMember: Rule = {
  id: 'gcp-no-public-member',
  why: 'everybody on the Internet has the role; allAuthenticatedUsers is everybody with any Google account',
  check: ({ type, config }) => {
    const members = [
      ...grants(type, config).flatMap((grant) => grant.members),
      ...(/^google_storage_.*access_control$/.test(type) ? strings(config.entity) : []),
    ];
    const found = members.find((member) => PUBLIC.has(member));
    if (found) return `name who needs it instead of ${found}`;
    return type === 'google_cloud_run_v2_service' && config.invoker_iam_disabled === true
      ? 'keep invoker_iam_disabled off and grant roles/run.invoker to the caller'
      : undefined;
  },
};

/** Basic roles, and those that let their holder give itself any other. */
const BROAD_ROLES = new Set(['roles/owner', 'roles/editor', 'roles/viewer', 'roles/iam.securityAdmin', 'roles/resourcemanager.projectIamAdmin']);

/** Roles that, on a whole project, are the roles of every account in it. */
const ACT_AS_ANYBODY = new Set(['roles/iam.serviceAccountTokenCreator', 'roles/iam.serviceAccountUser', 'roles/iam.serviceAccountKeyAdmin']);

export const noBroadRoles: Rule = {
  id: 'gcp-no-broad-roles',
  why: 'basic roles grant thousands of permissions on everything in the project',
  check: ({ type, config }) => {
    const isProject = type.startsWith('google_project_iam_');
    const broad = grants(type, config).find(({ role }) => BROAD_ROLES.has(role) || (isProject && ACT_AS_ANYBODY.has(role)));
    return broad && `grant the predefined role that ${broad.members.join(', ') || 'the members'} needs instead of ${broad.role}`;
  },
};

const AUTHORITATIVE = /^google_(project|folder|organization|storage_bucket|service_account|pubsub_topic|pubsub_subscription)_iam_policy$/;

export const noAuthoritativePolicy: Rule = {
  id: 'gcp-no-authoritative-policy',
  why: 'it takes away every grant that it does not list, also those of Google itself, and hides what it grants in a document',
  check: ({ type }) => (AUTHORITATIVE.test(type) ? 'grant with the _iam_member resource instead' : undefined),
};

const ACL = /^google_storage_(bucket|default_object|object)_acl$/;

export const noAcl: Rule = {
  id: 'gcp-no-acl',
  why: 'an ACL publishes single objects past what the bucket grants',
  check: ({ type }) => (ACL.test(type) ? 'grant on the bucket with google_storage_bucket_iam_member instead' : undefined),
};

const KEYS: Readonly<Record<string, string>> = {
  google_service_account_key: "use workload identity federation, impersonation or the machine's own account instead of a key",
  google_storage_hmac_key: "use the machine's own account instead of a key",
};

export const noLongLivedKeys: Rule = {
  id: 'gcp-no-long-lived-keys',
  why: 'a key does not expire, and Terraform keeps it in its state',
  check: ({ type }) => KEYS[type],
};

interface IdentityPlace {
  readonly block: readonly string[];
  readonly argument: string;
  /** Without the block there is no identity at all, rather than the default one. @default false */
  readonly isOptional?: boolean;
}

const MACHINE_IDENTITY: IdentityPlace = { block: ['service_account'], argument: 'email', isOptional: true };

/** Where each type names the account that it runs as. */
const IDENTITY: Readonly<Record<string, IdentityPlace>> = {
  google_cloud_run_v2_service: { block: ['template'], argument: 'service_account' },
  google_cloudbuild_trigger: { block: [], argument: 'service_account' },
  google_cloudfunctions2_function: { block: ['service_config'], argument: 'service_account_email' },
  google_compute_instance: MACHINE_IDENTITY,
  google_compute_instance_template: MACHINE_IDENTITY,
  google_compute_region_instance_template: MACHINE_IDENTITY,
};

const isDefaultAccount = (account: unknown): boolean => !account || /-compute@developer\./.test(String(account));

export const ownIdentity: Rule = {
  id: 'gcp-own-identity',
  why: 'the default service account is shared by everything in the project and is often an editor of it',
  check: ({ type, config }) => {
    const place = IDENTITY[type];
    if (!place) return undefined;
    const accounts = blocks(config, ...place.block).map((block) => block[place.argument]);
    const isOwn = accounts.length > 0 ? !accounts.some(isDefaultAccount) : place.isOptional;
    return isOwn ? undefined : `set ${[...place.block, place.argument].join('.')} to a service account of its own`;
  },
};

export const federationRestricted: Rule = {
  id: 'gcp-federation-restricted',
  why: "without a condition every repository of the identity provider's customers gets a token",
  check: ({ type, config }) =>
    type === 'google_iam_workload_identity_pool_provider' && !config.attribute_condition
      ? 'set attribute_condition to the one repository (and branch) that is admitted'
      : undefined,
};

export const noOpenFirewall: Rule = {
  id: 'gcp-no-open-firewall',
  why: 'ports that are open to everybody are found within minutes',
  check: ({ type, config }) => {
    if (type !== 'google_compute_firewall' || config.direction === 'EGRESS' || config.disabled === true || blocks(config, 'allow').length === 0)
      return undefined;
    const open = strings(config.source_ranges).find(isInternet);
    return open && `narrow source_ranges from ${open}, or suppress with the reason why these ports are public`;
  },
};

export const noExternalAddress: Rule = {
  id: 'gcp-no-external-address',
  why: 'a machine with an address of its own can be reached past the load balancer, and pays for it',
  check: ({ type, config }) => {
    const isExternal = MACHINE.test(type) && ['access_config', 'ipv6_access_config'].some((block) => blocks(config, 'network_interface', block).length > 0);
    return isExternal ? 'remove access_config and let the machine out through Cloud NAT, or suppress with the reason why clients reach it directly' : undefined;
  },
};

export const shieldedMachine: Rule = {
  id: 'gcp-shielded-machine',
  why: 'a changed boot loader or kernel starts unnoticed',
  check: ({ type, config }) => {
    if (!MACHINE.test(type)) return undefined;
    const shielded = blocks(config, 'shielded_instance_config')[0] ?? {};
    const isShielded = isTrue(shielded.enable_secure_boot) && shielded.enable_vtpm !== false && shielded.enable_integrity_monitoring !== false;
    return isShielded ? undefined : 'set shielded_instance_config { enable_secure_boot, enable_vtpm, enable_integrity_monitoring = true }';
  },
};

/** Subnetworks are left out: flow logs cost more than they tell at the size of these estates. */
const LOGGED = new Set(['google_compute_backend_service', 'google_compute_region_backend_service', 'google_compute_router_nat']);

export const logsOn: Rule = {
  id: 'gcp-logs-on',
  why: 'without logs nobody knows who came in, or why nothing went out',
  check: ({ type, config }) => (LOGGED.has(type) && !isTrue(valueAt(config, 'log_config.enable')) ? 'set log_config { enable = true }' : undefined),
};

export const modernTls: Rule = {
  id: 'gcp-modern-tls',
  why: "Google's default policy still speaks TLS 1.0 with old ciphers",
  check: ({ type, config }) => {
    if (/^google_compute_(region_)?target_(https|ssl)_proxy$/.test(type)) {
      return config.ssl_policy ? undefined : 'set ssl_policy to one with profile MODERN and min_tls_version TLS_1_2';
    }
    if (!/^google_compute_(region_)?ssl_policy$/.test(type)) return undefined;
    if (!['TLS_1_2', 'TLS_1_3'].includes(config.min_tls_version)) return "set min_tls_version = 'TLS_1_2'";
    return ['MODERN', 'RESTRICTED', 'CUSTOM'].includes(config.profile) ? undefined : "set profile = 'MODERN'";
  },
};

export const GCP: readonly Rule[] = [
  googleLabels,
  bucketPrivate,
  bucketVersioned,
  noPublicMember,
  noBroadRoles,
  noAuthoritativePolicy,
  noAcl,
  noLongLivedKeys,
  ownIdentity,
  federationRestricted,
  noOpenFirewall,
  noExternalAddress,
  shieldedMachine,
  logsOn,
  modernTls,
];
