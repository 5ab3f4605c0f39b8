import { type NameRule, WORD } from './name-rule';

const DOCS = 'https://developer.hashicorp.com/terraform/cloud-docs';

export const TFE_NAMES: Readonly<Record<string, NameRule>> = {
  tfe_project: {
    argument: 'name',
    min: 3,
    max: 40,
    pattern: /^[\w-](?:[\w -]*[\w-])?$/,
    legal: 'letters, digits, hyphens, underscores and spaces inside',
    source: `${DOCS}/api-docs/projects#create-a-project`,
  },
  tfe_workspace: { argument: 'name', min: 1, max: 90, ...WORD, source: `${DOCS}/workspaces/create#workspace-naming` },
};
