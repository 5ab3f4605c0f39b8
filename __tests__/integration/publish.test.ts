import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../services/testbench/free-port';
import { describeReal, find } from '../support/real';
import { RepositoryCopy, ROOT } from '../support/repository';

const CREDENTIAL = { TWINE_USERNAME: 'publisher', TWINE_PASSWORD: 'right' };

/** Loopback is reached directly, whatever proxy the machine has. */
const DIRECT = { NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' };

describeReal(['pypi-server'], 'make publish, to a PyPI server that asks for a password', () => {
  const copy = new RepositoryCopy();
  const packages = mkdtempSync(join(tmpdir(), 'packages-'));
  let server: ChildProcess;
  let url: string;
  const publish = (env: Record<string, string> = CREDENTIAL, ...more: string[]) =>
    copy.run('make', ['publish', 'YES=1', `URL=${url}`, ...more], { ...DIRECT, ...env });

  beforeAll(async () => {
    cpSync(join(ROOT, '__tests__/fixtures/moshi'), join(copy.root, 'server'), { recursive: true });
    copy.write('estates.json', JSON.stringify({ moshi: { shared: { serverSource: 'server' } } }));
    const passwords = join(packages, '.htpasswd');
    const hash = execFileSync('openssl', ['passwd', '-apr1', CREDENTIAL.TWINE_PASSWORD], { encoding: 'utf8' }).trim();
    writeFileSync(passwords, `${CREDENTIAL.TWINE_USERNAME}:${hash}\n`);
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    server = spawn(
      find('pypi-server') as string,
      ['run', '--interface', '127.0.0.1', '--port', `${port}`, '--passwords', passwords, '--authenticate', 'update', packages],
      {
        stdio: 'ignore',
      },
    );
    for (let tries = 0; tries < 100; tries += 1) {
      if (
        await fetch(url).then(
          () => true,
          () => false,
        )
      )
        return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('pypi-server does not answer');
  });

  afterAll(() => server?.kill());

  const published = () =>
    readdirSync(packages)
      .filter((file) => /\.(whl|gz)$/.test(file))
      .sort();

  test('a wrong credential is one clear line, and nothing is uploaded', () => {
    const { code, output } = publish({ ...CREDENTIAL, TWINE_PASSWORD: 'wrong' });
    expect(code).not.toBe(0);
    expect(output).toContain(`\n${url} refuses the credential. Run make auth; the account needs roles/artifactregistry.writer on the repository.\n`);
    expect(output).not.toMatch(/Traceback|wrong/);
    expect(published()).toEqual([]);
  });

  test('no credential is one clear line', () => {
    const { code, output } = publish({ PYTHON_KEYRING_BACKEND: 'keyring.backends.null.Keyring' }, 'BUILT=1');
    expect(code).not.toBe(0);
    expect(output).toContain(`\nNo credential was found for ${url}. Run make auth.\n`);
  });

  test('uploads what it has built', () => {
    const { code, output } = publish();
    expect(output).toContain('  moshi-0.1.0-py3-none-any.whl: published\n  moshi-0.1.0.tar.gz: published\n');
    expect(code).toBe(0);
    expect(published()).toEqual(['moshi-0.1.0-py3-none-any.whl', 'moshi-0.1.0.tar.gz']);
  });

  test('a second run changes nothing and is no failure', () => {
    const { code, output } = publish(CREDENTIAL, 'BUILT=1');
    expect(output).toContain('moshi 0.1.0 is published already and stays as it is. For another: make bump.');
    expect(code).toBe(0);
  });

  test('an upload that was cut off after the first file is finished', () => {
    rmSync(join(packages, 'moshi-0.1.0.tar.gz'));
    const { code, output } = publish(CREDENTIAL, 'BUILT=1');
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/\.whl: there already, stays as it is\n.*\.tar\.gz: published\n/) });
    expect(published()).toEqual(['moshi-0.1.0-py3-none-any.whl', 'moshi-0.1.0.tar.gz']);
  });

  test('a raised version is published beside it, and pip installs it', () => {
    expect(copy.run('make', ['bump']).output).toContain('0.1.0 -> 0.1.1');
    expect(publish().code).toBe(0);
    const target = join(mkdtempSync(join(tmpdir(), 'installed-')), 'lib');
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', target, '--index-url', `${url}simple/`, 'moshi'];
    expect(copy.run('.cache/python/bin/python', pip, DIRECT)).toMatchObject({ code: 0 });
    expect(readdirSync(target)).toContain('moshi-0.1.1.dist-info');
  });
});
