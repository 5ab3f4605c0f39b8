import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RolloutVariables, rolloutEnvironment } from '../../../services/contracts/rollout';
import { cel } from '../../support/cel';
import { Discovery } from '../../support/google/discovery';
import { type Grant, grantsOf } from '../../support/granted';
import { ROOT } from '../../support/repository';
import { onlyResource, resourcesOf, synthEstate } from '../../support/synth';

interface Step {
  readonly id: string;
  readonly name: string;
  readonly script: string;
  readonly env: readonly string[];
}

const stacks = synthEstate('filmlinkd');
const stackOf = (environment: string) => stacks.get(`filmlinkd-delivery-${environment}`);
const triggerOf = (environment: string) => onlyResource(stackOf(environment), 'google_cloudbuild_trigger');
const stepsOf = (environment: string) => (triggerOf(environment).build as { step: readonly Step[] }).step;
/** As Terraform passes it on. */
const plain = (text: string) => text.replace(/([$%])\1(?=\{)/g, '$1');
const both = ['dev', 'prod'] as const;
const stem = { dev: 'filmlinkd-dev', prod: 'filmlinkd' };

describe.each(both)('the build of %s', (environment) => {
  const steps = stepsOf(environment);

  test('is what Google knows as one', () => {
    const { location, depends_on, '//': metadata, ...trigger } = triggerOf(environment);
    expect(location).toBe('us-central1');
    const build = asGoogle(trigger);
    expect(Discovery.of('cloudbuild.v1').mistakesOf('BuildTrigger', build)).toEqual([]);
    expect(build).toMatchObject({ build: { timeout: '3600s', steps: [{ id: 'bundle' }, { id: 'image-scraper' }, { id: 'image-sharded' }, { id: 'roll' }] } });
  });

  test('is started by hand only', () => {
    const events = Object.keys(triggerOf(environment)).filter((name) => /github|trigger_template|pubsub|webhook|event/.test(name));
    expect(events).toEqual([]);
  });

  test('has no $ for Cloud Build to replace, or to refuse, but the one that is meant', () => {
    const values = steps.flatMap(({ env }) => env);
    expect(values.filter((value) => value.includes('$'))).toEqual(['BUILD_ID=$BUILD_ID', 'BUILD_ID=$BUILD_ID', 'RELEASE=$BUILD_ID']);
    // a script's own variables are what the step's environment has
    for (const { script, env } of steps)
      for (const [, name] of plain(script).matchAll(/\$\{?(\w+)/g)) expect(env.map((value) => value.split('=')[0])).toContain(name);
  });

  test('makes what the images and the last step take, by targets that exist', () => {
    const made = /^make (.*)$/m.exec(steps[0]?.script ?? '')?.[1]?.split(' ') ?? [];
    const makefile = readFileSync(join(ROOT, 'Makefile'), 'utf8').split('\n');
    for (const target of made) expect(makefile.filter((line) => line.startsWith(`${target}:`))).toHaveLength(1);
    const dockerfiles = steps.flatMap(({ script }) => /--file (\S+)/.exec(script)?.[1] ?? []);
    expect(dockerfiles).toHaveLength(2);
    const copied = dockerfiles.flatMap((file) => [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\.cache\/[\w.]+/g)].map(([path]) => path));
    expect(new Set([...copied, '.cache/rollout.js'])).toEqual(new Set(made));
    expect(steps.at(-1)?.script).toBe('exec node .cache/rollout.js\n');
    expect(existsSync(join(ROOT, '.dockerignore'))).toBe(true);
  });

  test('starts from the Node that it bundles with, to the patch', () => {
    const [, version] = /^node:(\d+\.\d+\.\d+)-/.exec(steps[0]?.name ?? '') ?? [];
    const built = steps.filter(({ script }) => script.includes('docker build'));
    expect(built.map(({ script }) => /--build-arg NODE=(\S+)/.exec(script)?.[1])).toEqual(built.map(() => `${version}-slim`));
    for (const { script } of built)
      expect(readFileSync(join(ROOT, /--file (\S+)/.exec(script)?.[1] ?? ''), 'utf8')).toMatch(/^ARG NODE=\S+\nFROM node:\$\{NODE\}$/m);
  });

  test('ends with the rollout of what was built, to the groups that there are', () => {
    const env = Object.fromEntries((steps.at(-1)?.env ?? []).map((value) => value.split(/=(.*)/s).slice(0, 2))) as unknown as RolloutVariables;
    const { TAG, RELEASE, GROUPS, REPOSITORY, ROLLBACK_COMMAND } = rolloutEnvironment.parse(env);
    expect([TAG, RELEASE, ROLLBACK_COMMAND]).toEqual([environment, '$BUILD_ID', `make filmlinkd-rollback ENV=${environment}`]);
    const groups = JSON.parse(stacks.get(`filmlinkd-compute-${environment}`) as string).resource.google_compute_instance_group_manager as Record<
      string,
      { name: string }
    >;
    expect(GROUPS.map(({ name }) => name).sort()).toEqual(
      Object.values(groups)
        .map(({ name }) => name)
        .sort(),
    );
    expect(GROUPS.every(({ name }) => name.startsWith(`${stem[environment]}-`))).toBe(true);
    expect(REPOSITORY).toBe(stem[environment]);
    expect(resourcesOf(stacks.get('filmlinkd-base-shared'), 'google_artifact_registry_repository').map(({ repository_id }) => repository_id)).toContain(
      REPOSITORY,
    );
    // every image that a machine starts is built, and pushed where the rollout looks
    const pushed = steps.flatMap(({ script }) => /docker push "(\S+)"/.exec(plain(script))?.[1] ?? []);
    const images = [...new Set(GROUPS.flatMap((group) => group.images))];
    expect(pushed.sort()).toEqual(images.map((image) => `us-central1-docker.pkg.dev/filmlinkd/${REPOSITORY}/${image}:$BUILD_ID`).sort());
  });
});

/** What the steps do, by API method, and the permission that Google's reference asks for each: independent of what the roles hold. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  // cloud.google.com/artifact-registry/docs/access-control
  'docker.push': ['artifactregistry.repositories.uploadArtifacts on its repository'],
  'tags.get': ['artifactregistry.tags.get on its repository'],
  'tags.create': ['artifactregistry.tags.create on its repository'],
  'tags.patch': ['artifactregistry.tags.update on its repository'],
  'instanceGroupManagers.get': ['compute.instanceGroupManagers.get'],
  'instanceGroupManagers.listManagedInstances': ['compute.instanceGroupManagers.get'],
  // the group's machines act as their accounts: who has them made must be allowed to
  'instanceGroupManagers.patch': [
    'compute.instanceGroupManagers.update',
    'compute.instanceTemplates.useReadOnly',
    'iam.serviceAccounts.actAs on scraper',
    'iam.serviceAccounts.actAs on shard',
  ],
  'zoneOperations.get': ['compute.zoneOperations.get'],
  // a build with an account of its own writes its log itself
  'entries.write': ['logging.logEntries.create'],
};

/** What we use of the predefined roles; each is as narrow as they come: cloud.google.com/iam/docs/roles-permissions. */
const PREDEFINED: Readonly<Record<string, (on: string) => string[]>> = {
  'roles/artifactregistry.writer': (on) =>
    ['repositories.uploadArtifacts', 'tags.get', 'tags.create', 'tags.update'].map(
      (each) => `artifactregistry.${each} on its ${on.replace(/ filmlinkd(-dev)?$/, '')}`,
    ),
  'roles/iam.serviceAccountUser': (on) => [`iam.serviceAccounts.actAs on ${on.replace(/^account filmlinkd-(dev-)?/, '')}`],
  'roles/logging.logWriter': () => ['logging.logEntries.create'],
};

const permissionsOf = (grants: readonly Grant[]) => grants.flatMap(({ role, permissions, on }) => PREDEFINED[role]?.(on) ?? permissions);

test('the methods are those that the program is tested with', () => {
  const tested = ['compute.v1', 'artifactregistry.v1'].flatMap((name) => Object.keys(Discovery.of(name).extract.methods));
  const called = Object.keys(METHODS).filter((method) => !['docker.push', 'entries.write'].includes(method));
  expect(called.filter((method) => !tested.includes(method))).toEqual([]);
});

describe.each(both)('the account that delivers to %s', (environment) => {
  const grants = grantsOf(stackOf(environment), `${stem[environment]}-build`);

  test('may do what the steps do, and nothing else', () => {
    expect(permissionsOf(grants).sort()).toEqual([...new Set(Object.values(METHODS).flat())].sort());
  });

  test('pushes to the repository of its environment, where no other tag lies', () => {
    expect(grants.filter(({ role }) => role.startsWith('roles/artifactregistry')).map(({ on }) => on)).toEqual([`repository ${stem[environment]}`]);
  });

  test("acts as this environment's machines, and starts their templates only", () => {
    const other = environment === 'dev' ? 'filmlinkd' : 'filmlinkd-dev';
    expect(grants.filter(({ role }) => role === 'roles/iam.serviceAccountUser').map(({ on }) => on)).toEqual(
      ['scraper', 'shard'].map((role) => `account ${stem[environment]}-${role}`),
    );
    const when = grants.find(({ permissions }) => permissions.includes('compute.instanceTemplates.useReadOnly'))?.when as string;
    const starts = (name: string) => cel(when, { resource: { name: `projects/filmlinkd/global/instanceTemplates/${name}` } });
    expect([`${stem[environment]}-scraper-1-20261121`, `${stem[environment]}-shard-1-2026`].map(starts)).toEqual([true, true]);
    expect([`${other}-scraper-1-20261121`, `moshi-srv-1`].map(starts)).toEqual([false, false]);
  });
});

/** Terraform's names and shapes as the API has them. */
function asGoogle(value: unknown): unknown {
  if (typeof value === 'string') return plain(value);
  if (Array.isArray(value)) return value.map(asGoogle);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name === 'step' ? 'steps' : name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()), asGoogle(inner)]),
  );
}
