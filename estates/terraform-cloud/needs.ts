import type { TerraformCloudConfig } from '../../config/terraform-cloud';
import type { Need } from '../../constructs/core/need';

export function terraformCloudNeeds({ shared: { organization, hostname } }: TerraformCloudConfig): Need[] {
  if (organization === undefined) return [];
  return [
    {
      kind: 'token',
      environment: 'shared',
      variable: 'TFE_TOKEN',
      is: 'a token of Terraform Cloud',
      from: `https://${hostname}/app/settings/tokens makes one: of a member of ${organization} who may manage its projects and workspaces`,
    },
  ];
}
