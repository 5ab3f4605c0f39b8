/** An argument that decides whether the cloud or the provider lets a resource be deleted. */
export interface ProtectionSetting {
  /** Argument name; a dot leads into a block. */
  readonly argument: string;
  /** What protects. */
  readonly on: string | number | boolean;
  /** What allows deletion, with everything inside. */
  readonly off: string | number | boolean;
  /** The provider protects when the argument is left out. @default false */
  readonly onByDefault?: boolean;
}

/** A resource type that holds something a second deploy does not bring back. */
export interface StatefulType {
  /** What is lost with it. */
  readonly holds: string;
  /** Settings that must be on while config asks for protection. @default none: the type has only prevent_destroy */
  readonly deletionProtection?: readonly ProtectionSetting[];
}

const keepUnless = (argument: string): readonly ProtectionSetting[] => [{ argument, on: false, off: true, onByDefault: true }];
const protectedBy = (argument: string): readonly ProtectionSetting[] => [{ argument, on: true, off: false }];

/** Types that hold data, by Terraform type: what the policy protects and the stateful inventory lists. */
export const STATEFUL: Readonly<Record<string, StatefulType>> = {
  google_alloydb_cluster: { holds: 'databases', deletionProtection: [{ argument: 'deletion_policy', on: 'DEFAULT', off: 'FORCE', onByDefault: true }] },
  google_artifact_registry_repository: { holds: 'packages and images' },
  google_bigquery_dataset: { holds: 'tables', deletionProtection: keepUnless('delete_contents_on_destroy') },
  google_bigquery_table: { holds: 'rows', deletionProtection: [{ argument: 'deletion_protection', on: true, off: false, onByDefault: true }] },
  google_bigtable_instance: { holds: 'tables', deletionProtection: [{ argument: 'deletion_protection', on: true, off: false, onByDefault: true }] },
  google_compute_disk: { holds: 'files' },
  google_compute_global_address: { holds: 'the address that DNS records point to' },
  google_compute_region_disk: { holds: 'files' },
  google_dns_managed_zone: { holds: 'the name servers that the registrar points to', deletionProtection: keepUnless('force_destroy') },
  google_filestore_instance: { holds: 'files', deletionProtection: protectedBy('deletion_protection_enabled') },
  google_firestore_database: {
    holds: 'documents',
    deletionProtection: [{ argument: 'delete_protection_state', on: 'DELETE_PROTECTION_ENABLED', off: 'DELETE_PROTECTION_DISABLED' }],
  },
  google_identity_platform_config: { holds: 'user accounts' },
  google_kms_crypto_key: { holds: 'the key to everything encrypted with it' },
  google_kms_key_ring: { holds: 'keys' },
  google_pubsub_subscription: { holds: 'messages not delivered yet' },
  google_pubsub_topic: { holds: 'messages not delivered yet' },
  google_secret_manager_secret: { holds: 'values that nobody else keeps', deletionProtection: protectedBy('deletion_protection') },
  google_spanner_database: { holds: 'rows', deletionProtection: protectedBy('enable_drop_protection') },
  google_spanner_instance: { holds: 'databases and their backups', deletionProtection: keepUnless('force_destroy') },
  google_sql_database_instance: {
    holds: 'databases',
    deletionProtection: [
      { argument: 'deletion_protection', on: true, off: false, onByDefault: true },
      { argument: 'settings.deletion_protection_enabled', on: true, off: false },
    ],
  },
  google_storage_bucket: { holds: 'objects', deletionProtection: keepUnless('force_destroy') },

  aws_backup_vault: { holds: 'recovery points', deletionProtection: keepUnless('force_destroy') },
  aws_db_instance: {
    holds: 'databases',
    deletionProtection: [...protectedBy('deletion_protection'), ...keepUnless('skip_final_snapshot')],
  },
  aws_docdb_cluster: {
    holds: 'documents',
    deletionProtection: [...protectedBy('deletion_protection'), ...keepUnless('skip_final_snapshot')],
  },
  aws_dynamodb_table: { holds: 'items', deletionProtection: protectedBy('deletion_protection_enabled') },
  aws_ebs_volume: { holds: 'files' },
  aws_ecr_repository: { holds: 'images', deletionProtection: keepUnless('force_delete') },
  aws_efs_file_system: { holds: 'files' },
  aws_keyspaces_keyspace: { holds: 'tables' },
  aws_keyspaces_table: { holds: 'rows' },
  aws_kms_key: { holds: 'the key to everything encrypted with it' },
  aws_msk_cluster: { holds: 'messages not consumed yet' },
  aws_opensearch_domain: { holds: 'indexes' },
  aws_rds_cluster: {
    holds: 'databases',
    deletionProtection: [...protectedBy('deletion_protection'), ...keepUnless('skip_final_snapshot')],
  },
  aws_route53_zone: { holds: 'the name servers that the registrar points to', deletionProtection: keepUnless('force_destroy') },
  aws_s3_bucket: { holds: 'objects', deletionProtection: keepUnless('force_destroy') },
  aws_secretsmanager_secret: {
    holds: 'values that nobody else keeps',
    deletionProtection: [{ argument: 'recovery_window_in_days', on: 30, off: 0, onByDefault: true }],
  },

  linode_database_mysql_v2: { holds: 'databases' },
  linode_database_postgresql_v2: { holds: 'databases' },
  linode_domain: { holds: 'DNS records' },
  linode_instance: { holds: "the host's disk, and its backups with it" },
  linode_ipv6_range: { holds: 'the addresses that DNS records point to' },
  linode_lke_cluster: { holds: 'everything in the cluster: secrets, claims of volumes, and who may reach it' },
  linode_nodebalancer: { holds: 'the addresses that DNS records point to' },
  linode_object_storage_bucket: { holds: 'objects' },
  linode_volume: { holds: 'files' },

  docker_volume: { holds: 'files' },

  kubernetes_namespace: { holds: 'secrets and claims of volumes' },
  kubernetes_namespace_v1: { holds: 'secrets and claims of volumes' },
  kubernetes_persistent_volume_claim: { holds: 'files' },
  kubernetes_persistent_volume_claim_v1: { holds: 'files' },

  tfe_workspace: { holds: 'Terraform state', deletionProtection: keepUnless('force_delete') },
};
