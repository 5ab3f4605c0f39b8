import type { Rule } from './rule';

const REGISTRY = 'https://registry.terraform.io/providers';

interface ComputedCredentials {
  /** Attributes that the cloud fills with something that opens something; a dot leads into a block. */
  readonly attributes: readonly string[];
  readonly source: string;
}

const of = (provider: string, page: string, ...attributes: string[]): ComputedCredentials => ({
  attributes,
  source: `${REGISTRY}/${provider}/docs/resources/${page}#attributes-reference`,
});
const aws = (page: string, ...attributes: string[]) => of('hashicorp/aws/5.100.0', page, ...attributes);
const google = (page: string, ...attributes: string[]) => of('hashicorp/google/6.50.0', page, ...attributes);
const linode = (page: string, ...attributes: string[]) => of('linode/linode/3.12.0', page, ...attributes);
const tfe = (page: string, ...attributes: string[]) => of('hashicorp/tfe/0.71.0', page, ...attributes);

/** Types whose state holds a credential that nobody wrote down: Terraform gets it from the cloud, and keeps it as plain text. */
export const COMPUTED_CREDENTIALS: Readonly<Record<string, ComputedCredentials>> = {
  aws_appsync_api_key: aws('appsync_api_key', 'key'),
  aws_codebuild_webhook: aws('codebuild_webhook', 'secret'),
  aws_cognito_managed_user_pool_client: aws('cognito_managed_user_pool_client', 'client_secret'),
  aws_cognito_user_pool_client: aws('cognito_user_pool_client', 'client_secret'),
  aws_grafana_workspace_api_key: aws('grafana_workspace_api_key', 'key'),
  aws_grafana_workspace_service_account_token: aws('grafana_workspace_service_account_token', 'key'),
  aws_iam_access_key: aws('iam_access_key', 'secret', 'ses_smtp_password_v4'),
  aws_iam_service_specific_credential: aws('iam_service_specific_credential', 'service_password'),
  aws_iam_user_login_profile: aws('iam_user_login_profile', 'password'),
  aws_iot_certificate: aws('iot_certificate', 'private_key'),
  aws_vpn_connection: aws('vpn_connection', 'customer_gateway_configuration', 'tunnel1_preshared_key', 'tunnel2_preshared_key'),
  google_apikeys_key: google('apikeys_key', 'key_string'),
  google_container_cluster: google('container_cluster', 'master_auth.client_key'),
  google_iam_oauth_client_credential: google('iam_oauth_client_credential', 'client_secret'),
  google_public_ca_external_account_key: google('public_ca_external_account_key', 'b64_mac_key', 'b64url_mac_key'),
  google_redis_instance: google('redis_instance', 'auth_string'),
  google_service_account_key: google('google_service_account_key', 'private_key'),
  google_sql_ssl_cert: google('sql_ssl_cert', 'private_key'),
  google_storage_hmac_key: google('storage_hmac_key', 'secret'),
  kubernetes_token_request_v1: of('hashicorp/kubernetes/2.38.0', 'token_request_v1', 'token'),
  linode_consumer_image_share_group_token: linode('consumer_image_share_group_token', 'token'),
  linode_database_mysql_v2: linode('database_mysql_v2', 'root_password'),
  linode_database_postgresql_v2: linode('database_postgresql_v2', 'root_password'),
  linode_lke_cluster: linode('lke_cluster', 'kubeconfig'),
  linode_object_storage_key: linode('object_storage_key', 'secret_key'),
  linode_token: linode('token', 'token'),
  tfe_agent_token: tfe('agent_token', 'token'),
  tfe_audit_trail_token: tfe('audit_trail_token', 'token'),
  tfe_organization_token: tfe('organization_token', 'token'),
  tfe_team_token: tfe('team_token', 'token'),
};

const ELSEWHERE = "set the estate's shared.backend to gcs or s3, or TF_CLOUD_ORGANIZATION";

export const credentialsNotLocal: Rule = {
  id: 'any-credentials-not-local',
  why: "a credential in a state file is readable to whoever gets a copy of somebody's folder, and nobody can say who had it",
  check: ({ type, path }, { hasLocalState, credentialStates, labels }) => {
    if (!hasLocalState || labels.environment === 'dev') return undefined;
    const computed = COMPUTED_CREDENTIALS[type]?.attributes.join(', ');
    if (computed) return `${ELSEWHERE}: Terraform keeps its ${computed} in the state, which is a local file`;
    return type === 'data.terraform_remote_state' && credentialStates.has(path)
      ? `${ELSEWHERE}: what this stack reads opens something, and stands in its own state too, which is a local file`
      : undefined;
  },
};
