import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { VERSIONS } from '../../packer/versions';
import { DebianRoot, must, type Outcome, pythonSource, type Release, succeeded } from '../support/debian-root';
import { type Server, serveFiles, servePackages } from '../support/loopback';
import { describeReal } from '../support/real';

const SCRIPTS = join(__dirname, '../../packer/scripts');
const FIXTURES = join(__dirname, '../fixtures');
const RELEASES: readonly Release[] = ['bullseye', 'bookworm'];
const MINUTES = 60_000;

/** Provisions Debian 11 and 12 as Packer would, script after script, each twice: the tests build upon each other. */
describeReal(['debootstrap', 'pypi-server'], 'provisioning scripts in Debian 11 and 12', () => {
  const roots = new Map<Release, DebianRoot>();
  const servers: Server[] = [];
  let python = { PYTHON_VERSION: '', PYTHON_URL: '', PYTHON_SHA256: '' };

  const root = (release: Release) => roots.get(release) as DebianRoot;
  const script = (name: string) => join(SCRIPTS, name);
  const served = async (files: Record<string, string>) => {
    servers.push(await serveFiles(files));
    return servers.at(-1)?.url ?? '';
  };

  /** Runs a script twice, as a resumed or repeated bake would, in all releases at once. Its last line is its own test's verdict. */
  async function provision(name: string, environment: (release: Release) => Record<string, string>, releases = RELEASES): Promise<string[]> {
    const verdicts = await Promise.allSettled(
      releases.map(async (release) => {
        succeeded(await root(release).provision(script(name), environment(release)));
        const again = succeeded(await root(release).provision(script(name), environment(release)));
        return again.trim().split('\n').at(-1) ?? '';
      }),
    );
    // Both have ended before one's failure is reported: nothing goes on behind the next test.
    return verdicts.map((verdict) => {
      if (verdict.status === 'rejected') throw verdict.reason;
      return verdict.value;
    });
  }

  beforeAll(async () => {
    await Promise.all(RELEASES.map(async (release) => roots.set(release, await DebianRoot.create(release))));
  }, 10 * MINUTES);

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    for (const made of roots.values()) made.remove();
    console.log(
      'Provisioning that a root without a running machine cannot show: systemd starting docker, cloud-init, the worker and the media server; ' +
        "downloads from python.org, nodejs.org and Google's apt repository (stand-ins on loopback took their place); " +
        'a sign-in to Artifact Registry with a machine account; a Python built with the optimizations of a real bake.',
    );
  });

  test('Debian 11 that the mirror no longer serves is taken from the next one, Debian 12 is not', async () => {
    const gone = await served({});
    const sources = (release: Release) => `deb ${gone}/debian ${release} main\n`;
    const configured = new Map(RELEASES.map((release) => [release, readFileSync(join(root(release).path, 'etc/apt/sources.list'), 'utf8')]));
    for (const release of RELEASES) root(release).write('etc/apt/sources.list', sources(release));

    const small = { BASE_PACKAGES: 'ca-certificates' };
    succeeded(await root('bullseye').provision(script('install-base.sh'), small));
    expect(readFileSync(join(root('bullseye').path, 'etc/apt/sources.list'), 'utf8')).not.toContain(gone);
    expect(await root('bookworm').provision(script('install-base.sh'), small)).toMatchObject({ code: 1 });

    const mirror = /http\S+(?=\/debian )/.exec(readFileSync(join(root('bullseye').path, 'etc/apt/sources.list'), 'utf8'))?.[0];
    succeeded(await root('bullseye').provision(script('install-base.sh'), { ...small, APT_MIRROR: `${gone} ${mirror}` }));
    const nowhere = await root('bullseye').provision(script('install-base.sh'), { ...small, APT_MIRROR: gone });
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('no mirror serves debian bullseye: set APT_MIRROR') });

    root('bookworm').write('etc/apt/sources.list', configured.get('bookworm') ?? '');
  });

  test('base: build dependencies', async () => {
    expect(await provision('install-base.sh', () => ({}))).toEqual([
      'base: 14 packages installed on Debian bullseye',
      'base: 14 packages installed on Debian bookworm',
    ]);
  });

  test('user: moshi, and not somebody else of that name', async () => {
    expect(await provision('create-moshi-user.sh', () => ({}))).toEqual(RELEASES.map(() => expect.stringMatching(/^user: moshi, uid \d{3}, \/home\/moshi$/)));
    await root('bookworm').run(['usermod', '--shell', '/bin/bash', 'moshi']);
    expect(await root('bookworm').provision(script('create-moshi-user.sh'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is another moshi'),
    });
    await root('bookworm').run(['usermod', '--shell', '/usr/sbin/nologin', 'moshi']);
  });

  test('python: an archive with another checksum, or none, is not built', async () => {
    const source = await pythonSource(root('bookworm'));
    const url = await served({ '/python.tar': source.file });
    python = { PYTHON_VERSION: source.version, PYTHON_URL: `${url}/python.tar`, PYTHON_SHA256: source.sha256 };

    const refused = async (sum: string) => root('bullseye').provision(script('install-python.sh'), { ...python, PYTHON_SHA256: sum });
    expect(await refused('0'.repeat(64))).toMatchObject({ code: 1, stderr: expect.stringContaining('checksum') });
    expect(await refused('')).toMatchObject({ code: 1, stderr: expect.stringContaining('without a checksum') });
    expect(readdirSync(join(root('bullseye').path, 'home/moshi/.pyenv/versions'))).toEqual([]);
  });

  test(
    'python: built from source, complete, for the user moshi',
    async () => {
      const quick = { PYTHON_CONFIGURE_OPTS: '--disable-test-modules', CFLAGS: '-O0' };
      const verdict = `python: ${python.PYTHON_VERSION} in /home/moshi/.pyenv/versions/${python.PYTHON_VERSION}, virtualenv /home/moshi/.pyenv/versions/moshi`;
      expect(await provision('install-python.sh', () => ({ ...python, ...quick }))).toEqual([verdict, verdict]);
    },
    10 * MINUTES,
  );

  describe('moshi', () => {
    const packages = () => join(dirname(root('bullseye').path), 'packages');
    let url = '';
    const install = (release: Release, environment: Record<string, string> = {}) =>
      root(release).provision(script('install-moshi.sh'), {
        ...VERSIONS.moshi.environment,
        PYPI_URL: url.replace('//', '//reader:correct@'),
        SERVICE_ACCOUNT: 'artifact-reader@p.iam.gserviceaccount.com',
        ...environment,
      });

    beforeAll(async () => {
      for (const release of RELEASES) {
        for (const file of [script('entrypoint_as_moshi.sh'), join(SCRIPTS, '../../estates/moshi/artifacts/entrypoint.sh')])
          root(release).upload(file, 'tmp/moshi');
      }
      mkdirSync(packages());
      await must('cp', ['--recursive', join(FIXTURES, 'moshi'), join(root('bullseye').path, 'fixture')]);
      const wheel = ['wheel', '--quiet', '--no-deps', '--wheel-dir', '/wheels', '/fixture'];
      succeeded(await root('bullseye').run(['/home/moshi/.pyenv/versions/moshi/bin/pip', ...wheel]));
      await must('cp', ['--recursive', join(root('bullseye').path, 'wheels/.'), packages()]);
      servers.push(await servePackages(packages(), 'reader', 'correct'));
      url = servers.at(-1)?.url ?? '';
    });

    test('a wrong credential ends in one line that names the service account, and installs nothing', async () => {
      const refused = await install('bullseye', { PYPI_URL: url.replace('//', '//reader:wrong@') });
      expect(refused.stderr.trim().split('\n')).toEqual([
        `install-moshi: ${url} refused service account artifact-reader@p.iam.gserviceaccount.com: it needs roles/artifactregistry.reader on that repository`,
      ]);
      expect(refused.code).toBe(1);
      expect(await root('bullseye').run(['/home/moshi/.pyenv/versions/moshi/bin/pip', 'show', 'moshi'])).toMatchObject({ code: 1 });
    });

    test('a version that was not published is named, and never taken from the public index', async () => {
      const missing = await install('bullseye', { MOSHI_VERSION: '0.0.404' });
      expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining(`no moshi 0.0.404 from ${url}: was it published?`) });
      expect(missing.stderr).not.toContain('correct@');
    });

    test('installed from the registry, and its entry point serves', async () => {
      const serves = async (release: Release) => {
        succeeded(await install(release));
        expect(succeeded(await install(release, { MOSHI_VERSION: '0.1.0' }))).toContain('moshi: 0.1.0');
        const serve =
          'runuser -u moshi -- /home/moshi/entrypoint_as_moshi.sh & curl --silent --retry 30 --retry-connrefused --retry-delay 1 --fail localhost:8080';
        expect(succeeded(await root(release).run(['bash', '-c', `${serve}/healthz`], {}, true))).toBe('OK');
      };
      await Promise.all(RELEASES.map(serves));
    });
  });

  test('docker: the pinned engine', async () => {
    const pins = { bullseye: VERSIONS.dockerOnBullseye.environment, bookworm: VERSIONS.dockerOnBookworm.environment };
    expect(await provision('install-docker.sh', (release) => pins[release])).toEqual(RELEASES.map((release) => `docker: ${pins[release].DOCKER_VERSION}`));
    expect(await root('bookworm').provision(script('install-docker.sh'), { DOCKER_VERSION: '1.0.0' })).not.toMatchObject({ code: 0 });
  });

  test('node: its archive, unless the checksum is another one', async () => {
    const bookworm = root('bookworm');
    const folder = mkdtempSync(join(tmpdir(), 'node-'));
    mkdirSync(join(folder, 'node/bin'), { recursive: true });
    mkdirSync(join(folder, 'node/lib/node_modules'), { recursive: true });
    await must('cp', ['--dereference', process.execPath, join(folder, 'node/bin/node')]);
    const modules = (await must('npm', ['root', '--global'])).trim();
    await must('cp', ['--recursive', join(modules, 'npm'), join(folder, 'node/lib/node_modules/npm')]);
    await must('ln', ['-s', '../lib/node_modules/npm/bin/npm-cli.js', join(folder, 'node/bin/npm')]);
    await must('tar', ['-C', folder, '-cf', join(folder, 'node.tar'), 'node']);
    const sum = (await must('sha256sum', [join(folder, 'node.tar')])).slice(0, 64);
    const environment = { NODE_VERSION: process.versions.node, NODE_URL: `${await served({ '/node.tar': join(folder, 'node.tar') })}/node.tar` };

    for (const NODE_SHA256 of ['', sum.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))]) {
      expect(await bookworm.provision(script('install-node.sh'), { ...environment, NODE_SHA256 })).toMatchObject({ code: 1 });
      expect(existsSync(join(bookworm.path, 'usr/local/bin/node'))).toBe(false);
    }
    expect(await provision('install-node.sh', () => ({ ...environment, NODE_SHA256: sum }), ['bookworm'])).toEqual([
      expect.stringMatching(new RegExp(`^node: ${process.version}, npm \\d+`)),
    ]);
  });

  test('cloud-init: asks Google only', async () => {
    expect(await provision('install-cloud-init.sh', () => ({}), ['bookworm'])).toEqual([expect.stringContaining('cloud-init: ')]);
  });

  test('worker: the agent, and its unit', async () => {
    root('bookworm').upload(join(__dirname, '../../.cache/worker.js'), 'tmp');
    expect(await provision('install-worker.sh', () => ({ AGENT: '/tmp/worker.js' }), ['bookworm'])).toEqual([expect.stringContaining('worker: unit enabled')]);
  });

  test('ops agent: from a repository that the pinned key signed, and only that key', async () => {
    const { path } = root('bookworm');
    root('bookworm').upload(join(FIXTURES, 'ops-agent/make-repository.sh'), 'tmp');
    await root('bookworm').run(['apt-get', 'install', '--quiet', '--quiet', '--yes', '--no-install-recommends', 'gnupg']);
    succeeded(await root('bookworm').run(['/tmp/make-repository.sh', '/repository', 'google-cloud-ops-agent-bookworm-2']));
    const url = await served({ '/': join(path, 'repository') });
    const fingerprint = readFileSync(join(path, 'repository/fingerprint'), 'utf8').trim();
    const environment = { OPS_AGENT_MAJOR: '2', OPS_AGENT_REPOSITORY: url, OPS_AGENT_KEY_URL: `${url}/key.gpg`, OPS_AGENT_KEY_FINGERPRINT: fingerprint };

    const other = await root('bookworm').provision(script('install-ops-agent.sh'), {
      ...environment,
      OPS_AGENT_KEY_FINGERPRINT: VERSIONS.opsAgent.environment.OPS_AGENT_KEY_FINGERPRINT,
    });
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('do not trust it') });
    expect(await provision('install-ops-agent.sh', () => environment, ['bookworm'])).toEqual(['ops agent: 2.1.0']);
    const trusted: Outcome = await root('bookworm').run(['gpg', '--show-keys', '--with-colons', '/usr/share/keyrings/google-cloud-ops-agent.gpg']);
    expect(trusted.stdout).toContain('signer@example.com');
    expect(trusted.stdout).not.toContain('stranger@example.com');
    expect(statSync(join(path, 'usr/share/keyrings/google-cloud-ops-agent.gpg')).mode & 0o777).toBe(0o644);
  });
});
