import type { Importable, ImportSyntaxes } from './syntax';

const API = 'curl --silent --show-error --header "Authorization: Bearer $TFE_TOKEN" "https://{hostname=app.terraform.io}/api/v2';

/** Terraform Cloud has no command of its own: its API says the ids. The token goes to the provider's own host, and to no other. */
const row = (name: string, id: string, path: string): Importable => ({
  id,
  find: `${API}/${path}"`,
  source: `https://registry.terraform.io/providers/hashicorp/tfe/0.71.0/docs/resources/${name}#import`,
});

const ORGANIZATION = 'organizations/{organization}';

/** The estate terraform-cloud. */
export const TERRAFORM_CLOUD: ImportSyntaxes = {
  tfe_agent_pool: row('agent_pool', 'apool-<id>', `${ORGANIZATION}/agent-pools`),
  tfe_agent_token: {
    never: 'its value is told once, when it is made: make another, and revoke the old one',
    source: 'https://registry.terraform.io/providers/hashicorp/tfe/0.71.0/docs/resources/agent_token',
  },
  tfe_notification_configuration: row('notification_configuration', 'nc-<id>', 'workspaces/{workspace_id}/notification-configurations'),
  tfe_organization: row('organization', '{name}', 'organizations'),
  tfe_project: row('project', 'prj-<id>', `${ORGANIZATION}/projects`),
  tfe_project_variable_set: row('project_variable_set', '{organization}/{project_id}/<variable set*>', `${ORGANIZATION}/varsets`),
  tfe_run_trigger: row('run_trigger', 'rt-<id>', 'workspaces/{workspace_id}/run-triggers?filter%5Brun-trigger%5D%5Btype%5D=inbound'),
  tfe_team: row('team', '{organization}/<team>', `${ORGANIZATION}/teams`),
  tfe_team_access: row('team_access', '{organization}/<workspace>/tws-<id>', 'team-workspaces?filter%5Bworkspace%5D%5Bid%5D={workspace_id}'),
  tfe_team_project_access: row('team_project_access', 'tprj-<id>', 'team-projects?filter%5Bproject%5D%5Bid%5D={project_id}'),
  tfe_variable: row('variable', '{organization}/<workspace or variable set>/var-<id>', 'workspaces/{workspace_id}/vars'),
  tfe_variable_set: row('variable_set', 'varset-<id>', `${ORGANIZATION}/varsets`),
  tfe_workspace: row('workspace', 'ws-<id>', `${ORGANIZATION}/workspaces?search%5Bname%5D={name}`),
  tfe_workspace_run: {
    never: 'there is no such object: it only starts runs',
    source: 'https://registry.terraform.io/providers/hashicorp/tfe/0.71.0/docs/resources/workspace_run',
  },
  tfe_workspace_settings: row('workspace_settings', '{workspace_id}', `${ORGANIZATION}/workspaces`),
  tfe_workspace_variable_set: row('workspace_variable_set', '{organization}/<workspace>/<variable set*>', `${ORGANIZATION}/varsets`),
};
