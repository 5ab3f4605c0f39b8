/** Google's APIs that are on before Terraform can enable the others: its own, and that of the accounts it makes. */
export const BASE_APIS: readonly string[] = ['serviceusage', 'cloudresourcemanager', 'iam'].map((name) => `${name}.googleapis.com`);

/** With that of the account that Terraform borrows, where `make new-project-setup` has made one. */
export const BORROWING_APIS: readonly string[] = [...BASE_APIS, 'iamcredentials.googleapis.com'];
