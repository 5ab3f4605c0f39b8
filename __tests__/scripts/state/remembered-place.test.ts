import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from '../../../rehearsal/runner/stack';
import { forgetLocalPlaces, isInitialized } from '../../../scripts/support/state/remembered-place';

const NAME = 'moshi-pypi-shared';

/** A stack whose state is at one place, in a folder that Terraform was initialized in for another. */
function stackAt(terraform: object, remembered?: object): Stack {
  const folder = mkdtempSync(join(tmpdir(), 'stack-'));
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify({ terraform }));
  mkdirSync(join(folder, '.terraform'));
  if (remembered) writeFileSync(join(folder, '.terraform/terraform.tfstate'), JSON.stringify({ version: 3, backend: remembered }));
  return Stack.read(NAME, folder, []);
}
const memoryOf = ({ folder }: Stack) => join(folder, '.terraform/terraform.tfstate');

const LOCAL = { backend: { local: { path: '../../../.state/a.tfstate' } } };
const GCS = { backend: { gcs: { bucket: 'b', prefix: 'estates/a' } } };
const CLOUD = { cloud: { organization: 'o', workspaces: { name: 'a' } } };
/** As Terraform writes them: with what it was not told. */
const WAS_LOCAL = { type: 'local', config: { path: '../../../.state/a.tfstate', workspace_dir: null } };
const WAS_GCS = { type: 'gcs', config: { bucket: 'b', prefix: 'estates/a', credentials: null } };
const WAS_CLOUD = { type: 'cloud', config: { hostname: null, organization: 'o', token: null, workspaces: { name: 'a', project: null, tags: null } } };

test.each([
  ['this machine', LOCAL, WAS_LOCAL],
  ['a bucket', GCS, WAS_GCS],
  ['Terraform Cloud', CLOUD, WAS_CLOUD],
])('a folder that remembers the same place stays as it is: %s', (_, now, was) => {
  const stack = stackAt(now, was);
  expect(isInitialized(stack)).toBe(true);
  forgetLocalPlaces([stack]);
  expect(existsSync(memoryOf(stack))).toBe(true);
});

test('one that remembers nothing is not initialized', () => {
  const stack = stackAt(GCS);
  expect(isInitialized(stack)).toBe(false);
  forgetLocalPlaces([stack]);
});

test.each([
  ['a bucket', GCS],
  ['Terraform Cloud', CLOUD],
  ['another file', { backend: { local: { path: 'other' } } }],
])('one that remembers this machine forgets it, for %s', (_, now) => {
  const stack = stackAt(now, WAS_LOCAL);
  expect(isInitialized(stack)).toBe(false);
  forgetLocalPlaces([stack]);
  expect(existsSync(memoryOf(stack))).toBe(false);
});

test.each([
  ['of this machine', LOCAL, WAS_GCS, 'gcs/b/estates/a'],
  ['of another bucket', { backend: { gcs: { bucket: 'c', prefix: 'estates/a' } } }, WAS_GCS, 'gcs/b/estates/a'],
  ['of another workspace', { cloud: { organization: 'o', workspaces: { name: 'b' } } }, WAS_CLOUD, 'cloud/o/a'],
  ['of Terraform Cloud', CLOUD, WAS_GCS, 'gcs/b/estates/a'],
])('one that remembers a shared place does not become one %s: what is deployed may be known there only', (_, now, was, says) => {
  const stack = stackAt(now, was);
  expect(() => forgetLocalPlaces([stack])).toThrow(`\n  ${NAME}   ${says}\nMove what is deployed first`);
  expect(existsSync(memoryOf(stack))).toBe(true);
});
