import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandOptions, command, type Options } from '../../../scripts/support/command';
import { moshiConfig } from '../../../scripts/support/config';

const before = { argv: process.argv, cwd: process.cwd(), exitCode: process.exitCode };

afterEach(() => {
  jest.restoreAllMocks();
  process.argv = before.argv;
  process.chdir(before.cwd);
  process.exitCode = before.exitCode;
});

/** Runs a command in this process. */
async function ran(args: readonly string[], run: () => number, own: Options = {}, options: CommandOptions = {}) {
  const error = jest.spyOn(console, 'error').mockImplementation(() => {});
  process.argv = ['node', 'script', ...args];
  await command('help', run, own, options);
  return { code: process.exitCode, said: error.mock.calls.flat().join('\n') };
}

test.each<[Options, string]>([
  [{ env: 'value', wait: 'flag' }, 'It takes --env VALUE, --wait.'],
  [{}, 'It takes options only.'],
])('with the options %j, a word is refused: it may be a forgotten option', async (own, says) => {
  const run = jest.fn(() => 0);
  expect(await ran(['prod'], run, own)).toEqual({ code: 2, said: `prod: unexpected. ${says} See --help.` });
  expect(run).not.toHaveBeenCalled();
  expect((await ran(['prod'], run, own, { positionals: true })).code).toBe(0);
});

test('from another folder nothing runs: its settings would be those of nobody', async () => {
  const run = jest.fn(() => 0);
  process.chdir(mkdtempSync(join(tmpdir(), 'elsewhere-')));
  expect(await ran([], run)).toEqual({ code: 2, said: expect.stringMatching(/^Run this in the root of the repository/) });
  expect(run).not.toHaveBeenCalled();
});

test('a file that the system refuses is one line; a mistake of ours is none', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'file-')), 'file');
  writeFileSync(file, '');
  expect(await ran([], () => readdirSync(file).length)).toEqual({ code: 2, said: `ENOTDIR: not a directory, scandir '${file}'` });
  const mistake = new TypeError('of ours');
  await expect(
    ran([], () => {
      throw mistake;
    }),
  ).rejects.toBe(mistake);
});

test('a misspelt estate in the override file is refused, whichever section is wanted', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'misspelt-')), 'estates.json');
  writeFileSync(file, JSON.stringify({ mosh: {} }));
  process.env.ESTATES_CONFIG = file;
  try {
    expect(() => moshiConfig()).toThrow(/mosh +not an estate; there is docker-worker, .*moshi/);
  } finally {
    delete process.env.ESTATES_CONFIG;
  }
});
