import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '../../../constructs/core/backend';
import { EstateStack } from '../../../constructs/core/estate-stack';
import { keepStateHere, withLocalState } from '../../../rehearsal/runner/local-state';
import { testApp } from '../../support/synth';

/** Every kind of state that a config can name; the compiler asks for a new one. */
const REMOTE: Readonly<Record<Exclude<Backend['type'], 'local'>, Backend>> = {
  cloud: { type: 'cloud', organization: 'acme' },
  gcs: { type: 'gcs', bucket: 'states', prefix: 'some/folder' },
  s3: { type: 's3', bucket: 'states', region: 'us-east-1', prefix: 'some/folder' },
};
const ENTERPRISE: Backend = { type: 'cloud', organization: 'acme', hostname: 'tfe.example' };
const backends = [...Object.values(REMOTE), ENTERPRISE];

/** Two stacks as they are synthesized with this backend: one, and another that reads of it. */
function pair(backend: Backend): readonly [name: string, json: object][] {
  const base = { estate: 'test', environment: 'dev', protection: 'off', backend, providers: [] } as const;
  const app = testApp();
  const producer = new EstateStack(app, 'data', base);
  const consumer = new EstateStack(app, 'compute', base);
  consumer.output('READ', consumer.read(producer.publish('DATABASE', 'value', 'Where the data is')), 'for the test');
  expect(app.validate()).toEqual([]);
  return [producer, consumer].map((stack) => [stack.node.id, JSON.parse(JSON.stringify(stack.toTerraform()), withoutNotes)]);
}

/** Notes of cdktf's for itself name the backend; the workspace of local state is the only one that there is, said or not. */
const withoutNotes = (key: string, value: unknown) => (key === '//' || (key === 'workspace' && value === '${terraform.workspace}') ? undefined : value);

const local = pair({ type: 'local' });

describe.each(backends)('state of %j', (backend) => {
  test('becomes what it would be were the config for local state: its own, and what is read of others', () => {
    const remote = pair(backend);
    expect(remote).not.toEqual(local);
    expect(remote.map(([name, json]) => [name, withLocalState(json, name)])).toEqual(local);
  });

  test('leads nowhere else any more', () => {
    for (const [name, json] of pair(backend))
      expect(JSON.stringify(withLocalState(json, name))).not.toMatch(/acme|"states"|tfe\.example|"(cloud|gcs|s3|remote)"/);
  });
});

test('local state stays as it is', () => {
  expect(local.map(([name, json]) => [name, withLocalState(json, name)])).toEqual(local);
});

test('a kind that is not known stays, for the rehearsal to refuse', () => {
  const foreign = {
    terraform: { backend: { azurerm: { key: 'a' } } },
    data: { terraform_remote_state: { other: { backend: 'azurerm', config: { key: 'b' } } } },
  };
  expect(withLocalState(foreign, 'test-data-dev')).toEqual(foreign);
});

test('a stack is called as its folder is', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'stacks-')), 'test-data-dev');
  mkdirSync(folder);
  const file = join(folder, 'cdk.tf.json');
  const [, json] = pair(REMOTE.gcs)[0] as [string, object];
  writeFileSync(file, JSON.stringify(json));
  keepStateHere(folder);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(local[0]?.[1]);
});
