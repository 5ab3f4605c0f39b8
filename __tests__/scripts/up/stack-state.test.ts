import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Stack } from '../../../rehearsal/runner/stack';
import { stackState } from '../../../scripts/support/up/stack-state';

const NAME = 'moshi-pypi-shared';
const here = process.cwd();
let root: string;
const asked: string[] = [];
const write = (file: string, content: object) => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), JSON.stringify(content));
};
/** A synthesized stack with two resources, in a folder that is not the repository's. */
const stack = (terraform: object) => {
  const folder = mkdtempSync(join(tmpdir(), 'stack-'));
  writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify({ terraform, resource: { google_a: { one: {}, two: {} } } }));
  return Stack.read(NAME, folder, []);
};
const LOCAL = { backend: { local: { path: `../../../.state/${NAME}.tfstate` } } };
const whole = (name: string, instances: object[] = [{}]) => ({ mode: 'managed', type: 'google_a', name, instances });
const stateOf = (...resources: object[]) => ({ version: 4, resources });
const STATE = `.state/${NAME}.tfstate`;

/** A Terraform that answers `state pull` so, and writes down how it was called. */
const terraform = (pulled: string) => ({
  write: (args: readonly string[]) => {
    asked.push(args.join(' '));
    return args.includes('pull') ? pulled : '';
  },
});
const askedOf = (one: Stack, mayInitialize = true, pulled = '') => stackState(one, { terraform: terraform(pulled), mayInitialize });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'root-'));
  process.chdir(root);
  asked.length = 0;
});
afterAll(() => process.chdir(here));

describe('in a file of this folder', () => {
  test('without one, nothing is deployed', () => {
    expect(askedOf(stack(LOCAL))).toEqual({ is: 'to do', mend: [] });
  });

  test('with everything that is synthesized it is deployed, and Terraform is not asked', () => {
    write(STATE, stateOf(whole('one'), whole('two'), whole('three'), { ...whole('x'), mode: 'data' }));
    expect(askedOf(stack(LOCAL)).is).toBe('done');
    expect(asked).toEqual([]);
  });

  test.each([
    ['is not there', []],
    ['is tainted', [whole('two', [{ status: 'tainted' }])]],
    ['is about to be deleted', [whole('two', [{ deposed: 'abcd' }])]],
    ['is data', [{ ...whole('two'), mode: 'data' }]],
  ])('it goes on where one %s', (_, others) => {
    write(STATE, stateOf(whole('one'), ...others));
    expect(askedOf(stack(LOCAL))).toEqual({ is: 'to do', mend: [], remark: '1 of 2 resources are missing' });
  });
});

describe.each([
  ['gcs', { backend: { gcs: { bucket: 'b' } } }],
  ['s3', { backend: { s3: { bucket: 'b' } } }],
  ['cloud', { cloud: { organization: 'o', workspaces: { name: NAME } } }],
])('elsewhere: %s', (type, block) => {
  const MEMORY = `cdktf.out/stacks/${NAME}/.terraform/terraform.tfstate`;
  const config = 'cloud' in block ? block.cloud : Object.values(block.backend)[0];
  /** Terraform writes down more than it was told. */
  const initialized = (backend: string) => write(MEMORY, { version: 3, backend: { type: backend, config: { ...config, token: null }, hash: 1 } });
  const FOLDER = `-chdir=cdktf.out/stacks/${NAME}`;
  const PULL = `${FOLDER} state pull`;
  beforeEach(() => write(`cdktf.out/stacks/${NAME}/cdk.tf.json`, { terraform: block }));

  test('what was synthesized for another place is not asked', () => {
    initialized(type);
    write(`cdktf.out/stacks/${NAME}/cdk.tf.json`, { terraform: { backend: { [type]: { bucket: 'another' } } } });
    expect(askedOf(stack(block), true, JSON.stringify(stateOf(whole('one'), whole('two')))).is).toBe('not asked');
    expect(asked).toEqual([]);
  });

  test('a dry run does not initialize, and says that nobody was asked', () => {
    expect(askedOf(stack(block), false)).toMatchObject({ is: 'not asked', remark: expect.stringContaining('not on this machine') });
    initialized('other');
    expect(askedOf(stack(block), false).is).toBe('not asked');
    expect(asked).toEqual([]);
  });

  test('what is initialized is asked, also in a dry run', () => {
    initialized(type);
    expect(askedOf(stack(block), false, JSON.stringify(stateOf(whole('one'), whole('two')))).is).toBe('done');
    expect(asked).toEqual([PULL]);
  });

  test('a folder that remembers this machine forgets it; one that remembers a bucket of somebody is not initialized again', () => {
    initialized('local');
    expect(askedOf(stack(block), true, '').is).toBe('to do');
    expect(existsSync(MEMORY)).toBe(false);
    write(MEMORY, { version: 3, backend: { type: 's3', config: { bucket: 'old' } } });
    expect(() => askedOf(stack(block), true, '')).toThrow(`${NAME}   s3/old`);
  });

  test('otherwise it is initialized first; an empty state is none', () => {
    expect(askedOf(stack(block), true, '')).toEqual({ is: 'to do', mend: [] });
    expect(asked).toEqual([`${FOLDER} init -input=false -no-color`, PULL]);
  });
});
