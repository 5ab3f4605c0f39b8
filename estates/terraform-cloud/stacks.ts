import type { Construct } from 'constructs';
import type { TerraformCloudConfig } from '../../config/terraform-cloud';
import { aws, awsOf } from '../../constructs/aws/provider';
import type { Backend } from '../../constructs/core/backend';
import type { Deployment } from '../../constructs/core/estate';
import type { EstateStack } from '../../constructs/core/estate-stack';
import { SynthProblems } from '../../constructs/core/estates-app';
import { groupedBy, providersOf, stacksOf } from '../../constructs/core/stack-graph';
import { google, googleOf } from '../../constructs/gcp/provider';
import { tfe } from '../../constructs/tfe/provider';
import { executionOf, patternProblems } from './execution';
import { TerraformCloudAws } from './trust-aws';
import { TerraformCloudGcp } from './trust-gcp';
import { TerraformCloudWorkspaces } from './workspaces';

export type TerraformCloudProps = TerraformCloudConfig['shared'] & { readonly organization: string };

/** Where Terraform goes when nobody names a host. */
const PUBLIC_HOST = 'app.terraform.io';

/** For each estate at Google, and each account at AWS, who may do what there; then the workspaces, which are told of it. */
export function build(app: Construct, props: TerraformCloudProps, { terraformCloud }: Deployment): void {
  const { organization, hostname, backend, protection, execution } = props;
  refuseTwoPlaces({ organization, hostname }, terraformCloud);
  const services = stacksOf(app);
  const problems = patternProblems(execution, services);
  if (problems.length > 0) throw new SynthProblems(problems.map((problem) => `terraform-cloud.shared.execution ${problem}`).join('\n'));

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

/** By Terraform's own variables, states go to one organization of one host: the workspaces must be there. */
function refuseTwoPlaces(wanted: { readonly organization: string; readonly hostname: string }, states: Backend | undefined): void {
  if (states?.type !== 'cloud') return;
  const actual = { organization: states.organization, hostname: states.hostname ?? PUBLIC_HOST };
  for (const [name, variable] of [
    ['organization', 'TF_CLOUD_ORGANIZATION'],
    ['hostname', 'TF_CLOUD_HOSTNAME'],
  ] as const) {
    if (actual[name] === wanted[name]) continue;
    throw new SynthProblems(
      `${variable} says ${actual[name]} and terraform-cloud.shared.${name} says ${wanted[name]}: the states would be in one and the workspaces in the other. Name the same`,
    );
  }
}
