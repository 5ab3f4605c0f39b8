import { parse, resourcesOf } from './synth';

/** A role that an account has, with the permissions of a custom one. */
export interface Grant {
  /** The predefined role, or the custom role's id. */
  readonly role: string;
  readonly permissions: readonly string[];
  /** What it is granted on: a project, a repository, another account. */
  readonly on: string;
  /** The condition's expression. */
  readonly when?: string;
}

const ON: Readonly<Record<string, (grant: Record<string, unknown>) => string>> = {
  google_project_iam_member: () => 'project',
  google_cloud_run_service_iam_member: ({ service }) => `function ${String(service).replace(/.*\.(\w+)_resource_.*/, '$1')}`,
  google_pubsub_subscription_iam_member: ({ subscription }) => `subscription ${subscription}`,
  google_pubsub_topic_iam_member: ({ topic }) => `topic ${topic}`,
  google_secret_manager_secret_iam_member: ({ secret_id }) => `secret ${secret_id}`,
  google_storage_bucket_iam_member: ({ bucket }) => `bucket ${bucket}`,
  google_artifact_registry_repository_iam_member: ({ repository }) => `repository ${repository}`,
  google_service_account_iam_member: ({ service_account_id }) => `account ${String(service_account_id).replace(/.*\/([^/@]+)@.*/, '$1')}`,
};

/** Every grant that a stack makes to the account, not counting who may act as it. */
export function grantsOf(json: string | undefined, accountId: string): Grant[] {
  const { resource = {} } = parse(json);
  const [key] = Object.entries(resource.google_service_account ?? {}).find(([, account]) => account.account_id === accountId) ?? [];
  if (!key) throw new Error(`no account ${accountId}`);
  const types = Object.keys(resource).filter((type) => /_iam_(member|binding|policy)$/.test(type));
  return types.flatMap((type) => {
    const on = ON[type];
    if (!on) throw new Error(`${type}: say in granted.ts what it grants on`);
    return resourcesOf(json, type)
      .filter(({ member }) => String(member).includes(`google_service_account.${key}.`) || String(member).startsWith(`serviceAccount:${accountId}@`))
      .map((grant) => {
        const custom = /google_project_iam_custom_role\.([\w-]+)\.name/.exec(String(grant.role))?.[1];
        const role = custom ? resource.google_project_iam_custom_role?.[custom] : undefined;
        const when = (grant.condition as { expression: string } | undefined)?.expression;
        return {
          role: String(role?.role_id ?? grant.role),
          permissions: (role?.permissions as string[] | undefined) ?? [],
          on: on(grant),
          ...(when && { when }),
        };
      });
  });
}
