import type { Case } from './cases';

/** Terraform Cloud's rules: who reads a state, who sees an apply, and what a run carries. */
const trust = (operator: string) =>
  JSON.stringify({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: '${aws_iam_openid_connect_provider.p.arn}' },
        Action: ['sts:AssumeRoleWithWebIdentity'],
        Condition: {
          StringEquals: { 'app.terraform.io:aud': 'aws.workload.identity' },
          [operator]: {
            ...(operator === 'StringEquals' && { 'app.terraform.io:aud': 'aws.workload.identity' }),
            'app.terraform.io:sub': 'organization:o:project:p:workspace:w:run_phase:plan',
          },
        },
      },
    ],
  });

export const terraformCases: readonly Case[] = [
  {
    rule: 'aws-federation-restricted',
    type: 'aws_iam_role',
    good: { name: 'terraform-plan-egf2', assume_role_policy: trust('StringEquals') },
    change: 'the subject is a pattern',
    remedy: 'StringEquals',
    breakIt: (config) => {
      config.assume_role_policy = trust('StringLike');
    },
  },
  {
    rule: 'tfe-state-not-global',
    type: 'tfe_workspace_settings',
    good: { workspace_id: 'ws-1', global_remote_state: false, remote_state_consumer_ids: [] },
    change: 'it is left to the organization who reads the state',
    remedy: 'global_remote_state = false',
    breakIt: (config) => {
      delete config.global_remote_state;
    },
  },
  {
    rule: 'tfe-nothing-unseen',
    type: 'tfe_workspace',
    good: { name: 'moshi-server-prod', auto_apply: false, lifecycle: { prevent_destroy: true } },
    change: 'runs are applied by themselves',
    remedy: 'auto_apply = false',
    breakIt: (config) => {
      config.auto_apply_run_trigger = true;
    },
  },
  {
    rule: 'tfe-no-static-keys',
    type: 'tfe_variable',
    good: { workspace_id: 'ws-1', category: 'env', key: 'TFC_AWS_PLAN_ROLE_ARN', value: 'arn:aws:iam::123456789012:role/plan' },
    change: 'the runs get the key of an account',
    remedy: 'instead of AWS_SECRET_ACCESS_KEY',
    breakIt: (config) => {
      config.key = 'AWS_SECRET_ACCESS_KEY';
    },
  },
  {
    rule: 'tfe-secrets-write-only',
    type: 'tfe_variable',
    good: { variable_set_id: 'varset-1', category: 'env', key: 'LINODE_TOKEN', sensitive: true, value_wo: '${var.linode_token}' },
    change: 'the value goes into the state',
    remedy: 'value_wo',
    breakIt: (config) => {
      config.value = config.value_wo;
      delete config.value_wo;
    },
  },
  {
    rule: 'tfe-sets-not-global',
    type: 'tfe_variable_set',
    good: { name: 'linode', global: false },
    change: 'every workspace has it',
    remedy: 'global = false',
    breakIt: (config) => {
      config.global = true;
    },
  },
];
