import { mergePatch } from '../../../config/merge';
import { type TerraformCloudConfig, terraformCloudSchema, terraformCloudValues } from '../../../config/terraform-cloud';
import type { Deployment } from '../../../constructs/core/estate';
import type { Need } from '../../../constructs/core/need';
import { terraformCloud } from '../../../estates/terraform-cloud';
import { terraformCloudNeeds } from '../../../estates/terraform-cloud/needs';
import { parse, resourcesOf, synthWithTerraformCloud, testApp } from '../../support/synth';

const STACK = 'terraform-cloud-workspaces-shared';
const SHARED = {
  execution: { 'vulpine-containers*': { agentPool: 'apool-abc' }, 'moshi-dns-*': 'local' },
  notifications: { mail: { type: 'email', users: ['user-abc'] }, channel: { type: 'slack', triggers: ['run:errored'] } },
};
const stacks = synthWithTerraformCloud({ 'terraform-cloud': { shared: SHARED } });
const names = [...stacks.keys()].sort();
const json = stacks.get(STACK);
const all = (type: string) => Object.entries(parse(json).resource?.[type] ?? {});
const byAddress = new Map(all('tfe_workspace').map(([id, config]) => [`\${tfe_workspace.${id}.id}`, config.name as string]));
const workspaceNamed = (reference: unknown) => byAddress.get(reference as string) ?? `no workspace: ${reference}`;
const settings = new Map(resourcesOf(json, 'tfe_workspace_settings').map((config) => [workspaceNamed(config.workspace_id), config]));

/** `reader < source`, from the remote states that the stacks' own JSON reads. */
const references = [...stacks].flatMap(([reader, text]) =>
  Object.values(parse(text).data?.terraform_remote_state ?? {}).map(({ config }) => {
    const source = /\/([^/]+)\.tfstate$/.exec((config as { path: string }).path)?.[1];
    return `${reader} < ${source}`;
  }),
);

test('the stacks refer to each other, so that there is something to share', () => {
  expect(references.length).toBeGreaterThan(5);
  expect(new Set(references).size).toBe(references.length);
});

test('every stack of the app has exactly one workspace, and there are no others', () => {
  expect([...byAddress.values()].sort()).toEqual(names);
  expect([...settings.keys()].sort()).toEqual(names);
});

test('every reference between stacks has exactly one sharing entry, and nothing else is shared', () => {
  const shared = [...settings].flatMap(([source, config]) =>
    (config.remote_state_consumer_ids as unknown[]).map((consumer) => `${workspaceNamed(consumer)} < ${source}`),
  );
  expect(shared.sort()).toEqual([...references].sort());
  expect([...settings.values()].map(({ global_remote_state }) => global_remote_state)).toEqual(names.map(() => false));
});

const modeOf = (name: string) => settings.get(name)?.execution_mode;

test('runs are triggered along the references between workspaces that have runs, and nowhere else', () => {
  const triggers = resourcesOf(json, 'tfe_run_trigger').map((one) => `${workspaceNamed(one.workspace_id)} < ${workspaceNamed(one.sourceable_id)}`);
  const wanted = references.filter((edge) => edge.split(' < ').every((name) => modeOf(name) !== 'local'));
  expect(triggers.sort()).toEqual(wanted.sort());
  expect(triggers).toContain('vulpine-containers-prod < vulpine-host-prod');
});

test('every workspace is in the project of its estate, has its labels, one version of Terraform, and a person who applies', () => {
  const projects = new Map(all('tfe_project').map(([id, { name }]) => [`\${tfe_project.${id}.id}`, name]));
  for (const [, config] of all('tfe_workspace')) {
    const tags = config.tags as Record<string, string>;
    expect(config.name).toBe(`${tags.estate}-${tags.stack}-${tags.environment}`);
    expect(projects.get(config.project_id as string)).toBe(tags.estate);
    expect(config).toMatchObject({
      terraform_version: '1.11.4',
      auto_apply: false,
      force_delete: false,
      queue_all_runs: false,
      lifecycle: { prevent_destroy: true },
    });
  }
  expect([...projects.values()].sort()).toEqual([...new Set(projects.values())].sort());
});

test('what is protected refuses a plan that destroys everything', () => {
  const allows = (name: string) => resourcesOf(json, 'tfe_workspace').find((config) => config.name === name)?.allow_destroy_plan;
  expect([allows('moshi-server-prod'), allows('moshi-server-dev')]).toEqual([false, true]);
});

test('tags and names are what Terraform Cloud takes', () => {
  for (const { name, tags } of resourcesOf(json, 'tfe_workspace')) {
    expect(name).toMatch(/^[A-Za-z0-9_-]{1,90}$/);
    for (const [key, value] of Object.entries(tags as object)) expect(`${key}=${value}`).toMatch(/^[a-z]{1,128}=[a-z0-9-]{1,256}$/);
  }
});

