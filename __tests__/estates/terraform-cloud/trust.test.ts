import { PHASES } from '../../../constructs/core/terraform-run';
import { cel } from '../../support/cel';
import { trusts } from '../../support/role-trust';
import { onlyResource, parse, resourcesOf, synthWithTerraformCloud } from '../../support/synth';

const ORGANIZATION = 'example-org';
const HOST = 'app.terraform.io';
const stacks = synthWithTerraformCloud({ 'terraform-cloud': { shared: { organization: ORGANIZATION, organizationId: 'org-Mine' } } });
const GOOGLE = [...stacks.keys()].filter((name) => name.startsWith('terraform-cloud-gcp-'));
const AMAZON = 'terraform-cloud-aws-shared';
const workspaces = resourcesOf(stacks.get('terraform-cloud-workspaces-shared'), 'tfe_workspace').map(({ name, tags }) => ({
  workspace: name as string,
  project: (tags as { estate: string }).estate,
}));

/** What Terraform Cloud signs: developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens */
function claims({ project, workspace, phase, organization = ORGANIZATION, organizationId = 'org-Mine' }: Record<string, string | undefined>) {
  return {
    iss: `https://${HOST}`,
    sub: `organization:${organization}:project:${project}:workspace:${workspace}:run_phase:${phase}`,
    terraform_organization_id: organizationId,
    terraform_organization_name: organization,
    terraform_project_name: project,
    terraform_workspace_id: 'ws-aBcDeFgHiJkLmNoP',
    terraform_workspace_name: workspace,
    terraform_run_id: 'run-aBcDeFgHiJkLmNoP',
    terraform_run_phase: phase,
  };
}
type Claims = ReturnType<typeof claims>;

interface Provider {
  readonly attribute_condition: string;
  readonly attribute_mapping: Readonly<Record<string, string>>;
  readonly oidc: { readonly issuer_uri: string; readonly allowed_audiences?: readonly string[] };
}

/** Accounts that somebody with this token gets at Google, as the stacks' own conditions and grants say; of every pool, whatever the token's audience. */
function accountsOf(token: Claims): string[] {
  return GOOGLE.flatMap((stack) => {
    const json = stacks.get(stack);
    const provider = onlyResource(json, 'google_iam_workload_identity_pool_provider') as unknown as Provider;
    if (provider.oidc.issuer_uri !== token.iss || cel(provider.attribute_condition, { assertion: token }) !== true) return [];
    const attributes = Object.fromEntries(Object.entries(provider.attribute_mapping).map(([name, from]) => [name, cel(from, { assertion: token })]));
    const accounts = parse(json).resource?.google_service_account ?? {};
    return resourcesOf(json, 'google_service_account_iam_member').flatMap(({ member, role, service_account_id }) => {
      const [, attribute = '', value] =
        /^principalSet:\/\/iam\.googleapis\.com\/\$\{google_iam_workload_identity_pool\.\w+\.name\}\/(attribute\.\w+)\/(.+)$/.exec(member as string) ?? [];
      if (role !== 'roles/iam.workloadIdentityUser' || value === undefined) throw new Error(`a grant that is not understood here: ${role} to ${member}`);
      const account = accounts[/^\$\{google_service_account\.(.+)\.name\}$/.exec(service_account_id as string)?.[1] ?? ''];
      if (!account) throw new Error(`no account ${service_account_id}`);
      return attributes[attribute] === value ? [`${stack} ${account.account_id}`] : [];
    });
  });
}

const PROVIDERS = {
  [HOST]: `\${aws_iam_openid_connect_provider.${Object.keys(parse(stacks.get(AMAZON)).resource?.aws_iam_openid_connect_provider ?? {})[0]}.arn}`,
};

function rolesOf({ sub }: Claims, { aud = 'aws.workload.identity', issuer = HOST } = {}): string[] {
  return resourcesOf(stacks.get(AMAZON), 'aws_iam_role').flatMap(({ name, assume_role_policy }) =>
    trusts(assume_role_policy as string, { issuer, aud, sub }, PROVIDERS) ? [name as string] : [],
  );
}

