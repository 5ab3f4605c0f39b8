import type { TerraformCloudConfig } from '../../config/terraform-cloud';
import type { Need } from '../../constructs/core/need';
import { chosenFor } from './execution';

/** Logins at Google and AWS are the services' needs: only they know where. */
export function terraformCloudNeeds({ shared }: TerraformCloudConfig): Need[] {
  const { organization, hostname, notifications, execution } = shared;
  if (organization === undefined) return [];
  const posts = Object.entries(notifications).filter(([, { type }]) => type !== 'email');
  return [
    { kind: 'terraform-login', environment: 'shared', hostname },
    {
      kind: 'token',
      environment: 'shared',
      variable: 'TFE_TOKEN',
      is: 'a token of Terraform Cloud',
      from: `https://${hostname}/app/settings/tokens makes one: of a member of ${organization} who may manage its projects and workspaces`,
    },
    ...(isLinodeUsed(execution) ? [LINODE_TOKEN] : []),
    ...posts.map(
      ([name, { type }]): Need => ({
        kind: 'token',
        environment: 'shared',
        variable: `TF_VAR_notification_url_${name}`,
        is: `the URL of ${name}`,
        from: type === 'slack' ? `an incoming webhook of Slack, https://api.slack.com/messaging/webhooks` : `who receives what ${name} is told gives it`,
      }),
    ),
  ];
}

const LINODE_TOKEN: Need = {
  kind: 'token',
  environment: 'shared',
  variable: 'TF_VAR_linode_token',
  is: "Linode's API token, for vulpine's runs",
  from: 'https://cloud.linode.com/profile/tokens makes one, with the rights that make preflight ESTATE=vulpine names',
};

/** Vulpine's stacks at Linode: machines, of which it has one or the other, and content. */
const AT_LINODE = [['vulpine-host-prod', 'vulpine-cluster-prod'], ['vulpine-content-prod']];

/** Whether any of them has runs. */
function isLinodeUsed(execution: TerraformCloudConfig['shared']['execution']): boolean {
  return AT_LINODE.some((either) => !either.some((stack) => chosenFor(stack, execution) === 'local'));
}
