import type { Rule } from './rule';

export const stateNotGlobal: Rule = {
  id: 'tfe-state-not-global',
  why: 'every workspace of the organization reads the state, and what opens something in it',
  check: ({ type, config }) => {
    if (type === 'tfe_workspace_settings')
      return config.global_remote_state === false ? undefined : 'set global_remote_state = false and name who reads the state';
    return type === 'tfe_workspace' && config.global_remote_state === true ? 'leave it to tfe_workspace_settings to name who reads the state' : undefined;
  },
};

export const nothingUnseen: Rule = {
  id: 'tfe-nothing-unseen',
  why: 'an apply that nobody has looked at destroys what a person would have kept',
  check: ({ type, config }) =>
    /^tfe_workspace(_settings)?$/.test(type) && (config.auto_apply === true || config.auto_apply_run_trigger === true)
      ? 'set auto_apply = false, of run triggers too'
      : undefined,
};

/** What the providers of the clouds take as a key that does not expire. */
const KEYS = /^(AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|GOOGLE_(CREDENTIALS|APPLICATION_CREDENTIALS|OAUTH_ACCESS_TOKEN))$/;

export const noStaticKeys: Rule = {
  id: 'tfe-no-static-keys',
  why: 'a key that every run has opens as much to a plan as to an apply, for as long as nobody replaces it',
  check: ({ type, config }) =>
    type === 'tfe_variable' && KEYS.test(config.key)
      ? `let runs act as an identity of their own (TFC_AWS_..., TFC_GCP_...) instead of ${config.key}`
      : undefined,
};

export const secretsWriteOnly: Rule = {
  id: 'tfe-secrets-write-only',
  why: "Terraform keeps a variable's value in the state, however sensitive it is",
  check: ({ type, config }) => (type === 'tfe_variable' && config.sensitive === true && config.value !== undefined ? 'hand it over as value_wo' : undefined),
};

export const setsNotGlobal: Rule = {
  id: 'tfe-sets-not-global',
  why: 'a variable set of the whole organization is in every run, also of workspaces that somebody makes tomorrow',
  check: ({ type, config }) => (type === 'tfe_variable_set' && config.global !== false ? 'set global = false and apply it to workspaces' : undefined),
};

export const TFE: readonly Rule[] = [stateNotGlobal, nothingUnseen, noStaticKeys, secretsWriteOnly, setsNotGlobal];
