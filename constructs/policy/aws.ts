import { type Block, blocks, isReference, isTrue, strings, valueAt } from './blocks';
import { isInternet } from './internet';
import { awsTags } from './labels';
import type { Rule, Synthesized } from './rule';
import { allowed, allowsEverybody } from './statements';

/** A bucket's settings live in resources of their own, which refer to it by address or by name. */
function bucketSettings(type: string, bucket: Synthesized, stack: readonly Synthesized[]): Block | undefined {
  const refersToIt = ({ config }: Synthesized) =>
    (bucket.address !== undefined && String(config.bucket).startsWith(`\${${bucket.address}.`)) ||
    (config.bucket !== undefined && config.bucket === bucket.config.bucket);
  return stack.find((other) => other.type === type && refersToIt(other))?.config;
}

const PUBLIC_ACCESS = ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'];

export const bucketPrivate: Rule = {
  id: 'aws-bucket-private',
  why: 'one wrong policy or object ACL publishes what is in the bucket',
  check: (resource, _context, stack) => {
    if (resource.type !== 'aws_s3_bucket') return undefined;
    const settings = bucketSettings('aws_s3_bucket_public_access_block', resource, stack) ?? {};
    const missing = PUBLIC_ACCESS.filter((argument) => !isTrue(settings[argument]));
    return missing.length > 0 ? `give the bucket an aws_s3_bucket_public_access_block with ${missing.join(', ')} = true` : undefined;
  },
};

export const bucketVersioned: Rule = {
  id: 'aws-bucket-versioned',
  why: 'an overwritten or deleted object cannot be brought back',
  check: (resource, _context, stack) => {
    if (resource.type !== 'aws_s3_bucket') return undefined;
    const settings = bucketSettings('aws_s3_bucket_versioning', resource, stack) ?? {};
    const status = valueAt(settings, 'versioning_configuration.status');
    return status === 'Enabled' || isReference(status) ? undefined : "give the bucket an aws_s3_bucket_versioning with status = 'Enabled'";
  },
};

/** Arguments that encrypt, by type. A machine's first volume counts too: not declared, it is as its image was. */
const ENCRYPTED: Readonly<Record<string, { readonly block: readonly string[]; readonly argument: string }>> = {
  aws_db_instance: { block: [], argument: 'storage_encrypted' },
  aws_docdb_cluster: { block: [], argument: 'storage_encrypted' },
  aws_ebs_volume: { block: [], argument: 'encrypted' },
  aws_efs_file_system: { block: [], argument: 'encrypted' },
  aws_instance: { block: ['root_block_device'], argument: 'encrypted' },
  aws_launch_template: { block: ['block_device_mappings', 'ebs'], argument: 'encrypted' },
  aws_opensearch_domain: { block: ['encrypt_at_rest'], argument: 'enabled' },
  aws_rds_cluster: { block: [], argument: 'storage_encrypted' },
};

/** A machine's volumes besides the first. */
const FURTHER_VOLUMES = ['ebs_block_device'];

export const storageEncrypted: Rule = {
  id: 'aws-storage-encrypted',
  why: 'a copied snapshot or disk is readable',
  check: (resource, _context, stack) => {
    const { type, config } = resource;
    if (type === 'aws_s3_bucket') {
      const settings = bucketSettings('aws_s3_bucket_server_side_encryption_configuration', resource, stack);
      return settings ? undefined : 'give the bucket an aws_s3_bucket_server_side_encryption_configuration';
    }
    const setting = ENCRYPTED[type];
    if (!setting) return undefined;
    const found = blocks(config, ...setting.block);
    const isEncrypted = found.length > 0 && found.every((block) => isTrue(block[setting.argument]));
    if (!isEncrypted) return `set ${[...setting.block, setting.argument].join('.')} = true`;
    const more = FURTHER_VOLUMES.find((name) => type === 'aws_instance' && blocks(config, name).some((block) => !isTrue(block.encrypted)));
    return more && `set ${more}.encrypted = true`;
  },
};

const BROAD_POLICY = /:iam::aws:policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

export const noBroadPolicies: Rule = {
  id: 'aws-no-broad-policies',
  why: 'these managed policies grant nearly everything in the account, or the right to grant it',
  check: ({ type, config }) => {
    if (!type.startsWith('aws_iam_')) return undefined;
    const broad = [config.policy_arn, config.policy_arns, config.managed_policy_arns].flatMap(strings).find((arn) => BROAD_POLICY.test(arn));
    return broad && `attach a policy with the actions that are needed instead of ${broad.split('/').pop()}`;
  },
};

/** `*` and `s3:*`, as AWS Security Hub control IAM.21 counts them, however they are written; `s3:Get*` names what it allows. */
const WILDCARD = /^(?:[a-z0-9*?-]+:)?[*?]*\*[*?]*$/i;

export const noWildcardActions: Rule = {
  id: 'aws-no-wildcard-actions',
  why: 'a wildcard allows deleting and granting, and whatever the service adds next year',
  check: ({ type, config }) => {
    if (!type.startsWith('aws_') && !type.startsWith('data.aws_')) return undefined;
    const found = allowed(type, config);
    const wildcard = found.flatMap(({ actions }) => actions).find((action) => WILDCARD.test(action));
    if (wildcard) return `list the actions that are needed instead of ${wildcard}`;
    return found.some(({ notActions }) => notActions.length > 0)
      ? 'list the actions that are needed instead of NotAction: it allows everything else'
      : undefined;
  },
};

