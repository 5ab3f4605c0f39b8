import type { Construct } from 'constructs';
import type { TerraformCloudConfig } from '../../config/terraform-cloud';
import { aws, awsOf } from '../../constructs/aws/provider';
import type { Deployment } from '../../constructs/core/estate';
import type { EstateStack } from '../../constructs/core/estate-stack';
import { SynthProblems } from '../../constructs/core/estates-app';
import { groupedBy, providersOf, stacksOf } from '../../constructs/core/stack-graph';
import { google, googleOf } from '../../constructs/gcp/provider';
import { tfe } from '../../constructs/tfe/provider';
import { executionOf, unmatchedPatterns } from './execution';
import { TerraformCloudAws } from './trust-aws';
import { TerraformCloudGcp } from './trust-gcp';
import { TerraformCloudWorkspaces } from './workspaces';

export type TerraformCloudProps = TerraformCloudConfig['shared'] & { readonly organization: string };

/** For each estate at Google, and each account at AWS, who may do what there; then the workspaces, which are told of it. */
export function build(app: Construct, props: TerraformCloudProps, { terraformCloud }: Deployment): void {
  const { organization, hostname, backend, protection, execution } = props;
  if (terraformCloud?.type === 'cloud' && terraformCloud.organization !== organization) {
    throw new SynthProblems(
      `TF_CLOUD_ORGANIZATION is ${terraformCloud.organization} and terraform-cloud.shared.organization is ${organization}: the workspaces would be in one and the state in the other. Name the same`,
    );
  }
  const services = stacksOf(app);
  const unmatched = unmatchedPatterns(execution, services);
  if (unmatched.length > 0)
    throw new SynthProblems(`terraform-cloud.shared.execution names stacks that do not exist: ${unmatched.join(', ')}. make synth lists those that do`);

  const common = { estate: 'terraform-cloud', environment: 'shared', protection, backend: terraformCloud ?? backend } as const;
  const admitted = { organization, hostname, ...(props.organizationId && { organizationId: props.organizationId }) };
  const at = (provider: string) => services.filter((stack) => executionOf(stack, execution) !== 'local' && providersOf(stack).includes(provider));

  const gcp = new Map<string, TerraformCloudGcp>();
  for (const [estate, stacks] of groupedBy(at('google'), ({ estate }) => estate)) {
    gcp.set(estate, new TerraformCloudGcp(app, `gcp-${estate}`, { ...common, ...admitted, of: stacks, providers: [google(placeOf(estate, stacks))] }));
  }
  const accounts = new Map<string, TerraformCloudAws>();
  for (const [account, stacks] of groupedBy(at('aws'), (stack) => awsOf(stack).accountId ?? '')) {
    const place = awsOf(stacks[0] as EstateStack);
    accounts.set(account, new TerraformCloudAws(app, account ? `aws-${account}` : 'aws', { ...common, ...admitted, of: stacks, providers: [aws(place)] }));
  }
  if (accounts.size > 1 && accounts.has('')) {
    throw new SynthProblems('one estate at AWS names its account and another does not: set accountId of both, so that each account gets its own trust');
  }
  new TerraformCloudWorkspaces(app, 'workspaces', { ...props, ...common, gcp, aws: [...accounts.values()], providers: [tfe({ organization, hostname })] });
}

/** The one project of an estate: its identities are in it, and what they may do. */
function placeOf(estate: string, stacks: readonly EstateStack[]) {
  const [first, ...others] = stacks.map(googleOf);
  if (!first) throw new SynthProblems(`${estate} has no stack at Google`);
  const other = others.find(({ project }) => project !== first.project);
  if (other) throw new SynthProblems(`${estate} has stacks in two projects, ${first.project} and ${other.project}: its identities can be in one only`);
  return first;
}