/** The identities that the workspaces stack tells each workspace to take. */
const told = new Map<string, string>();
for (const { workspace_id, key, value } of resourcesOf(stacks.get('terraform-cloud-workspaces-shared'), 'tfe_variable')) {
  const json = parse(stacks.get('terraform-cloud-workspaces-shared'));
  const name = json.resource?.tfe_workspace?.[/^\$\{tfe_workspace\.(.+)\.id\}$/.exec(String(workspace_id))?.[1] ?? '']?.name;
  told.set(`${name} ${key}`, value as string);
}

const at = (cloud: string) =>
  workspaces.filter(({ workspace }) => told.has(`${workspace} ${cloud === 'google' ? 'TFC_GCP_PLAN_SERVICE_ACCOUNT_EMAIL' : 'TFC_AWS_PLAN_ROLE_ARN'}`));
const runs = (cloud: string) => at(cloud).flatMap((one) => PHASES.map((phase) => ({ ...one, phase })));

test('there are identities to ask about, two for each workspace', () => {
  const accounts = GOOGLE.flatMap((stack) => resourcesOf(stacks.get(stack), 'google_service_account'));
  expect(accounts).toHaveLength(runs('google').length);
  expect(resourcesOf(stacks.get(AMAZON), 'aws_iam_role')).toHaveLength(runs('aws').length);
  expect(accounts.length).toBeGreaterThan(20);
});

describe('at Google', () => {
  test('each phase of each workspace gets one identity, its own, the one that it is told to take', () => {
    const given = runs('google').map((run) => {
      const [account, ...others] = accountsOf(claims(run));
      expect(others).toEqual([]);
      const email = told.get(`${run.workspace} TFC_GCP_${run.phase.toUpperCase()}_SERVICE_ACCOUNT_EMAIL`);
      expect(email?.split('@')[0]).toBe(account?.split(' ')[1]);
      return account;
    });
    expect(new Set(given).size).toBe(runs('google').length);
  });

  test.each([
    ['another organization', { organization: 'example-org2', organizationId: 'org-Other' }],
    ['an organization that got the name later', { organizationId: 'org-Later' }],
    ['the phase of a test', { phase: 'test' }],
    ['a project of another name', { project: 'moshi2' }],
    ['no project', { project: '' }],
    ['a workspace that begins like it', { workspace: 'moshi-server-prod2' }],
    ['a workspace that is the beginning of it', { workspace: 'moshi-server-pro' }],
    ['a workspace that ends like it', { workspace: 'x-moshi-server-prod' }],
    ['a pattern', { workspace: '*' }],
    ['a workspace whose name has another case', { workspace: 'Moshi-server-prod' }],
  ])('%s gets none', (_, change) => {
    const run = { project: 'moshi', workspace: 'moshi-server-prod', phase: 'apply' };
    expect(accountsOf(claims(run))).toHaveLength(1);
    expect(accountsOf(claims({ ...run, ...change }))).toEqual([]);
  });

  test('who names another workspace in his project name gets none: no name holds what separates names', () => {
    const twisted = {
      ...claims({ project: 'x', workspace: 'y', phase: 'plan' }),
      sub: 'organization:example-org:project:moshi:workspace:moshi-server-prod:run_phase:apply:workspace:y',
    };
    expect(accountsOf(twisted)).toEqual([]);
  });

  test('another issuer gets none', () => {
    expect(accountsOf({ ...claims({ project: 'moshi', workspace: 'moshi-server-prod', phase: 'plan' }), iss: 'https://app.terraform.io.example.org' })).toEqual(
      [],
    );
  });

  test('only tokens for the provider itself are taken: it names no other audience', () => {
    for (const stack of GOOGLE)
      expect((onlyResource(stacks.get(stack), 'google_iam_workload_identity_pool_provider') as unknown as Provider).oidc).not.toHaveProperty(
        'allowed_audiences',
      );
  });

  test('the subject in the audit log is within 127 bytes and tells workspaces and phases apart', () => {
    const mapping = (onlyResource(stacks.get(GOOGLE[0] as string), 'google_iam_workload_identity_pool_provider') as unknown as Provider).attribute_mapping;
    const subject = cel(mapping['google.subject'] as string, { assertion: claims({ project: 'p'.repeat(40), workspace: 'w'.repeat(90), phase: 'apply' }) });
    expect(subject).toBe('ws-aBcDeFgHiJkLmNoP:apply');
    expect(Buffer.byteLength(subject as string)).toBeLessThanOrEqual(127);
    expect(Object.keys(mapping).length).toBeLessThanOrEqual(50);
  });
});

