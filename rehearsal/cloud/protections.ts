import type { Values } from '../provider/values';
import { at } from './site';

/** An argument that makes the real API or provider refuse to delete. */
export interface Protection {
  /** A dot leads into a block. */
  readonly argument: string;
  readonly on: string | boolean;
  /** Left out means protected. @default false */
  readonly byDefault?: boolean;
  readonly source: string;
}

/** An argument that makes the provider forget the object and leave it in the cloud. */
export interface Abandonment {
  readonly argument: string;
  /** The only value with which it really deletes. */
  readonly deletes: string;
  readonly source: string;
}

const GOOGLE = 'https://registry.terraform.io/providers/hashicorp/google/6.50.0/docs/resources';
const google = (page: string, argument: string, byDefault = false): Protection => ({
  argument,
  on: true,
  byDefault,
  source: `${GOOGLE}/${page}#${argument.split('.').at(-1)}`,
});
const AWS = 'https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources';
const aws = (page: string, argument: string, on: string | boolean = true): Protection => ({ argument, on, source: `${AWS}/${page}#${argument}` });

export const PROTECTIONS: Readonly<Record<string, readonly Protection[]>> = {
  google_bigquery_table: [google('bigquery_table', 'deletion_protection', true)],
  google_bigtable_instance: [google('bigtable_instance', 'deletion_protection', true)],
  google_cloud_run_v2_job: [google('cloud_run_v2_job', 'deletion_protection', true)],
  google_cloud_run_v2_service: [google('cloud_run_v2_service', 'deletion_protection', true)],
  google_compute_instance: [google('compute_instance', 'deletion_protection')],
  google_container_cluster: [google('container_cluster', 'deletion_protection', true)],
  google_filestore_instance: [google('filestore_instance', 'deletion_protection_enabled')],
  google_firestore_database: [{ ...google('firestore_database', 'delete_protection_state'), on: 'DELETE_PROTECTION_ENABLED' }],
  google_secret_manager_secret: [google('secret_manager_secret', 'deletion_protection')],
  google_spanner_database: [google('spanner_database', 'deletion_protection', true), google('spanner_database', 'enable_drop_protection')],
  google_sql_database_instance: [
    google('sql_database_instance', 'deletion_protection', true),
    google('sql_database_instance', 'settings.deletion_protection_enabled'),
  ],
  aws_cognito_user_pool: [aws('cognito_user_pool', 'deletion_protection', 'ACTIVE')],
  aws_db_instance: [aws('db_instance', 'deletion_protection')],
  aws_docdb_cluster: [aws('docdb_cluster', 'deletion_protection')],
  aws_dynamodb_table: [aws('dynamodb_table', 'deletion_protection_enabled')],
  aws_instance: [aws('instance', 'disable_api_termination')],
  aws_lb: [aws('lb', 'enable_deletion_protection')],
  aws_rds_cluster: [aws('rds_cluster', 'deletion_protection')],
};

export const ABANDONMENTS: Readonly<Record<string, Abandonment>> = {
  google_firestore_database: { argument: 'deletion_policy', deletes: 'DELETE', source: `${GOOGLE}/firestore_database#deletion_policy` },
};

/** Types that no API deletes: a destroy forgets them, and they cannot be created a second time. By type, the source. */
export const UNDELETABLE: Readonly<Record<string, string>> = {
  google_identity_platform_config: `${GOOGLE}/identity_platform_config; https://github.com/hashicorp/terraform-provider-google/issues/16520`,
};

/** Why the object cannot be deleted, or undefined. */
export function protectionProblem(type: string, state: Values): string | undefined {
  const protection = PROTECTIONS[type]?.find(({ argument, on, byDefault }) => (at(state, argument) ?? (byDefault ? on : null)) === on);
  return protection && `${protection.argument} is ${protection.on}: deploy it switched off first, then destroy`;
}

export function isAbandoned(type: string, state: Values): boolean {
  if (type in UNDELETABLE) return true;
  const row = ABANDONMENTS[type];
  return row !== undefined && at(state, row.argument) !== row.deletes;
}