describe('runs', () => {
  test('are remote but where config says otherwise, and never of the stacks that hold the trust', () => {
    expect([modeOf('moshi-server-prod'), modeOf('moshi-dns-shared'), modeOf('vulpine-containers-prod')]).toEqual(['remote', 'local', 'agent']);
    expect(settings.get('vulpine-containers-prod')?.agent_pool_id).toBe('apool-abc');
    expect(names.filter((name) => name.startsWith('terraform-cloud-')).map(modeOf)).toEqual(['local', 'local', 'local', 'local', 'local']);
  });

  test('of what nobody reaches from outside are local by themselves; without triggers nothing starts by itself, and the states are shared as before', () => {
    const plain = synthWithTerraformCloud({ 'terraform-cloud': { shared: { runTriggers: 'off' } } }).get(STACK);
    const modes = resourcesOf(plain, 'tfe_workspace_settings').filter(({ execution_mode }) => execution_mode === 'local');
    expect(JSON.stringify(modes)).toContain('vulpine-containers-prod');
    expect(modes).toHaveLength(6);
    expect(resourcesOf(plain, 'tfe_run_trigger')).toEqual([]);
    expect(resourcesOf(plain, 'tfe_workspace_settings').flatMap(({ remote_state_consumer_ids }) => remote_state_consumer_ids)).toHaveLength(references.length);
  });

  test('tell whom config names, and only where there are runs', () => {
    const told = resourcesOf(json, 'tfe_notification_configuration');
    const withRuns = names.filter((name) => modeOf(name) !== 'local');
    for (const type of ['email', 'slack']) {
      expect(
        told
          .filter(({ destination_type }) => destination_type === type)
          .map(({ workspace_id }) => workspaceNamed(workspace_id))
          .sort(),
      ).toEqual(withRuns);
    }
    expect(told[0]).toMatchObject({ triggers: ['run:needs_attention', 'run:errored'], email_user_ids: ['user-abc'] });
    expect(told.find(({ destination_type }) => destination_type === 'slack')?.url).toBe('${var.notification_url_channel}');
    expect(parse(json)).toHaveProperty('variable.notification_url_channel.sensitive', true);
  });
});

describe('credentials', () => {
  const sets = new Map(all('tfe_variable_set').map(([id, { name }]) => [`\${tfe_variable_set.${id}.id}`, name as string]));
  const applied = (set: string) =>
    resourcesOf(json, 'tfe_workspace_variable_set').flatMap((one) =>
      sets.get(one.variable_set_id as string) === set ? [workspaceNamed(one.workspace_id)] : [],
    );
  const using = (provider: string) => names.filter((name) => parse(stacks.get(name)).provider?.[provider] && modeOf(name) !== 'local');

  test('every workspace with runs has those of each cloud that its stack uses, and none of another', () => {
    expect(['docker-worker', 'filmlinkd', 'moshi'].flatMap((estate) => applied(`google-${estate}`)).sort()).toEqual(using('google'));
    expect(applied('google-moshi').every((name) => name.startsWith('moshi-'))).toBe(true);
    expect(applied('aws').sort()).toEqual(using('aws'));
    expect(applied('linode').sort()).toEqual(using('linode'));
  });

  test('are what Terraform Cloud reads: by these names, for runs, and each estate shows its token to its own provider', () => {
    const ofSet = (set: string) =>
      resourcesOf(json, 'tfe_variable').flatMap(({ variable_set_id, key, value }) => (sets.get(variable_set_id as string) === set ? [[key, value]] : []));
    const read = Object.entries(parse(json).data?.terraform_remote_state ?? {});
    for (const estate of ['docker-worker', 'filmlinkd', 'moshi']) {
      const [name] = read.find(([, { config }]) => (config as { path: string }).path.endsWith(`/terraform-cloud-gcp-${estate}-shared.tfstate`)) ?? [];
      expect(ofSet(`google-${estate}`)).toEqual([
        ['TFC_GCP_PROVIDER_AUTH', 'true'],
        ['TFC_GCP_WORKLOAD_PROVIDER_NAME', expect.stringContaining(`data.terraform_remote_state.${name}.`)],
      ]);
    }
    expect(ofSet('aws')).toEqual([['TFC_AWS_PROVIDER_AUTH', 'true']]);
    expect(resourcesOf(json, 'tfe_variable').map(({ category }) => category)).toEqual(resourcesOf(json, 'tfe_variable').map(() => 'env'));
  });

  test('are two identities of the workspace itself', () => {
    const own = resourcesOf(json, 'tfe_variable').filter(({ workspace_id, key }) => workspace_id && /_GCP_(PLAN|APPLY)/.test(key as string));
    expect(own).toHaveLength(2 * using('google').length);
    expect(new Set(own.map(({ value }) => value)).size).toBe(own.length);
    const roles = resourcesOf(json, 'tfe_variable').filter(({ workspace_id, key }) => workspace_id && /_AWS_(PLAN|APPLY)/.test(key as string));
    expect(roles).toHaveLength(2 * using('aws').length);
    expect(new Set(roles.map(({ value }) => value)).size).toBe(roles.length);
  });

  test('hold one key in all, of Linode, which is in no state', () => {
    const keys = resourcesOf(json, 'tfe_variable').filter(({ key }) => !/^TFC_/.test(key as string));
    expect(keys).toEqual([expect.objectContaining({ key: 'LINODE_TOKEN', sensitive: true, value_wo: '${var.linode_token}' })]);
    expect(keys[0]).not.toHaveProperty('value');
  });
});

