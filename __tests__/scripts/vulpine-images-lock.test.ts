import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { placeOf } from '../../scripts/support/image-digest';
import { RepositoryCopy } from '../support/repository';

const DIGEST = `sha256:${'5'.repeat(64)}`;
const OTHER = `sha256:${'6'.repeat(64)}`;
const LOCK = 'estates/vulpine/image-lock.json';

/** A registry that wants a token for what everybody may read, as Docker Hub does. */
let registry: Server;
let host = '';
const asked: string[] = [];
const tags: Record<string, string> = { 'ours/redis/manifests/7': DIGEST, 'ours/nginx/manifests/1': OTHER };

beforeAll(async () => {
  registry = createServer(({ url = '', method, headers }, response) => {
    asked.push(`${method} ${url}`);
    const { pathname, searchParams } = new URL(url, `http://${host}`);
    if (pathname === '/token') {
      const isRight = searchParams.get('service') === 'r' && /^repository:ours\/\w+:pull$/.test(searchParams.get('scope') ?? '');
      response.writeHead(isRight ? 200 : 400).end(JSON.stringify({ token: `for ${searchParams.get('scope')}` }));
      return;
    }
    const path = pathname.replace('/v2/', '');
    const scope = `repository:${path.replace(/\/manifests.*/, '')}:pull`;
    if (headers.authorization !== `Bearer for ${scope}`) {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token",service="r",scope="${scope}"` }).end();
    } else if (tags[path] === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'docker-content-digest': tags[path] }).end();
  });
  await once(registry.listen(0, '127.0.0.1'), 'listening');
  host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
});
afterAll(async () => {
  registry.closeAllConnections();
  await new Promise((resolve) => registry.close(resolve));
});

const copy = new RepositoryCopy();

/** Every image of the config is one of these two. */
async function lock(images: readonly string[], ...args: string[]): Promise<{ code: number | null; output: string }> {
  const names = ['nginx', 'mastodon', 'streaming', 'elasticsearch', 'redis', 'postgres', 'ambassador'];
  const chosen = Object.fromEntries(names.map((name, i) => [name, `${host}/${images[i % images.length]}`]));
  copy.write('estates.json', JSON.stringify({ vulpine: { shared: { images: chosen } } }));
  const child = execFile('node', ['--import', 'tsx', 'scripts/vulpine-images-lock.ts', ...args], {
    cwd: copy.root,
    env: { ...process.env, ESTATES_CONFIG: undefined },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  return { code, output };
}

test('digests of all images are written down, and only say what is new', async () => {
  const images = ['ours/redis:7', 'ours/nginx:1'];
  const wanted = { [`${host}/ours/nginx:1`]: OTHER, [`${host}/ours/redis:7`]: DIGEST };
  const dry = await lock(images, '--dry-run');
  expect([dry.code, copy.read(LOCK)]).toEqual([0, '{}\n']);
  const { code, output } = await lock(images);
  expect([code, output]).toEqual([0, expect.stringContaining(`ours/redis:7  ${DIGEST}`)]);
  expect(JSON.parse(copy.read(LOCK))).toEqual(wanted);
  expect(asked.filter((line) => line.startsWith('GET /v2'))).toEqual([]);
});

test('what is not there keeps what it had, and is said', async () => {
  delete tags['ours/nginx/manifests/1'];
  const { code, output } = await lock(['ours/redis:7', 'ours/nginx:1', 'ours/gone:2']);
  expect(code).toBe(1);
  expect(output).toContain(`ours/nginx:1  not looked up: ${host} has no ours/nginx:1`);
  expect(JSON.parse(copy.read(LOCK))).toEqual({ [`${host}/ours/nginx:1`]: OTHER, [`${host}/ours/redis:7`]: DIGEST });
});

test.each([
  ['redis:7', 'registry-1.docker.io', 'library/redis'],
  ['vulpineclub/ambassador:latest', 'registry-1.docker.io', 'vulpineclub/ambassador'],
  ['docker.io/library/redis:7', 'registry-1.docker.io', 'library/redis'],
  ['ghcr.io/mastodon/mastodon:v4', 'ghcr.io', 'mastodon/mastodon'],
  ['localhost:5000/a/b:1', 'localhost:5000', 'a/b'],
])('%s is at %s, as %s', (image, where, repository) => {
  expect(placeOf(image)).toMatchObject({ registry: where, repository });
});
