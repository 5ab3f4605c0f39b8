import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, loadConfig } from '../../config/load';
import { estates } from '../../estates/index';
import { configProblem } from '../support/config-problem';

const root = mkdtempSync(join(tmpdir(), 'config-'));
const load = (override: unknown): Config => {
  writeFileSync(join(root, 'estates.json'), JSON.stringify(override));
  return loadConfig(estates, { env: {}, root });
};
const problem = (override: unknown) => configProblem(() => load(override));

test('nothing is taken over unless somebody says so', () => {
  expect(load({}).adoptions).toEqual([]);
});

test('every environment of every estate may name what runs already', () => {
  const adopt = { host: { 'smithwicks/resource': '17' } };
  const named = Object.fromEntries(
    estates.map(({ name, values }) => [
      name,
      Object.fromEntries(['shared', 'dev', 'prod'].filter((key) => key in Object(values)).map((key) => [key, { adopt }])),
    ]),
  );
  const { adoptions } = load(named);
  expect(adoptions).toHaveLength(Object.values(named).flatMap(Object.keys).length);
  expect(adoptions).toContainEqual({ estate: 'vulpine', environment: 'prod', stack: 'host', path: 'smithwicks/resource', id: '17' });
  expect(adoptions).toContainEqual({ estate: 'moshi', environment: 'shared', stack: 'host', path: 'smithwicks/resource', id: '17' });
});

test('null takes a name back', () => {
  expect(load({ moshi: { prod: { adopt: { storage: null } } } }).adoptions).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['a number', { storage: { 'bucket/resource': 17 } }, 'must be the id of an object that runs, as text'],
  ['nothing', { storage: { 'bucket/resource': '' } }, 'without spaces around it'],
  ['spaces around it', { storage: { 'bucket/resource': ' b' } }, 'without spaces around it'],
  ['a template', { storage: { 'bucket/resource': '${var.b}' } }, 'must be an id, not a template of Terraform'],
  ['no construct', { storage: 'b' }, 'must be an object of constructs'],
  ['no stack', ['storage'], 'must be an object of stacks'],
  ['a path that ends in a slash', { storage: { 'bucket/': 'b' } }, 'not the path of a construct'],
  ['a stack with a capital', { Storage: { bucket: 'b' } }, 'not a stack'],
])('%s is refused, with where it stands', (_, adopt, says) => {
  const text = problem({ moshi: { prod: { adopt } } });
  expect(text).toContain('config/moshi.ts is not usable, 1 problem');
  expect(text).toMatch(/^ {2}prod\.adopt/m);
  expect(text).toContain(says);
});