/** Types whose policy is about a network, not about who may use what. */
const OPEN_BY_NATURE = ['aws_vpc_endpoint', 'aws_vpc_endpoint_policy'];

export const noPublicPrincipals: Rule = {
  id: 'aws-no-public-principals',
  why: 'a policy that allows everybody makes of it what any account in the world wants',
  check: ({ type, config }) => {
    if (!type.startsWith('aws_') || OPEN_BY_NATURE.includes(type)) return undefined;
    return allowsEverybody(config) ? 'name the accounts, roles or services that are meant instead of *, or add a condition that does' : undefined;
  },
};

/** The sources that a security group, or a rule of one, admits. */
function admitted(type: string, config: Block): string[] {
  switch (type) {
    case 'aws_security_group':
    case 'aws_default_security_group':
      return blocks(config, 'ingress').flatMap((rule) => [...strings(rule.cidr_blocks), ...strings(rule.ipv6_cidr_blocks)]);
    case 'aws_security_group_rule':
      return config.type === 'ingress' ? [...strings(config.cidr_blocks), ...strings(config.ipv6_cidr_blocks)] : [];
    case 'aws_vpc_security_group_ingress_rule':
      return [...strings(config.cidr_ipv4), ...strings(config.cidr_ipv6)];
    default:
      return [];
  }
}

export const noOpenIngress: Rule = {
  id: 'aws-no-open-ingress',
  why: 'ports that are open to everybody are found within minutes',
  check: ({ type, config }) => {
    const open = admitted(type, config).find(isInternet);
    return open && `admit a security group or a narrower range than ${open}, or suppress with the reason why these ports are public`;
  },
};

/** What gives something an address on the Internet, by type. */
const EXTERNAL: Readonly<Record<string, (config: Block) => boolean>> = {
  aws_db_instance: ({ publicly_accessible }) => publicly_accessible === true,
  aws_eip: ({ instance }) => instance !== undefined,
  aws_eip_association: ({ instance_id }) => instance_id !== undefined,
  aws_instance: ({ associate_public_ip_address }) => associate_public_ip_address === true,
  aws_lambda_function_url: ({ authorization_type }) => authorization_type === 'NONE',
  aws_launch_configuration: ({ associate_public_ip_address }) => associate_public_ip_address === true,
  aws_launch_template: (config) =>
    blocks(config, 'network_interfaces').some(({ associate_public_ip_address }) => String(associate_public_ip_address) === 'true'),
  aws_lb: ({ internal }) => !isTrue(internal),
  aws_msk_cluster: (config) =>
    !['DISABLED', undefined].includes(valueAt(config, 'broker_node_group_info.connectivity_info.public_access.type') as string | undefined),
  aws_rds_cluster_instance: ({ publicly_accessible }) => publicly_accessible === true,
  aws_subnet: ({ map_public_ip_on_launch }) => map_public_ip_on_launch === true,
};

export const noExternalAddress: Rule = {
  id: 'aws-no-external-address',
  why: 'what has an address on the Internet is reached past the public entry, and pays for it',
  check: ({ type, config }) =>
    EXTERNAL[type]?.(config) ? 'keep it internal (NAT gateway out, load balancer in), or suppress with the reason why clients reach it directly' : undefined,
};

export const imdsv2: Rule = {
  id: 'aws-imdsv2',
  why: 'version 1 of the metadata service gives the credentials of the machine to any request that can be forged on it',
  check: ({ type, config }) => {
    if (!['aws_instance', 'aws_launch_configuration', 'aws_launch_template'].includes(type)) return undefined;
    const tokens = valueAt(config, 'metadata_options.http_tokens');
    return tokens === 'required' || isReference(tokens) ? undefined : "set metadata_options { http_tokens = 'required' }";
  },
};

export const logsOn: Rule = {
  id: 'aws-logs-on',
  why: 'without logs nobody knows who came in',
  check: ({ type, config }) => (type === 'aws_lb' && !isTrue(valueAt(config, 'access_logs.enabled')) ? 'set access_logs { enabled = true }' : undefined),
};

export const modernTls: Rule = {
  id: 'aws-modern-tls',
  why: "AWS's default policies still speak TLS 1.0",
  check: ({ type, config }) => {
    if (type === 'aws_lb_listener' && ['HTTPS', 'TLS'].includes(config.protocol)) {
      const policy = config.ssl_policy ?? '';
      return isReference(policy) || /TLS13-1-[23]|TLS-1-2/.test(policy) ? undefined : "set ssl_policy = 'ELBSecurityPolicy-TLS13-1-2-2021-06'";
    }
    if (type !== 'aws_cloudfront_distribution') return undefined;
    const version = valueAt(config, 'viewer_certificate.minimum_protocol_version') ?? '';
    return isReference(version) || /^TLSv1\.[23]/.test(String(version)) ? undefined : "set viewer_certificate { minimum_protocol_version = 'TLSv1.2_2021' }";
  },
};

export const AWS: readonly Rule[] = [
  awsTags,
  bucketPrivate,
  bucketVersioned,
  storageEncrypted,
  noBroadPolicies,
  noWildcardActions,
  noPublicPrincipals,
  noOpenIngress,
  noExternalAddress,
  imdsv2,
  logsOn,
  modernTls,
];
