import type { Reference } from './references';

const to = (page: string, argument: string, ...types: string[]): Reference => ({
  argument,
  types,
  source: `https://registry.terraform.io/providers/hashicorp/tfe/0.71.0/docs/resources/${page}#${argument}`,
});

export const TFE_REFERENCES: Readonly<Record<string, readonly Reference[]>> = {
  tfe_notification_configuration: [to('notification_configuration', 'workspace_id', 'tfe_workspace')],
  tfe_run_trigger: [to('run_trigger', 'workspace_id', 'tfe_workspace'), to('run_trigger', 'sourceable_id', 'tfe_workspace')],
  tfe_variable: [to('variable', 'workspace_id', 'tfe_workspace'), to('variable', 'variable_set_id', 'tfe_variable_set')],
  tfe_workspace: [to('workspace', 'project_id', 'tfe_project')],
  tfe_workspace_settings: [to('workspace_settings', 'workspace_id', 'tfe_workspace'), to('workspace_settings', 'remote_state_consumer_ids', 'tfe_workspace')],
  tfe_workspace_variable_set: [
    to('workspace_variable_set', 'workspace_id', 'tfe_workspace'),
    to('workspace_variable_set', 'variable_set_id', 'tfe_variable_set'),
  ],
};
