import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { nginxFiles } from '../../estates/vulpine/nginx/config';
import type { NginxOptions } from '../../estates/vulpine/nginx/options';
import { NameServer } from '../support/name-server';
import { describeReal } from '../support/real';
import { Replica, type Seen } from '../support/replica';
import { VulpineNginx } from '../support/vulpine-nginx';
import { type Asked, ask, upgrade } from '../support/web-client';

const DOMAIN = 'vulpine.example.org';
const OTHER = 'corsac.example.org';

describeReal(['nginx', 'openssl', 'setpriv'], "nginx before vulpine's instances", () => {
  let names: NameServer;
  let nginx: VulpineNginx;
  let replicas: Replica[] = [];
  let streaming: Replica;
  let other: Replica;
  let options: NginxOptions;

  const asking = (more: Partial<Asked> = {}): Asked => ({ port: nginx.https, domain: DOMAIN, ...more });
  const seenBy = async (more: Partial<Asked> = {}): Promise<Seen> => JSON.parse((await ask(asking(more))).body);
  const plain = (more: Partial<Asked> = {}) => ask(asking({ port: nginx.http, secure: false, ...more }));

  beforeAll(async () => {
    names = await NameServer.start();
    const first = await Replica.start('127.0.0.2');
    replicas = [first, await Replica.start('127.0.0.3', first.port)];
    [streaming, other] = [await Replica.start('127.0.0.2'), await Replica.start('127.0.0.2')];
    names.names.set('vulpine_fe_web', ['127.0.0.2', '127.0.0.3']);
    names.names.set('vulpine_fe_streaming', ['127.0.0.2']);
    options = {
      instances: {
        vulpine: { domain: DOMAIN, web: { name: 'vulpine_fe_web', port: first.port }, streaming: { name: 'vulpine_fe_streaming', port: streaming.port } },
        corsac: { domain: OTHER, web: { addresses: ['127.0.0.2'], port: other.port }, streaming: { name: 'corsac_fe_streaming', port: 1 } },
      },
    };
    nginx = await VulpineNginx.start(options, names.port);
  });
  afterAll(async () => {
    await nginx?.stop();
    for (const replica of [...replicas, streaming, other]) await replica?.stop();
    names?.close();
  });
  beforeEach(() => {
    for (const replica of replicas) {
      replica.seen.length = 0;
      replica.behave = (_, response, seen) => response.end(JSON.stringify(seen));
    }
  });

  test('nginx takes the files, without a word, and not broken ones', async () => {
    const checked = async (edit?: (text: string) => string) => (await VulpineNginx.write(options, names.port, edit)).check();
    expect(await checked()).toMatchObject({ status: 0, stderr: expect.not.stringContaining('[') });
    expect((await checked((text) => text.replace('server_tokens off;', 'server_token off;'))).status).not.toBe(0);
    const proxied = await VulpineNginx.write({ ...options, clientAddress: { proxyProtocolFrom: ['192.168.255.0/24', '2001:db8::/32'] }, challenge: 'dns' }, 53);
    expect(proxied.check()).toMatchObject({ status: 0 });
    const longest = [...Array.from({ length: 3 }, () => 'a'.repeat(63)), 'b'.repeat(61)].join('.');
    const instances = { ...options.instances, corsac: { domain: longest, web: { name: 'w', port: 1 }, streaming: { name: 's', port: 1 } } };
    expect((await VulpineNginx.write({ instances }, 53)).check()).toMatchObject({ status: 0, stderr: expect.not.stringContaining('[') });
  });

  describe('before it has a certificate', () => {
    test('it runs, with no more than its container may, and shows what the authority asks for', async () => {
      writeFileSync(nginx.at('/etc/nginx/acme/.well-known/acme-challenge/token-1'), 'token-1.thumb');
      expect(await plain({ path: '/.well-known/acme-challenge/token-1' })).toMatchObject({ status: 200, body: 'token-1.thumb' });
      expect(await plain({ path: '/.well-known/acme-challenge/token-2' })).toMatchObject({ status: 404 });
      const address = { address: '::1', path: '/.well-known/acme-challenge/token-1' };
      expect(await plain(address)).toMatchObject({ status: 200, body: 'token-1.thumb' });
      await expect(ask(asking())).rejects.toThrow(/unrecognized name/);
    });

    test('one domain gets one, and the other goes on without', async () => {
      nginx.certify(DOMAIN);
      nginx.reload();
      await eventually(async () => (await ask(asking())).status === 200);
      await expect(ask(asking({ domain: OTHER }))).rejects.toThrow(/unrecognized name/);
      nginx.certify(OTHER);
      nginx.reload();
      await eventually(async () => (await ask(asking({ domain: OTHER }))).status === 200);
    });
  });

  test('plain HTTP leads to TLS, and nowhere else', async () => {
    for (const path of ['/about?x=1', '/.well-known/webfinger?resource=acct:a', '/api/v1/streaming'])
      expect(await plain({ path })).toMatchObject({ status: 301, headers: { location: `https://${DOMAIN}${path}` } });
  });

  test('names that nobody has get no answer', async () => {
    await expect(plain({ domain: 'elsewhere.example.org' })).rejects.toThrow(/socket hang up/);
    await expect(ask(asking({ domain: 'elsewhere.example.org' }))).rejects.toThrow(/unrecognized name/);
    await expect(ask(asking({ domain: '' }))).rejects.toThrow(/unrecognized name|handshake/);
    expect(await ask(asking({ headers: { Host: 'elsewhere.example.org' } }))).toMatchObject({ status: 421 });
  });

  test('each instance has its own', async () => {
    expect(await seenBy({ path: '/about' })).toMatchObject({ headers: { host: DOMAIN } });
    other.seen.length = 0;
    expect(await seenBy({ path: '/a%2Fb/../c?q=http://x//y', domain: OTHER })).toMatchObject({ url: '/a%2Fb/../c?q=http://x//y', headers: { host: OTHER } });
    expect(other.seen).toHaveLength(1);
  });

  test.each([
    ['127.0.0.1', '127.0.0.9'],
    ['::1', '::1'],
  ])('by %s, Mastodon sees the client as it is, whatever it says of itself', async (address, from) => {
    const claimed = {
      'X-Forwarded-For': '203.0.113.1',
      'X-Real-IP': '203.0.113.1',
      'X-Forwarded-Proto': 'http',
      'X-Forwarded-Host': 'evil.example.org',
      'X-Forwarded-Ssl': 'off',
      'X-Sendfile-Type': 'X-Accel-Redirect',
      'X-Accel-Mapping': '/=/',
      Forwarded: 'for=203.0.113.1',
      'Client-IP': '203.0.113.1',
    };
    for (const path of ['/', '/api/v1/streaming/health', '/packs/a.js']) {
      const { headers } = await seenBy({ address, from, path, headers: claimed });
      expect(headers).toMatchObject({ host: DOMAIN, 'x-real-ip': from, 'x-forwarded-for': from, 'x-forwarded-proto': 'https' });
      expect(JSON.stringify(headers)).not.toMatch(/203\.0\.113|evil|accel|sendfile|"off"/i);
    }
  });

  test('TLS by its newer versions only, and HTTP/2', async () => {
    const speaks = (maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string>((resolve) => {
        const given = { host: '127.0.0.1', port: nginx.https, servername: DOMAIN, rejectUnauthorized: false, ciphers: 'DEFAULT@SECLEVEL=0' };
        const socket = connectTls({ ...given, minVersion: maxVersion, maxVersion }, () => {
          resolve(socket.getProtocol() ?? '');
          socket.destroy();
        }).on('error', ({ message }) => resolve(message));
      });
    expect(await speaks('TLSv1.3')).toBe('TLSv1.3');
    expect(await speaks('TLSv1.2')).toBe('TLSv1.2');
    expect(await speaks('TLSv1.1')).toMatch(/alert protocol version|handshake/);
    const session = connectHttp2(`https://${DOMAIN}:${nginx.https}`, { host: '127.0.0.1', servername: DOMAIN, rejectUnauthorized: false });
    session.on('error', () => {});
    const stream = session.request({ ':path': '/h2', ':authority': DOMAIN });
    const [answer] = await once(stream, 'response');
    expect(answer[':status']).toBe(200);
    session.destroy();
  });

  test('headers for browsers: TLS for good, and what may be kept', async () => {
    for (const replica of replicas)
      replica.behave = (asked, response) =>
        response
          .writeHead(asked.url === '/packs/none.js' ? 404 : 200, { 'Cache-Control': 'private, no-store', 'Strict-Transport-Security': 'max-age=1' })
          .end();
    const got = async (path: string) => (await ask(asking({ path }))).headers;
    for (const path of ['/', '/packs/a.js', '/packs/none.js'])
      expect((await got(path))['strict-transport-security']).toBe('max-age=63072000; includeSubDomains');
    expect((await got('/web/home'))['cache-control']).toBe('private, no-store');
    for (const path of ['assets', 'avatars', 'emoji', 'headers', 'packs', 'shortcuts', 'sounds'])
      expect((await got(`/${path}/a`))['cache-control']).toBe('public, max-age=2419200, must-revalidate');
    expect((await got('/system/media/a.png'))['cache-control']).toBe('public, max-age=2419200, immutable');
    expect((await got('/sw.js'))['cache-control']).toBe('public, max-age=604800, must-revalidate');
    expect((await got('/packs/none.js'))['cache-control']).toBeUndefined();
    expect((await got('/')).server).toBe('nginx');
  });

  test('text is packed, pictures are not', async () => {
    for (const replica of replicas)
      replica.behave = (asked, response) =>
        response.writeHead(200, { 'Content-Type': asked.url === '/a' ? 'application/activity+json; charset=utf-8' : 'image/png' }).end('x'.repeat(4096));
    const headers = { 'Accept-Encoding': 'gzip', Via: '1.1 a-cache' };
    expect((await ask(asking({ path: '/a', headers }))).headers['content-encoding']).toBe('gzip');
    expect((await ask(asking({ path: '/b', headers }))).headers['content-encoding']).toBeUndefined();
  });

  test('99 MB are taken, more is not', async () => {
    const over = { method: 'POST', headers: { 'Content-Length': `${99 * 2 ** 20 + 1}` } };
    expect(await ask(asking(over))).toMatchObject({ status: 413 });
    expect(await seenBy({ method: 'POST', body: Buffer.alloc(99 * 2 ** 20) })).toMatchObject({ length: 99 * 2 ** 20 });
  });

  test('the log has who, what and by whom, and no query', async () => {
    await ask(asking({ path: '/api/v1/streaming/x?access_token=a-secret-token', headers: { 'User-Agent': 'one "two"' } }));
    await eventually(async () => readFileSync(nginx.log, 'utf8').includes('/api/v1/streaming/x'));
    const log = readFileSync(nginx.log, 'utf8');
    expect(log).toMatch(
      /^127\.0\.0\.1 \[[^\]]+\] vulpine\.example\.org "GET \/api\/v1\/streaming\/x HTTP\/1\.1" 200 .* 127\.0\.0\.2:\d+ 200 .* "one \\x22two\\x22"$/m,
    );
    expect(log).not.toContain('a-secret-token');
  });

  describe('streaming', () => {
    test('a WebSocket goes both ways, and stays', async () => {
      const socket = await upgrade(asking({ path: '/api/v1/streaming?stream=user' }));
      if (typeof socket === 'number') throw new Error(`answered with ${socket}`);
      for (const text of ['hello', 'again']) {
        socket.write(text);
        expect(String((await once(socket, 'data'))[0])).toBe(`/api/v1/streaming?stream=user ${text}`);
      }
      socket.destroy();
    });

    test('nothing else is switched to, and not elsewhere', async () => {
      expect(await upgrade(asking({ path: '/api/v1/streaming' }), 'h2c')).toBe(200);
      expect(streaming.seen.at(-1)?.headers).toMatchObject({ connection: 'close' });
      expect(streaming.seen.at(-1)?.headers).not.toHaveProperty('upgrade');
      expect(await upgrade(asking({ path: '/web/home' }))).not.toBeInstanceOf(Socket);
    });

    test('what is not WebSocket comes as it happens', async () => {
      const parts = ['event: update\n', 'data: 1\n\n'];
      streaming.behave = (_, response) => {
        response.write(parts[0]);
        setTimeout(() => response.write(parts[1]), 300);
      };
      const session = connectHttp2(`https://${DOMAIN}:${nginx.https}`, { host: '127.0.0.1', servername: DOMAIN, rejectUnauthorized: false });
      session.on('error', () => {});
      const stream = session.request({ ':path': '/api/v1/streaming/public', ':authority': DOMAIN });
      let text = '';
      stream
        .on('error', () => {})
        .on('data', (part) => {
          text += part;
        });
      try {
        await eventually(async () => text === parts.join(''));
      } finally {
        session.destroy();
      }
    });
  });

  describe('replicas', () => {
    const spread = async (count: number, more: Partial<Asked> = {}) => {
      const statuses = new Map<number, number>();
      for (let i = 0; i < count; i += 1) {
        const { status } = await ask(asking(more));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      return statuses;
    };

    test('both get requests', async () => {
      expect(await spread(40)).toEqual(new Map([[200, 40]]));
      for (const replica of replicas) expect(replica.seen.length).toBeGreaterThan(5);
    });

    test('what one does not answer, the other does; a POST that it may have taken goes nowhere else', async () => {
      const [broken, sound] = replicas as [Replica, Replica];
      broken.behave = ({ socket }) => socket.destroy();
      expect(await spread(20)).toEqual(new Map([[200, 20]]));
      expect(broken.seen.length).toBeGreaterThan(0);
      for (const replica of replicas) replica.seen.length = 0;
      const posted = await spread(20, { method: 'POST', body: 'a=1' });
      expect(broken.seen.length + sound.seen.length).toBe(20);
      expect(posted).toEqual(
        new Map([
          [200, sound.seen.length],
          [502, broken.seen.length],
        ]),
      );
    });

    test('one is down: everything is answered, POSTs too; all are down: a page says so', async () => {
      const [first, second] = replicas as [Replica, Replica];
      await second.stop();
      expect(await spread(30)).toEqual(new Map([[200, 30]]));
      expect(await spread(30, { method: 'POST', body: 'a=1' })).toEqual(new Map([[200, 30]]));
      expect(first.seen).toHaveLength(60);
      await first.stop();
      const { status, headers, body } = await ask(asking({ path: '/packs/a.js' }));
      expect([status, headers['cache-control'], headers['content-type']]).toEqual([502, undefined, 'text/html']);
      expect(body).toContain('Back in a moment');
      expect(await ask(asking({ domain: OTHER }))).toMatchObject({ status: 200 });
    });

    test('one in their place, at another address, is found without a reload', async () => {
      replicas = [await Replica.start('127.0.0.4', replicaPort())];
      names.names.set('vulpine_fe_web', ['127.0.0.4']);
      await eventually(async () => (await ask(asking())).status === 200); // it asks again after five seconds
      expect(await seenBy()).toMatchObject({ by: '127.0.0.4' });
    });

    test('none has the name: a page says so, and it comes back', async () => {
      names.names.delete('vulpine_fe_web');
      await eventually(async () => (await ask(asking())).status === 502);
      expect((await ask(asking())).body).toContain('Back in a moment');
      names.names.set('vulpine_fe_web', ['127.0.0.4']);
      await eventually(async () => (await ask(asking())).status === 200);
    });

    function replicaPort(): number {
      const { web } = options.instances.vulpine as { web: { port: number } };
      return web.port;
    }
  });

  describe('behind a load balancer that speaks the PROXY protocol', () => {
    let behind: VulpineNginx;
    beforeAll(async () => {
      behind = await VulpineNginx.write({ ...options, clientAddress: { proxyProtocolFrom: ['127.0.0.1/32'] } }, names.port);
      behind.certify(OTHER);
      await behind.start();
    });
    afterAll(async () => behind?.stop());

    /** What the instance sees of somebody who connects from `from`, and says `line` first. */
    async function seen(line: string, from: string): Promise<Seen | string> {
      const socket = new Socket().connect({ host: '127.0.0.1', port: behind.https, localAddress: from });
      await once(socket, 'connect');
      socket.write(line);
      const secure = connectTls({ socket, servername: OTHER, rejectUnauthorized: false });
      return new Promise((resolve) => {
        let text = '';
        secure.on('error', () => resolve('nothing')).on('close', () => resolve(text ? JSON.parse(text.slice(text.indexOf('\r\n\r\n'))) : 'nothing'));
        secure.on('data', (part) => {
          text += part;
        });
        secure.write(`GET / HTTP/1.1\r\nHost: ${OTHER}\r\nConnection: close\r\nX-Forwarded-For: 203.0.113.66\r\n\r\n`);
      });
    }

    test.each([
      ['TCP4 203.0.113.7 192.0.2.1 4444 443', '203.0.113.7'],
      ['TCP6 2001:db8::7 2001:db8::1 4444 443', '2001:db8::7'],
    ])('%s: the client is who it says', async (line, client) => {
      expect(await seen(`PROXY ${line}\r\n`, '127.0.0.1')).toMatchObject({ headers: { 'x-forwarded-for': client, 'x-real-ip': client } });
    });

    test('somebody else is not believed, and who says nothing is not let in', async () => {
      expect(await seen('PROXY TCP4 203.0.113.7 192.0.2.1 4444 443\r\n', '127.0.0.9')).toMatchObject({ headers: { 'x-forwarded-for': '127.0.0.9' } });
      expect(await seen('', '127.0.0.1')).toBe('nothing');
    });
  });

  test('no file names a server that it does not say where to find', () => {
    const text = nginxFiles(options)
      .map(({ content }) => content)
      .join('\n');
    const asked = [...text.matchAll(/proxy_pass http:\/\/([$\w]+)/g)].map(([, name]) => name);
    expect(new Set(asked)).toEqual(new Set(['$web', '$streaming', 'corsac_web']));
  });
});

async function eventually(is: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 15_000;
  while (!(await is().catch(() => false))) {
    if (Date.now() > end) throw new Error('it does not come to that');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
