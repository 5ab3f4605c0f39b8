import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from '../../../rehearsal/runner/stack';
import { type Adoptable, adoptables } from '../../../scripts/support/adopt/adoptable';
import { nextSteps, stackReport } from '../../../scripts/support/adopt/report';
import { synthEstate } from '../../support/synth';

const folder = mkdtempSync(join(tmpdir(), 'adoptable-'));
const plain = (_: unknown, text: string) => text;
const synthesized = synthEstate('docker-worker');

/** What of a synthesized stack may run already. @param more beside what was synthesized */
function of(estate: string, name: string, json: string, more: object = {}): Adoptable[] {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'cdk.tf.json'), JSON.stringify({ ...JSON.parse(json), ...more }));
  return adoptables(estate, Stack.read(name, own, []));
}

const all = new Map([...synthesized].map(([name, json]) => [name, of('docker-worker', name, json)]));
const at = (stack: string, path: string) => all.get(stack)?.find((one) => one.path === path);

test('every resource is listed, with where its id goes', () => {
  const resources = [...synthesized.values()].flatMap((json) => Object.values(JSON.parse(json).resource as object).flatMap((named) => Object.keys(named)));
  expect([...all.values()].flat()).toHaveLength(resources.length);
  expect(at('docker-worker-data-prod', 'ledger/resource')).toEqual({
    stack: 'docker-worker-data-prod',
    config: 'docker-worker.prod.adopt.data',
    path: 'ledger/resource',
    type: 'google_firestore_database',
    id: 'projects/docker-worker/databases/docker-worker-ledger',
    find: "gcloud firestore databases list --format='value(name)' --project=docker-worker",
  });
});

test.each([
  [
    'docker-worker-data-prod',
    'ledger/expire-seen-requests',
    'projects/docker-worker/databases/docker-worker-ledger/collectionGroups/seen-requests/fields/expiresAt',
  ],
  [
    'docker-worker-workers-prod',
    'identity/project-logging.logWriter',
    'docker-worker roles/logging.logWriter serviceAccount:docker-worker-vm@docker-worker.iam.gserviceaccount.com',
  ],
  ['docker-worker-workers-prod', 'network/nat/router', 'projects/docker-worker/regions/us-west1/routers/docker-worker-router'],
  ['docker-worker-apis-shared', 'services/compute', 'docker-worker/compute.googleapis.com'],
])('%s %s is known from the stack alone', (stack, path, id) => {
  expect(at(stack, path)?.id).toBe(id);
});

test('what only the cloud knows stands between angle brackets; what cannot be has a reason', () => {
  const functions = all.get('docker-worker-functions-prod') ?? [];
  expect(functions.find(({ type }) => type === 'google_monitoring_alert_policy')?.id).toBe('projects/docker-worker/alertPolicies/<number>');
  const object = functions.find(({ type }) => type === 'google_storage_bucket_object');
  expect(object).toMatchObject({ path: 'bucket/functions', remark: expect.stringContaining('uploads the object again') });
  expect(object).not.toHaveProperty('id');
});

const ZONE = JSON.stringify({
  '//': { metadata: { stackName: 'vulpine-host-prod' } },
  provider: { linode: [{}] },
  resource: {
    linode_domain: { zone: { domain: 'example.org', '//': { metadata: { path: 'vulpine-host-prod/zone/resource' } } } },
    linode_domain_record: {
      www: { domain_id: '${linode_domain.zone.id}', name: 'www', record_type: 'A', '//': { metadata: { path: 'vulpine-host-prod/zone/www' } } },
    },
    linode_unheard_of: { x: { '//': { metadata: { path: 'vulpine-host-prod/x' } } } },
  },
});

test('an id that config names is told, completes those of what is in it, and is compared with what the stack calls it', () => {
  const ids = (more?: object) => of('vulpine', 'vulpine-host-prod', ZONE, more).map(({ path, id, named }) => [path, id, named]);
  expect(ids()).toEqual([
    ['zone/resource', '<number>', undefined],
    ['zone/www', '<domain_id>,<number>', undefined],
    ['x', undefined, undefined],
  ]);
  expect(ids({ import: [{ to: 'linode_domain.zone', id: '1234' }] })).toEqual([
    ['zone/resource', '<number>', '1234'],
    ['zone/www', '1234,<number>', undefined],
    ['x', undefined, undefined],
  ]);
  const [, json = ''] = [...synthesized].find(([name]) => name === 'docker-worker-data-prod') ?? [];
  const address = /google_firestore_database\.ledger_resource_\w+/.exec(json)?.[0] ?? '';
  const report = (id: string) => stackReport(of('docker-worker', 'docker-worker-data-prod', json, { import: [{ to: address, id }] }), plain);
  expect(report('projects/docker-worker/databases/docker-worker-ledger')).toMatch(/named projects\/\S+ledger$/m);
  expect(report('projects/docker-worker/databases/(default)')).toContain('not what the stack calls it: a plan would replace the object');
});

test('a token of Terraform Cloud is shown to the host that the stack is about, and to no other', () => {
  const path = (at: string) => ({ '//': { metadata: { path: `terraform-cloud-workspaces-shared/${at}` } } });
  const json = JSON.stringify({
    '//': { metadata: { stackName: 'terraform-cloud-workspaces-shared' } },
    provider: { tfe: [{ hostname: 'tfe.example.org', organization: 'ours' }] },
    resource: {
      tfe_project: { moshi: { name: 'moshi', ...path('moshi/resource') } },
      tfe_variable: { key: { key: 'a', workspace_id: '${tfe_workspace.it.id}', ...path('it/key') } },
      tfe_workspace_variable_set: { set: path('set') },
    },
  });
  const found = of('terraform-cloud', 'terraform-cloud-workspaces-shared', json);
  for (const { find } of found) expect(find).toMatch(/"Authorization: Bearer \$TFE_TOKEN" "https:\/\/tfe\.example\.org\/api\/v2\//);
  expect(found[0]?.find).toMatch(/organizations\/ours\/projects"$/);
  expect(found.slice(1).map(({ id }) => id)).toEqual(['ours/<workspace or variable set>/var-<id>', 'ours/<workspace>/<variable set>']);
});

test('the end says how it goes on, with an example that config takes', () => {
  const text = nextSteps('docker-worker', [...all.values()].flat());
  expect(text).toMatch(/^\d+ resources can be taken over, 0 named in config, 1 cannot be\.\n\nNext: /);
  const example = JSON.parse(/^ {2}(\{.*\})$/m.exec(text)?.[1] ?? '');
  expect(() => synthEstate('docker-worker', example['docker-worker'])).not.toThrow();
  expect(text).toContain("make plan STACKS='docker-worker-apis-shared'");
});
