import { IDENTITIES } from './identities';

const GOOGLE = 'https://registry.terraform.io/providers/hashicorp/google/6.50.0/docs/resources';
const AWS = 'https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources';
const LINODE = 'https://registry.terraform.io/providers/linode/linode/3.12.0/docs/resources';
const DOCKER = 'https://registry.terraform.io/providers/kreuzwerker/docker/3.6.2/docs/resources';

export interface Replacement {
  /** Arguments that cannot change in place, beside those that identify the object; a dot leads into a block. */
  readonly args: readonly string[];
  readonly source: string;
}

const google = (page: string, args: string): Replacement => ({ args: args.split(' '), source: `${GOOGLE}/${page}` });
const aws = (page: string, args: string): Replacement => ({ args: args.split(' '), source: `${AWS}/${page}` });
const linode = (page: string, args: string): Replacement => ({ args: args.split(' '), source: `${LINODE}/${page}` });
const docker = (page: string, args: string): Replacement => ({ args: args.split(' '), source: `${DOCKER}/${page}` });

/** Stateful types in use: changing one of these destroys what the object holds. Other types change in place. */
export const REPLACEMENTS: Readonly<Record<string, Replacement>> = {
  google_artifact_registry_repository: google('artifact_registry_repository', 'format mode kms_key_name'),
  google_compute_disk: google('compute_disk', 'type image snapshot physical_block_size_bytes'),
  google_compute_global_address: google('compute_global_address', 'address address_type ip_version network purpose prefix_length'),
  google_dns_managed_zone: google('dns_managed_zone', 'dns_name visibility'),
  google_firestore_database: google('firestore_database', 'location_id database_edition cmek_config.kms_key_name'),
  google_identity_platform_config: google('identity_platform_config', 'project'),
  google_kms_crypto_key: google('kms_crypto_key', 'purpose'),
  google_pubsub_subscription: google('pubsub_subscription', 'topic filter enable_message_ordering'),
  google_secret_manager_secret: google('secret_manager_secret', 'replication.user_managed.replicas.location'),
  google_sql_database_instance: google('sql_database_instance', 'region master_instance_name'),
  google_storage_bucket: google('storage_bucket', 'project location hierarchical_namespace.enabled'),

  aws_db_instance: aws('db_instance', 'engine username db_name storage_encrypted kms_key_id availability_zone snapshot_identifier'),
  aws_dynamodb_table: aws('dynamodb_table', 'hash_key range_key'),
  aws_ebs_volume: aws('ebs_volume', 'availability_zone encrypted kms_key_id snapshot_id'),
  aws_keyspaces_table: aws('keyspaces_table', 'schema_definition.partition_key.name schema_definition.clustering_key.name'),
  aws_msk_cluster: aws(
    'msk_cluster',
    'broker_node_group_info.client_subnets broker_node_group_info.az_distribution encryption_info.encryption_at_rest_kms_key_arn',
  ),
  aws_route53_zone: aws('route53_zone', 'name delegation_set_id'),
  aws_s3_bucket: aws('s3_bucket', 'bucket_prefix object_lock_enabled'),

  linode_instance: linode(
    'instance',
    'image backup_id stackscript_id stackscript_data authorized_keys authorized_users root_pass metadata.user_data ipv4 firewall_id',
  ),
  linode_nodebalancer: linode('nodebalancer', 'region vpcs.subnet_id vpcs.ipv4_range'),
  linode_object_storage_bucket: linode('object_storage_bucket', 'cluster region label'),
  linode_volume: linode('volume', 'region encryption'),

  docker_volume: docker('volume', 'name driver driver_opts'),
};

/** Arguments whose change replaces an object of the type. */
export function replacingArguments(type: string): readonly string[] {
  const identity = IDENTITIES[type];
  const identifying = identity && !identity.mutable ? identity.by.filter((argument) => !argument.startsWith('@')) : [];
  return [...new Set([...identifying, ...(REPLACEMENTS[type]?.args ?? [])])];
}
