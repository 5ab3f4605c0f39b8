import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { cel } from '../../support/cel';
import { type Grant, grantsOf } from '../../support/granted';
import { ROOT } from '../../support/repository';
import { parse, synthEstate } from '../../support/synth';

/**
 * API methods that each command of the workflow calls, and the permission that Google's reference asks for each:
 * independent of estates/moshi/delivery/permissions.ts, and of what the roles happen to hold.
 */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  // gcloud's source: command_lib/compute/instance_groups/managed/rolling_action.py, and wait_until.py
  'instanceGroupManagers.get': ['compute.instanceGroupManagers.get'],
  'instanceGroupManagers.patch': ['compute.instanceGroupManagers.update', 'compute.instanceTemplates.useReadOnly'],
  'instanceTemplates.get': ['compute.instanceTemplates.get'],
  'zoneOperations.wait': ['compute.zoneOperations.get'],
  // the plugin's source: lib/common/driver_gce.go
  'zones.get': ['compute.zones.get'],
  'machineTypes.get': ['compute.machineTypes.get'],
  'images.getFromFamily': ['compute.images.getFromFamily'],
  'images.get': ['compute.images.get'],
  'images.insert': ['compute.images.create', 'compute.images.setLabels', 'compute.disks.useReadOnly'],
  'instances.insert': [
    'compute.instances.create',
    'compute.instances.setLabels',
    'compute.instances.setMetadata',
    'compute.instances.setServiceAccount',
    'compute.instances.setTags',
    'compute.disks.create',
    'compute.images.useReadOnly',
    'compute.subnetworks.use',
    'compute.subnetworks.useExternalIp',
    'iam.serviceAccounts.actAs on artifact-reader',
  ],
  'instances.get': ['compute.instances.get'],
  'instances.getSerialPortOutput': ['compute.instances.getSerialPortOutput'],
  'instances.setMetadata': ['compute.instances.setMetadata', 'iam.serviceAccounts.actAs on artifact-reader'],
  'instances.delete': ['compute.instances.delete'],
  'disks.get': ['compute.disks.get'],
  'disks.delete': ['compute.disks.delete'],
  'globalOperations.get': ['compute.globalOperations.get'],
  'zoneOperations.get': ['compute.zoneOperations.get'],
  // twine: cloud.google.com/artifact-registry/docs/access-control
  'pypi.upload': ['artifactregistry.repositories.uploadArtifacts on pypi'],
};

const BAKE_METHODS = Object.keys(METHODS).slice(Object.keys(METHODS).indexOf('zones.get'), Object.keys(METHODS).indexOf('pypi.upload'));
const CYCLE_METHODS = ['instanceGroupManagers.get', 'instanceTemplates.get', 'instanceGroupManagers.patch', 'zoneOperations.wait'];
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'make install': [],
  'make build ESTATE=moshi': [],
  'make publish BUILT=1 YES=1': ['pypi.upload'],
  'make bake YES=1': BAKE_METHODS,
  'make cycle ENV=dev YES=1': CYCLE_METHODS,
  'make healthcheck ENV=dev': [],
  'make cycle ENV=prod YES=1': CYCLE_METHODS,
  'make healthcheck ENV=prod': [],
};

/** Roles that are as narrow as their thing: cloud.google.com/iam/docs/roles-permissions, less what is only listing. */
const PREDEFINED: Readonly<Record<string, (on: string) => string[]>> = {
  'roles/artifactregistry.writer': (on) => [`artifactregistry.repositories.uploadArtifacts on ${on.replace('repository ', '')}`],
  'roles/iam.serviceAccountUser': (on) => [`iam.serviceAccounts.actAs on ${on.replace('account ', '')}`],
};

interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly environment?: string;
  readonly concurrency: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly permissions: Record<string, string>;
  readonly steps: readonly { readonly run?: string; readonly uses?: string; readonly with?: Record<string, unknown> }[];
}

const workflow = parseYaml(readFileSync(join(ROOT, 'estates/moshi/delivery/generated/.github/workflows/moshi.yml'), 'utf8')) as {
  readonly permissions: object;
  readonly jobs: Record<string, Job>;
};
const github = synthEstate('moshi').get('moshi-github-shared');
const jobs = Object.entries(workflow.jobs);

/** The account that a job acts as: its secret is an output of the stack, which is an account's address. */
function accountOf({ steps }: Job): string {
  const secret = steps.map((step) => /secrets\.(\w+)/.exec(String(step.with?.service_account))?.[1]).find(Boolean) as string;
  const { output = {}, resource = {} } = parse(github);
  const id = /google_service_account\.([\w-]+)\.email/.exec(String(output[secret]?.value))?.[1] as string;
  return String(resource.google_service_account?.[id]?.account_id);
}

