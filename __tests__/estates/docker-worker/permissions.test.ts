import { cel } from '../../support/cel';
import { type Grant, grantsOf } from '../../support/granted';
import { synthEstate } from '../../support/synth';

/** Permissions that Google's reference asks for each API method: independent of estates/docker-worker/permissions.ts. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  // cloud.google.com/compute/docs/reference/rest/v1/instances/insert#iam-permissions
  'instances.insert': [
    'compute.disks.create',
    'compute.images.useReadOnly',
    'compute.instances.create',
    'compute.instances.setLabels',
    'compute.instances.setMetadata',
    'compute.instances.setServiceAccount',
    'compute.subnetworks.use',
  ],
  'instances.get': ['compute.instances.get'],
  'instances.delete': ['compute.instances.delete'],
  'instances.aggregatedList': ['compute.instances.list'],
  'zoneOperations.wait': ['compute.zoneOperations.get'],
};

const stacks = synthEstate('docker-worker', { prod: { webhook: { auth: 'hmac', callers: null, reason: 'a scheduler without an identity' } } });
const functions = stacks.get('docker-worker-functions-prod');
const said = (grants: readonly Grant[]) => grants.map(({ role, on, when }) => `${role} on ${on}${when ? ' if' : ''}`).sort();
const methodsOf = (...names: string[]) => [...new Set(names.flatMap((name) => METHODS[name] ?? []))].sort();
const computeOf = (account: string) =>
  grantsOf(functions, account)
    .flatMap(({ permissions }) => permissions)
    .sort();

test.each([
  ['docker-worker-create', ['instances.insert', 'instances.get', 'zoneOperations.wait']],
  ['docker-worker-delete', ['instances.get', 'instances.delete', 'zoneOperations.wait']],
  ['docker-worker-reap', ['instances.get', 'instances.delete', 'instances.aggregatedList', 'zoneOperations.wait']],
])('%s may call exactly what it calls at Compute Engine', (account, methods) => {
  expect(computeOf(account)).toEqual(methodsOf(...methods));
});

test('every account has these grants, and no other', () => {
  const workers = stacks.get('docker-worker-workers-prod');
  expect({
    'docker-worker-create': said(grantsOf(functions, 'docker-worker-create')),
    'docker-worker-delete': said(grantsOf(functions, 'docker-worker-delete')),
    'docker-worker-reap': said(grantsOf(functions, 'docker-worker-reap')),
    'docker-worker-call': said(grantsOf(functions, 'docker-worker-call')),
    'docker-worker-build': said(grantsOf(functions, 'docker-worker-build')),
    'docker-worker-vm': said(grantsOf(workers, 'docker-worker-vm')),
  }).toEqual({
    'docker-worker-create': [
      'docker_worker_create on project if',
      'roles/datastore.user on project if',
      'roles/iam.serviceAccountUser on account docker-worker-vm',
      'roles/secretmanager.secretAccessor on secret docker-worker-webhook',
    ],
    'docker-worker-delete': [
      'docker_worker_delete on project if',
      'roles/datastore.user on project if',
      'roles/pubsub.publisher on topic docker-worker-requests',
    ],
    'docker-worker-reap': ['docker_worker_delete on project if', 'docker_worker_list on project', 'roles/datastore.user on project if'],
    'docker-worker-call': ['roles/run.invoker on function create', 'roles/run.invoker on function delete', 'roles/run.invoker on function reap'],
    'docker-worker-build': [
      'roles/artifactregistry.writer on repository docker-worker-functions',
      'roles/logging.logWriter on project',
      'roles/storage.objectViewer on project if',
    ],
    'docker-worker-vm': [
      'roles/artifactregistry.reader on repository tasks',
      'roles/logging.logWriter on project',
      'roles/pubsub.publisher on topic docker-worker-task-finished',
      'roles/storage.objectViewer on bucket docker-worker-docker-worker-files',
    ],
  });
});

const conditionOf = (account: string, role: string) => grantsOf(functions, account).find((grant) => grant.role === role)?.when as string;

test.each([
  ['Instance', 'zones/us-west1-a/instances/docker-worker-20261121-1795000000-0a1b2c3d', true],
  ['Instance', 'zones/us-west1-a/instances/database', false],
  ['Disk', 'zones/us-west1-a/disks/docker-worker-20261121-1795000000-0a1b2c3d', true],
  ['Disk', 'zones/us-west1-a/disks/database', false],
  ['Subnetwork', 'regions/us-west1/subnetworks/docker-worker-subnetwork', true],
])('a function touches the %s %s: %s', (type, name, expected) => {
  const resource = { type: `compute.googleapis.com/${type}`, name: `projects/docker-worker/${name}` };
  for (const account of ['create', 'delete']) {
    expect(cel(conditionOf(`docker-worker-${account}`, `docker_worker_${account}`), { resource })).toBe(expected);
  }
});

test.each([
  ['gcf-v2-sources-1234-us-west1', true],
  ['docker-worker-docker-worker-functions', true],
  ['docker-worker-docker-worker-files', false],
])('functions are built from the bucket %s: %s', (bucket, expected) => {
  const resource = { type: 'storage.googleapis.com/Object', name: `projects/_/buckets/${bucket}/objects/functions.zip` };
  expect(cel(conditionOf('docker-worker-build', 'roles/storage.objectViewer'), { resource })).toBe(expected);
});

test.each([
  ['docker-worker-ledger', true],
  ['(default)', false],
])('a function reads the database %s: %s', (database, expected) => {
  const resource = { type: 'firestore.googleapis.com/Database', name: `projects/docker-worker/databases/${database}` };
  expect(cel(conditionOf('docker-worker-reap', 'roles/datastore.user'), { resource })).toBe(expected);
});
