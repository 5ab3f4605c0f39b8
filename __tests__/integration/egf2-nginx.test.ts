import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { request as secureRequest } from 'node:https';
import { type AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NginxOptions, nginxConfig } from '../../estates/egf2/machines/nginx';
import { type Egf2Service, SERVICES } from '../../services/contracts/egf2-services';
import { freePort } from '../../services/testbench/free-port';
import { startNginx } from '../support/nginx';
import { describeReal } from '../support/real';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

describeReal(['nginx'], 'the single entry point of EGF2', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const stubs: Server[] = [];
  const running: ChildProcess[] = [];
  const upgraded: Socket[] = [];
  const services: Record<string, Egf2Service> = {};
  let port = 0;

  /** A service that says who it is and what it was asked. */
  async function stub(name: string): Promise<Server> {
    const server = createServer((asked, response) => response.end(JSON.stringify({ name, url: asked.url, headers: asked.headers })));
    stubs.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return server;
  }
  const portOf = (server: Server) => (server.address() as AddressInfo).port;

  /** The generated file, with nothing but its folders replaced. */
  function written(name: string, config: string): string {
    const file = join(folder, name);
    writeFileSync(file, config.replace('/run/nginx.pid', join(folder, `${name}.pid`)).replaceAll('/var/log/nginx/', `${folder}/${name}-`));
    return file;
  }

  async function start(name: string, options: NginxOptions): Promise<void> {
    const file = written(name, nginxConfig(options, services));
    running.push(await startNginx('nginx', ['-c', file, '-g', 'daemon off;'], () => ask('/', {}, options.port ?? 80)));
  }

  /** Sends the path as it is: fetch and URL would tidy it. */
  function ask(path: string, headers: Record<string, string> = {}, at = port, method = 'GET', isSecure = false, body = ''): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: at, path, method, headers, rejectUnauthorized: false, agent: false as const };
      const sent = (isSecure ? secureRequest : request)(options, (answer) => {
        let text = '';
        answer.on('data', (part) => {
          text += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** The connection after it has become a WebSocket's, or the status of the refusal. */
  function upgrade(path: string): Promise<Socket | number> {
    return new Promise((resolve, reject) => {
      const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version': '13' };
      const sent = request({ host: '127.0.0.1', port, path, headers, agent: false });
      sent.on('upgrade', (_answer, socket) => resolve(socket as Socket));
      sent.on('response', (answer) => resolve(answer.resume().statusCode ?? 0));
      sent.on('error', reject).end();
    });
  }

  beforeAll(async () => {
    for (const [name, service] of Object.entries(SERVICES) as [string, Egf2Service][]) {
      const sockets = service.webSocketPort === undefined ? undefined : await stub(`${name} websocket`);
      sockets?.on('upgrade', (asked, socket: Socket) => {
        upgraded.push(socket);
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
        socket.on('data', (text) => socket.write(`${asked.url} ${text}`));
      });
      services[name] = {
        ...service,
        ...(service.port !== undefined && { port: portOf(await stub(name)) }),
        ...(sockets && { webSocketPort: portOf(sockets) }),
      };
    }
    port = await freePort();
    await start('plain', { port });
  });

  afterAll(async () => {
    for (const child of running) {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    }
    for (const socket of upgraded) socket.destroy();
    for (const server of stubs) {
      server.closeAllConnections();
      server.close();
    }
  });

  test('nginx takes the file as the machines get it, and not a broken one', () => {
    const check = (config: string) => spawnSync('nginx', ['-t', '-c', written('checked', config)], { encoding: 'utf8' });
    expect(check(nginxConfig())).toMatchObject({ status: 0, stderr: expect.not.stringContaining('[warn]') });
    expect(check(nginxConfig({ trustedProxies: ['10.3.0.0/16', 'fd00::/8'] }))).toMatchObject({ status: 0 });
    expect(check(nginxConfig().replace('server_tokens off;', 'server_token off;')).status).not.toBe(0);
  });

  const routes = Object.entries(SERVICES as Record<string, Egf2Service>).flatMap(([name, { publicPaths = [] }]) =>
    publicPaths.map((path) => [path, name] as const),
  );

  test.each(routes)('%s reaches %s, with what is below it and its query', async (path, name) => {
    for (const sent of [path, `${path}/`, `${path}/a%20b/c`, `${path}?q=http://x/../y&z=1`]) {
      const { status, body } = await ask(sent);
      expect([status, JSON.parse(body)]).toMatchObject([200, { name, url: sent }]);
    }
    expect(await ask(`${path}x`)).toMatchObject({ status: 404 });
    expect(await ask(path.toUpperCase())).toMatchObject({ status: 404 });
  });

  test.each([
    ['/', 404],
    ['/v1/internal/session', 404],
    ['/v1/internal/send_email', 404],
    ['/v1', 404],
    ['/v2/graph', 404],
    ['/v1/graph/../internal/session', 400],
    ['/v1/login/..', 400],
    ['/v1/login/../internal/session', 400],
    ['/v1/internal/../login', 400],
    ['/v1/login/%2e%2e/internal/session', 400],
    ['/v1/login/..%2finternal/session', 400],
    ['/v1/login%2f..%2finternal/session', 400],
    ['/v1/login/%252e%252e/internal/session', 400],
    ['/v1/login/..;/internal/session', 400],
    ['/v1/login/./x', 400],
    ['//v1//login', 400],
    ['/v1/login\\..\\internal', 400],
    ['/v1/login%5c..', 400],
    ['/v1/login/a%2fb', 400],
    ['/v1/login/a%00', 400],
  ])('%s ends at the entry, with %d', async (path, status) => {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toContain('"name"');
  });

  test('no service is reached that has no public path', async () => {
    const names = new Set<string>();
    for (const path of [...routes.map(([route]) => route), '/v1/listen/x', '/v1/client-data', '/v1/sync', '/v1/job', '/v1/scheduler', '/v1/logic'])
      for (const method of ['GET', 'POST', 'DELETE']) names.add((/"name":"([^"]+)"/.exec((await ask(path, {}, port, method)).body) ?? ['', 'nobody'])[1] ?? '');
    expect([...names].sort()).toEqual(['auth', 'client-api', 'file', 'nobody', 'pusher websocket']);
  });

  test('services see the client as it is, whatever it says of itself', async () => {
    const { headers, body } = await ask('/v1/login', {
      'X-Forwarded-For': '1.2.3.4',
      'X-Real-IP': '1.2.3.4',
      'X-Forwarded-Proto': 'https',
      Host: 'api.example.org',
    });
    expect(JSON.parse(body).headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-proto': 'http',
      host: 'api.example.org',
    });
    expect(headers).toMatchObject({ server: 'nginx', 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });

    const behind = await freePort();
    await start('behind', { port: behind, trustedProxies: ['127.0.0.0/8'] });
    expect(JSON.parse((await ask('/v1/login', { 'X-Forwarded-For': '6.6.6.6, 1.2.3.4' }, behind)).body).headers).toMatchObject({
      'x-forwarded-for': '1.2.3.4',
    });
  });

  test('more than a megabyte is refused, and no token gets into the log', async () => {
    expect(await ask('/v1/graph', { 'content-length': '1048577' }, port, 'POST')).toMatchObject({ status: 413 });
    await ask('/v1/verify_email?token=a-secret-token');
    const log = readFileSync(join(folder, 'plain-access.log'), 'utf8');
    expect(log).toMatch(/"GET \/v1\/verify_email" 200/);
    expect(log).not.toContain('a-secret-token');
  });

  test('WebSockets reach the pusher, and what is no WebSocket does too', async () => {
    const socket = await upgrade('/v1/listen?token=t');
    if (typeof socket === 'number') throw new Error(`answered with ${socket}`);
    for (const text of ['hello', 'again']) {
      socket.write(text);
      expect(String((await once(socket, 'data'))[0])).toBe(`/v1/listen?token=t ${text}`);
    }
    socket.destroy();
    expect(JSON.parse((await ask('/v1/listen/primus.js')).body)).toMatchObject({ name: 'pusher websocket' });
    for (const path of ['/v1/internal/session', '/v1/login', '/v2/listen']) expect(await upgrade(path)).not.toBeInstanceOf(Socket);
  });

  test('a service that is down costs its own paths only', async () => {
    const down = await freePort();
    const config = nginxConfig({ port: down }, { ...services, file: { ...SERVICES.file, port: await freePort() } });
    const child = spawn('nginx', ['-c', written('down', config), '-g', 'daemon off;'], { stdio: 'ignore' });
    running.push(child);
    for (let tries = 0; tries < 100 && !(await ask('/', {}, down).catch(() => undefined)); tries += 1) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await ask('/v1/new_file', {}, down)).toMatchObject({ status: 502 });
    expect(await ask('/v1/login', {}, down)).toMatchObject({ status: 200 });
  });

  test('with TLS, plain HTTP leads there and nowhere else', async () => {
    const [certificate, key] = [join(folder, 'tls.pem'), join(folder, 'tls.key')];
    const subject = ['-subj', '/CN=api.example.org', '-days', '1', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    execFileSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', certificate], { stdio: 'ignore' });
    const [plain, secure] = [await freePort(), await freePort()];
    await start('tls', { port: plain, tls: { certificate, key, port: secure } });
    expect(await ask('/v1/login?x=1', { Host: 'api.example.org' }, plain)).toMatchObject({
      status: 308,
      headers: { location: `https://api.example.org:${secure}/v1/login?x=1` },
    });
    const answer = await ask('/v1/login', {}, secure, 'GET', true);
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
    expect(JSON.parse(answer.body)).toMatchObject({ name: 'auth', headers: { 'x-forwarded-proto': 'https' } });
    expect(await ask('/v1/internal/session', {}, secure, 'GET', true)).toMatchObject({ status: 404 });
  });
});
