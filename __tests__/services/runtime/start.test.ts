import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { scraperEnvironment, shardEnvironment } from '../../../services/contracts/filmlinkd-environment';
import { nowhere } from '../../../services/runtime/start/nowhere';
import { ROOT } from '../../support/repository';

const folder = mkdtempSync(join(tmpdir(), 'start-'));
const start = join(folder, 'start.js');
const bundle = join(folder, 'service.js');
const compiled = `${bundle}.compiled`;
const program = (word: string) =>
  `console.log(JSON.stringify([${JSON.stringify(word)}, __filename, require('node:path').sep, typeof exports, process.env.PROJECT ?? 'none']));`;
const run = (...args: string[]) => spawnSync(process.execPath, [start, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH } });
const says = (word: string, project = 'none') => `${JSON.stringify([word, bundle, '/', 'object', project])}\n`;

beforeAll(() => {
  buildSync({ entryPoints: [join(ROOT, 'services/runtime/start/main.ts')], bundle: true, platform: 'node', target: 'node20', outfile: start });
});

test('a bundle runs without compiled code, and writes none', () => {
  writeFileSync(bundle, program('one'));
  expect(run(bundle)).toMatchObject({ status: 0, stdout: says('one'), stderr: '' });
  expect(existsSync(compiled)).toBe(false);
});

test('it runs with what was compiled, which stays as it is', () => {
  expect(run('--compile', bundle)).toMatchObject({ status: 0, stdout: says('one', 'nowhere') });
  const { mtimeMs, size } = statSync(compiled);
  expect(run(bundle)).toMatchObject({ status: 0, stdout: says('one'), stderr: '' });
  expect(statSync(compiled)).toMatchObject({ mtimeMs, size });
});

test('another bundle of the same length does not run as what was compiled', () => {
  writeFileSync(bundle, program('two'));
  expect(run(bundle)).toMatchObject({ status: 0, stdout: says('two') });
});

test('compiled code of another Node is said to be of no use, and the bundle runs', () => {
  run('--compile', bundle);
  const content = readFileSync(compiled);
  writeFileSync(compiled, Buffer.concat([content.subarray(0, 4), Buffer.alloc(content.length - 4, 1)]));
  expect(run(bundle)).toMatchObject({ status: 0, stdout: says('two'), stderr: expect.stringContaining(`${compiled} is of another Node`) });
});

test('a service that fails where it reaches nobody is compiled all the same', () => {
  writeFileSync(bundle, `${program('three')} process.exit(1);`);
  expect(run('--compile', bundle).status).toBe(0);
  expect(run(bundle)).toMatchObject({ status: 1, stdout: says('three'), stderr: '' });
});

test('a bundle that imports when it runs is refused: what was compiled cannot', () => {
  writeFileSync(bundle, "import('node:path');");
  expect(run('--compile', bundle)).toMatchObject({ status: 1, stderr: expect.stringContaining(`${bundle} has import()`) });
});

test('without a bundle it says how it is called', () => {
  expect(run()).toMatchObject({ status: 2, stderr: expect.stringContaining('node start.js [--compile] BUNDLE') });
});

test.each([
  ['scraper', scraperEnvironment],
  ['shard', shardEnvironment],
])('the environment in which nobody is reached is one of a %s', (_, schema) => {
  expect(schema.safeParse(nowhere()).error).toBeUndefined();
});