describe('at AWS', () => {
  test('each phase of each workspace assumes one role, its own', () => {
    const given = runs('aws').map((run) => {
      const roles = rolesOf(claims(run));
      expect(roles).toEqual([`terraform-${run.phase}-${run.workspace}`]);
      return roles[0];
    });
    expect(new Set(given).size).toBe(runs('aws').length);
  });

  test("a workspace is told its own roles' outputs", () => {
    const outputs = parse(stacks.get(AMAZON)).output ?? {};
    for (const { workspace, phase } of runs('aws')) {
      const value = told.get(`${workspace} TFC_AWS_${phase.toUpperCase()}_ROLE_ARN`);
      const output = outputs[/outputs\.(\w+)\}$/.exec(value ?? '')?.[1] ?? '']?.value;
      const role = parse(stacks.get(AMAZON)).resource?.aws_iam_role?.[/^\$\{aws_iam_role\.(.+)\.arn\}$/.exec(String(output))?.[1] ?? ''];
      expect(role?.name).toBe(`terraform-${phase}-${workspace}`);
    }
  });

  test.each([
    ['another organization', { organization: 'example-org2' }, {}],
    ['another project', { project: 'egf22' }, {}],
    ['a workspace that begins like it', { workspace: 'egf2-data-prod2' }, {}],
    ['a workspace that is the beginning of it', { workspace: 'egf2-data-pro' }, {}],
    ['a pattern', { workspace: '*' }, {}],
    ['the phase of a test', { phase: 'test' }, {}],
    ['a token for somebody else', {}, { aud: 'sts.amazonaws.com' }],
    ['a token of somebody else', {}, { issuer: 'app.terraform.io.example.org' }],
  ])('%s assumes none', (_, change, how) => {
    const run = { project: 'egf2', workspace: 'egf2-data-prod', phase: 'apply' };
    expect(rolesOf(claims(run))).toHaveLength(1);
    expect(rolesOf(claims({ ...run, ...change }), how)).toEqual([]);
  });

  test('the provider takes tokens of one host for one audience', () => {
    expect(onlyResource(stacks.get(AMAZON), 'aws_iam_openid_connect_provider')).toMatchObject({
      url: `https://${HOST}`,
      client_id_list: ['aws.workload.identity'],
    });
  });
});

test('the stacks that hold the trust, and those that run elsewhere, have no identity', () => {
  const withoutIdentity = workspaces.filter(({ workspace }) => ![...at('google'), ...at('aws')].some((one) => one.workspace === workspace));
  expect(withoutIdentity.map(({ workspace }) => workspace).sort()).toEqual([
    AMAZON,
    ...GOOGLE,
    'terraform-cloud-workspaces-shared',
    'vulpine-containers-prod',
    'vulpine-host-prod', // Linode: a token
  ]);
  for (const { workspace, project } of withoutIdentity) {
    for (const phase of PHASES) expect([...accountsOf(claims({ workspace, project, phase })), ...rolesOf(claims({ workspace, project, phase }))]).toEqual([]);
  }
});