test('a pattern that nearly names a stack is told which, and all patterns are told of at once', () => {
  const execution = { 'moshi-dsn-shared': 'local', 'terraform-cloud-workspaces-shared': 'remote' };
  expect(() => synthWithTerraformCloud({ 'terraform-cloud': { shared: { execution } } })).toThrow(
    /names a stack that does not exist: moshi-dsn-shared; nearest: moshi-dns-shared, .*\n.*names terraform-cloud-workspaces-shared: these are always local/,
  );
});

describe('what preflight looks for', () => {
  const needsOf = (shared: object) => terraformCloudNeeds(terraformCloudSchema.parse(mergePatch(terraformCloudValues, { shared })) as TerraformCloudConfig);
  const variables = (needs: readonly Need[]) =>
    needs.flatMap((need) => (need.kind === 'token' && need.variable.startsWith('TF_VAR_') ? [need.variable.slice(7)] : [])).sort();

  test.each<[string, object]>([
    ['what is asked for by default', SHARED],
    ['no token where nothing of Linode runs', { execution: { 'vulpine-*': 'local' } }],
    ['a token where something does', { execution: { 'vulpine-host-*': 'local' } }],
  ])('is %s, as the stack has variables', (_, shared) => {
    const json = shared === SHARED ? stacks.get(STACK) : synthWithTerraformCloud({ 'terraform-cloud': { shared } }).get(STACK);
    expect(variables(needsOf({ organization: 'example-org', ...shared }))).toEqual(
      Object.keys((JSON.parse(json ?? '{}') as { variable?: object }).variable ?? {}).sort(),
    );
  });

  test('is the login of Terraform at the host, and the token of its provider', () => {
    expect(needsOf({})).toEqual([]);
    expect(needsOf({ organization: 'example-org', hostname: 'tfe.example.org' }).slice(0, 2)).toMatchObject([
      { kind: 'terraform-login', hostname: 'tfe.example.org' },
      { kind: 'token', variable: 'TFE_TOKEN' },
    ]);
  });
});

describe('over an app without stacks', () => {
  const build = (shared: object, deployment: Deployment = {}) => {
    const app = testApp();
    terraformCloud.stacks(app, terraformCloudSchema.parse({ shared: { protection: 'on', terraformVersion: '1.11.4', ...shared } }), deployment);
    return app.node.children.map((stack) => stack.node.id);
  };

  test('there is nothing without an organization, and with one the workspace of the workspaces', () => {
    expect(build({})).toEqual([]);
    expect(build({ organization: 'example-org' })).toEqual([STACK]);
  });

  test('a pattern of no stack is refused', () => {
    expect(() => build({ organization: 'example-org', execution: { 'moshi-*': 'local' } })).toThrow('names a stack that does not exist: moshi-*');
  });

  test('so are its own, because these are always local', () => {
    const execution = { 'terraform-cloud-*': 'remote' };
    expect(() => build({ organization: 'example-org', execution })).toThrow(
      'terraform-cloud.shared.execution names terraform-cloud-*: these are always local, because only a person applies them. Take it out',
    );
  });

  test('an organization that is not where the state goes is refused', () => {
    const elsewhere = { terraformCloud: { type: 'cloud', organization: 'another-org' } } as const;
    expect(() => build({ organization: 'example-org' }, elsewhere)).toThrow('TF_CLOUD_ORGANIZATION says another-org');
    expect(build({ organization: 'another-org' }, elsewhere)).toEqual([STACK]);
    expect(() => build({ organization: 'another-org', hostname: 'tfe.example.org' }, elsewhere)).toThrow('TF_CLOUD_HOSTNAME says app.terraform.io');
  });
});