const permissionsOf = (grants: readonly Grant[]) => grants.flatMap(({ role, permissions, on }) => PREDEFINED[role]?.(on) ?? permissions);
const sorted = (list: readonly string[]) => [...new Set(list)].sort();

test.each(jobs)('%s has exactly the permissions that its steps need', (_, job) => {
  const commands = job.steps.flatMap(({ run }) => (run ? [run] : []));
  const needed = commands.flatMap((command) => {
    const methods = COMMANDS[command];
    if (!methods) throw new Error(`say in this test what \`${command}\` calls`);
    return methods.flatMap((method) => METHODS[method] ?? []);
  });
  expect(sorted(permissionsOf(grantsOf(github, accountOf(job))))).toEqual(sorted(needed));
});

test('no account of the workflow has another role', () => {
  expect(jobs.map(([name, job]) => [name, accountOf(job), grantsOf(github, accountOf(job)).map(({ role, on }) => `${role} on ${on}`)])).toEqual([
    ['publish', 'artifact-writer', ['roles/artifactregistry.writer on repository pypi']],
    ['bake', 'oidc-service-account', ['roles/iam.serviceAccountUser on account artifact-reader', 'moshiBake on project']],
    ['roll-dev', 'moshi-roll-dev', ['moshiRoll on project', 'moshiUseTemplate on project']],
    ['roll-prod', 'moshi-roll-prod', ['moshiRoll on project', 'moshiUseTemplate on project']],
  ]);
});

test('each job may read the code and ask for a token, and the workflow nothing', () => {
  expect(workflow.permissions).toEqual({});
  for (const [, job] of jobs) expect(job.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
});

test('only the branch delivers: the first job asks for it, and each other one needs the one before', () => {
  const [[first, { if: condition }], ...others] = jobs as [[string, Job], ...[string, Job][]];
  expect([first, condition]).toEqual(['publish', "github.ref == 'refs/heads/main'"]);
  expect(others.map(([name, { needs, if: when }]) => [name, needs, when])).toEqual([
    ['bake', 'publish', undefined],
    ['roll-dev', 'bake', undefined],
    ['roll-prod', 'roll-dev', 'inputs.production'],
  ]);
});

test.each(jobs)('%s runs the code of packages before it has an account, and leaves no credential in the checkout', (_, { steps }) => {
  const [checkout] = steps;
  expect(checkout).toMatchObject({ uses: expect.stringContaining('actions/checkout@'), with: { 'persist-credentials': false } });
  const account = steps.findIndex(({ uses }) => uses?.startsWith('google-github-actions/auth@'));
  const install = steps.findIndex(({ run }) => run === 'make install' || run === 'make build ESTATE=moshi');
  expect(install).toBeGreaterThan(0);
  expect(account).toBeGreaterThan(install);
});

test('a job waits for its like and for no other: an approval that nobody gives holds up nothing', () => {
  const groups = jobs.map(([, { concurrency }]) => concurrency);
  expect(new Set(groups.map(({ group }) => group)).size).toBe(jobs.length);
  expect(groups.every((each) => each['cancel-in-progress'] === false)).toBe(true);
  expect(workflow).not.toHaveProperty('concurrency');
});

describe('conditions', () => {
  const conditionOf = (account: string, role: string) => grantsOf(github, account).find((grant) => grant.role === role)?.when as string;
  const template = (name: string) => ({
    resource: { type: 'compute.googleapis.com/InstanceTemplate', name: `projects/moshi-3/global/instanceTemplates/${name}` },
  });

  test.each([
    ['moshi-roll-dev', 'moshi-srv-dev-20261121', true],
    ['moshi-roll-dev', 'moshi-srv-20261121', false],
    ['moshi-roll-prod', 'moshi-srv-20261121', true],
    ['moshi-roll-prod', 'moshi-srv-dev-20261121', false],
  ])('%s starts machines from %s: %s', (account, name, expected) => {
    expect(cel(conditionOf(account, 'moshiUseTemplate'), template(name))).toBe(expected);
  });

  test.each([
    ['Instance', 'zones/us-central1-c/instances/packer-65a1', true],
    ['Instance', 'zones/us-central1-c/instances/moshi-srv-k3lx', false],
    ['Disk', 'zones/us-central1-c/disks/packer-65a1', true],
    ['Disk', 'zones/us-central1-c/disks/moshi-srv-k3lx', false],
    ['Image', 'global/images/moshi-srv-0-2-0', true],
  ])('a bake touches the %s %s: %s', (type, name, expected) => {
    const resource = { type: `compute.googleapis.com/${type}`, name: `projects/moshi-3/${name}` };
    expect(cel(conditionOf('oidc-service-account', 'moshiBake'), { resource })).toBe(expected);
  });
});
