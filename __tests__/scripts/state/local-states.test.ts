import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from '../../../rehearsal/runner/stack';
import { localState, refuseUnsafeStates } from '../../../scripts/support/state/local-states';

const here = process.cwd();
const NAME = 'moshi-pypi-shared';
const FILE = `.state/${NAME}.tfstate`;
const DEPLOYED = JSON.stringify({ version: 4, resources: [{ type: 'google_a' }] });
const EMPTY = JSON.stringify({ version: 4, resources: [] });

const stackIn = (terraform: object): Stack => {
  const folder = mkdtempSync(join(tmpdir(), 'stack-'));
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify({ terraform }));
  return Stack.read(NAME, folder, []);
};
const LOCAL = stackIn({ backend: { local: { path: `../../../${FILE}` } } });
const ELSEWHERE = [stackIn({ backend: { gcs: { bucket: 'b' } } }), stackIn({ cloud: { organization: 'o', workspaces: { name: NAME } } })];

beforeEach(() => {
  process.chdir(mkdtempSync(join(tmpdir(), 'root-')));
  mkdirSync('.state');
});
afterAll(() => process.chdir(here));

test.each([
  ['', 'broken'],
  ['null', 'broken'],
  ['[]', 'broken'],
  [DEPLOYED.slice(0, -4), 'broken'],
  [EMPTY, 'empty'],
  [DEPLOYED, 'deployed'],
])('a state on this machine: %s', (text, how) => {
  writeFileSync(FILE, text);
  expect(localState(LOCAL)).toBe(how);
});

test('one that is not there was never written, unless a copy of it is', () => {
  expect(localState(LOCAL)).toBe('none');
  writeFileSync(`${FILE}.backup`, DEPLOYED);
  expect(localState(LOCAL)).toBe('lost');
});

test('from a spoilt one nothing is deployed', () => {
  writeFileSync(FILE, '');
  expect(() => refuseUnsafeStates([LOCAL])).toThrow(`No state that Terraform wrote:\n  ${FILE}\n`);
  writeFileSync(FILE, DEPLOYED);
  refuseUnsafeStates([LOCAL]);
});

test('what is lost, or was moved elsewhere, is not made again here', () => {
  refuseUnsafeStates([LOCAL]);
  writeFileSync(`${FILE}.backup`, DEPLOYED);
  expect(() => refuseUnsafeStates([LOCAL])).toThrow(`Gone, but for the .backup beside it:\n  ${FILE}\n`);
  rmSync(`${FILE}.backup`);
  mkdirSync('.state/moved');
  writeFileSync(`.state/moved/${NAME}.3.tfstate.backup`, DEPLOYED);
  writeFileSync(`.state/moved/${NAME}-2.3.tfstate`, DEPLOYED); // of another stack
  writeFileSync(`.state/moved/${NAME}.1.tfstate`, EMPTY); // nothing was deployed
  refuseUnsafeStates([LOCAL]);
  for (const moved of [`${NAME}.3.tfstate`, `${NAME}.3.2.tfstate`]) {
    writeFileSync(`.state/moved/${moved}`, DEPLOYED);
    expect(localState(LOCAL)).toBe('moved');
    expect(() => refuseUnsafeStates([LOCAL])).toThrow(/^Moved elsewhere, [\s\S]*TF_CLOUD_ORGANIZATION[\s\S]*"Going back"/);
    refuseUnsafeStates(ELSEWHERE);
    rmSync(`.state/moved/${moved}`);
  }
});

test('a copy that has arrived elsewhere is not deployed from here', () => {
  writeFileSync(FILE, JSON.stringify({ version: 4, lineage: 'l', serial: 3, resources: [{}] }));
  refuseUnsafeStates([LOCAL]);
  writeFileSync(`${FILE}.arrived`, JSON.stringify({ here: { lineage: 'l', serial: 3 }, there: { lineage: 'other', serial: 1 } }));
  expect(() => refuseUnsafeStates([LOCAL])).toThrow(/^Moved elsewhere/);
});

test('where the state belongs elsewhere, one that is still here is moved first', () => {
  refuseUnsafeStates(ELSEWHERE);
  writeFileSync(FILE, EMPTY);
  refuseUnsafeStates(ELSEWHERE);
  writeFileSync(FILE, DEPLOYED);
  for (const stack of ELSEWHERE) expect(() => refuseUnsafeStates([stack])).toThrow(`known here only:\n  ${FILE}\nMove it first: make bootstrap`);
});

test('one that has arrived there is deployed from there: a plan may have found something to change, and the copy stays until it does not', () => {
  const copy = { version: 4, lineage: 'l', serial: 3, resources: [{}] };
  const arrival = { here: { lineage: 'l', serial: 3 }, there: { lineage: 'other', serial: 1 } };
  writeFileSync(FILE, JSON.stringify(copy));
  writeFileSync(`${FILE}.arrived`, JSON.stringify(arrival));
  refuseUnsafeStates(ELSEWHERE);
  writeFileSync(FILE, JSON.stringify({ ...copy, serial: 4 })); // another copy
  for (const stack of ELSEWHERE) expect(() => refuseUnsafeStates([stack])).toThrow('Move it first');
});
