import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { VERSIONS } from '../../packer/versions';
import { describeReal } from '../support/real';

const ROOT = join(__dirname, '../..');
const PROVISIONERS = readdirSync(join(ROOT, 'packer/scripts')).filter((name) => /^(install|create)-.*\.sh$/.test(name));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Every file of the repository, committed or about to be, that begins like a shell script. */
const SHELL = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((file) => file && statSync(join(ROOT, file), { throwIfNoEntry: false })?.isFile() && /^#!.*\b(ba|da)?sh\b/.test(read(file).slice(0, 40)))
  .sort();

test('the scripts that must be found are found', () => {
  expect(SHELL).toEqual(
    expect.arrayContaining(['.ci/debian', '.ci/run', 'estates/moshi/artifacts/entrypoint.sh', ...PROVISIONERS.map((name) => `packer/scripts/${name}`)]),
  );
});

describeReal(['shellcheck', 'shfmt'], 'every shell script of the repository', () => {
  test.each(SHELL)('%s is clean', (file) => {
    const problems = [
      ['shellcheck', file],
      ['shfmt', '--indent', '2', '--diff', file],
    ].map(([command = '', ...args]) => spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' }).stdout);
    expect(problems).toEqual(['', '']);
  });
});

describe('provisioning scripts', () => {
  test.each(PROVISIONERS)('%s stops at the first error, ends in its own test and says what it installed', (name) => {
    const text = read(`packer/scripts/${name}`);
    expect(text).toMatch(/^set -euo pipefail$/m);
    expect(text.split('\n# Test\n')).toHaveLength(2);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^echo /);
    expect(statSync(join(ROOT, 'packer/scripts', name)).mode & 0o111).toBe(0o111);
  });

  test.each(PROVISIONERS)('%s documents every variable that it takes', (name) => {
    const [header = '', body = ''] = read(`packer/scripts/${name}`).split('set -euo pipefail');
    const own = new Set(['DEBIAN_FRONTEND', 'GNUPGHOME', 'HOME', 'PATH', 'VERSION_CODENAME']);
    const taken = [...body.matchAll(/\$\{?([A-Z][A-Z_]+)\b/g)].map(([, variable = '']) => variable).filter((variable) => !own.has(variable));
    expect([...new Set(taken)].filter((variable) => !header.includes(variable))).toEqual([]);
  });
});

describe('versions', () => {
  const table = Object.entries(VERSIONS);

  test.each(table)('%s: the script takes exactly these variables', (_name, { script, environment }) => {
    expect(PROVISIONERS).toContain(script);
    const text = read(`packer/scripts/${script}`);
    for (const variable of Object.keys(environment)) expect(text).toMatch(new RegExp(`\\$\\{?${variable}\\b`));
  });

  test.each(table)('%s: what is downloaded is pinned, over https', (_name, { environment, source }) => {
    expect(source).not.toBe('');
    for (const [variable, value] of Object.entries(environment)) {
      if (/_URL$|_REPOSITORY$/.test(variable)) expect(value).toMatch(/^https:\/\//);
      if (variable.endsWith('_SHA256')) expect(value).toMatch(/^[0-9a-f]{64}$/);
      if (variable.endsWith('_FINGERPRINT')) expect(value).toMatch(/^[0-9A-F]{40}$/);
    }
  });

  test.each(PROVISIONERS)('%s downloads nothing that it does not check', (name) => {
    const text = read(`packer/scripts/${name}`);
    const downloads = text.match(/--output "\S+" "\$\w+_URL"/g) ?? [];
    const checks = text.match(/sha256sum --check|--list-keys "\$\w+_FINGERPRINT"/g) ?? [];
    expect(checks).toHaveLength(downloads.length);
  });
});
