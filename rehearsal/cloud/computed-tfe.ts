import type { Templates } from './template';

/** Terraform Cloud makes up every id: two or three letters that say what it is of, and sixteen more. */
const identified = (prefix: string, page: string): Templates => ({
  source: `https://developer.hashicorp.com/terraform/cloud-docs/api-docs/${page}`,
  id: `${prefix}-{hash:16}`,
});

export const TFE: Readonly<Record<string, Templates>> = {
  tfe_notification_configuration: identified('nc', 'notification-configurations'),
  tfe_project: identified('prj', 'projects'),
  tfe_run_trigger: identified('rt', 'run-triggers'),
  tfe_variable: identified('var', 'workspace-variables'),
  tfe_variable_set: identified('varset', 'variable-sets'),
  tfe_workspace: identified('ws', 'workspaces'),
  tfe_workspace_settings: { source: 'https://registry.terraform.io/providers/hashicorp/tfe/0.71.0/docs/resources/workspace_settings#id', id: '{workspace_id}' },
  tfe_workspace_variable_set: {
    source: 'https://registry.terraform.io/providers/hashicorp/tfe/0.71.0/docs/resources/workspace_variable_set',
    id: '{workspace_id}_{variable_set_id}',
  },
};
