import { terraformCloudSchema, terraformCloudValues } from '../../config/terraform-cloud';
import { defineEstate } from '../../constructs/core/estate';
import { terraformCloudNeeds } from './needs';

/** Loaded where it is wanted only: without an organization nobody needs the classes of another provider. */
const stacks = () => require('./stacks') as typeof import('./stacks');

/** Where the other estates are planned and applied: a workspace for each stack, and who may do what as it. Last of all: it looks at the others. */
export const terraformCloud = defineEstate({
  name: 'terraform-cloud',
  schema: terraformCloudSchema,
  values: terraformCloudValues,
  needs: terraformCloudNeeds,
  stacks(app, { shared }, deployment) {
    const { organization } = shared;
    if (organization !== undefined) stacks().build(app, { ...shared, organization }, deployment);
  },
});
