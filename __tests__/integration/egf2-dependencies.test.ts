import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../support/repository';

/** Packages of the registry: the day on which each version was published. */
const PUBLISHED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  old: { '1.0.0': '2017-01-01', '1.1.0': '2023-01-01' },
  microtime: { '2.1.0': '2017-01-01', '3.1.1': '2022-01-01' },
};
const WRITTEN = '2018-03-01T00:00:00Z';

describe('[real: npm] the dependencies of a service', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dependencies-'));
  let registry: Server;

  beforeAll(async () => {
    const archives = new Map<string, Buffer>();
    for (const [name, versions] of Object.entries(PUBLISHED)) {
      for (const version of Object.keys(versions)) {
        const work = join(folder, `${name}-${version}`);
        mkdirSync(join(work, 'package'), { recursive: true });
        writeFileSync(join(work, 'package/package.json'), JSON.stringify({ name, version }));
        execFileSync('tar', ['-C', work, '-czf', join(work, 'it.tgz'), 'package']);
        archives.set(`/${name}-${version}.tgz`, readFileSync(join(work, 'it.tgz')));
      }
    }
    registry = createServer(({ url = '', headers }, response) => {
      const archive = archives.get(url);
      if (archive) return void response.end(archive);
      const name = url.slice(1);
      const times = PUBLISHED[name];
      if (!times) return void response.writeHead(404).end('{}');
      const versions = Object.keys(times).map((version) => {
        const file = `/${name}-${version}.tgz`;
        const integrity = `sha512-${createHash('sha512')
          .update(archives.get(file) as Buffer)
          .digest('base64')}`;
        return [version, { name, version, dist: { tarball: `http://${headers.host}${file}`, integrity } }] as const;
      });
      const latest = versions.at(-1)?.[0];
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ name, 'dist-tags': { latest }, versions: Object.fromEntries(versions), time: times }));
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => {
    registry.closeAllConnections();
    registry.close();
  });

  test('are those of the day of its commit, but what is named in an exact version, which may be newer', async () => {
    const source = join(folder, 'source');
    mkdirSync(source);
    writeFileSync(join(source, 'package.json'), JSON.stringify({ name: 'auth', version: '1.0.0', dependencies: { old: '^1.0.0', microtime: '^2.1.0' } }));
    const env = { ...process.env, GIT_AUTHOR_DATE: WRITTEN, GIT_COMMITTER_DATE: WRITTEN };
    execFileSync('git', ['init', '--quiet'], { cwd: source, env });
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--quiet', '--allow-empty', '--message=x'], { cwd: source, env });
    const script = readFileSync(join(ROOT, 'estates/egf2/machines/scripts/install-service.sh'), 'utf8');
    const body = /^install_dependencies\(\) \{\n[\s\S]*?^\}\n/m.exec(script)?.[0];
    const { port } = registry.address() as AddressInfo;
    await promisify(execFile)('bash', ['-c', `set -euo pipefail\nas_builder() { "$@"; }\n${body}\ninstall_dependencies`], {
      cwd: source,
      env: {
        ...env,
        DEPENDENCIES: 'microtime@3.1.1 nobody@1.0.0',
        npm_config_registry: `http://127.0.0.1:${port}/`,
        npm_config_cache: join(folder, 'cache'),
        npm_config_userconfig: '/dev/null',
      },
    });
    const version = (name: string) => JSON.parse(readFileSync(join(source, 'node_modules', name, 'package.json'), 'utf8')).version;
    expect([version('old'), version('microtime')]).toEqual(['1.0.0', '3.1.1']);
  }, 60_000);
});
