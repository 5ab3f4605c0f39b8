import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HEALTH, health } from '../../../services/contracts/health';
import { watchPeers } from '../../../services/runtime/health-peers';
import { createLogger } from '../../../services/runtime/logging';
import { HealthServer } from '../../../services/runtime/server';

const open: { close(): unknown }[] = [];
const log = createLogger({ service: 'test', destination: { write: () => {} } });

async function container(...peers: string[]) {
  const server = await HealthServer.start({ log, port: 0, host: '127.0.0.1' });
  open.push(server);
  watchPeers(server, peers);
  const url = `http://127.0.0.1:${server.port}${HEALTH.live}`;
  const ask = async () => {
    const response = await fetch(url, { headers: { connection: 'close' } });
    return { status: response.status, checks: health.parse(await response.json()).checks };
  };
  return { server, url, ask };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => [server.closeAllConnections(), server.close()] });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`;
}

afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));

test('a machine is well while all its containers are', async () => {
  const vip = await container();
  const first = await container(vip.url);
  expect(await first.ask()).toEqual({ status: 200, checks: { [vip.url]: null } });
});

test("a peer's failure is the first's, in the peer's words, until it is over", async () => {
  const vip = await container();
  const well = await container();
  const first = await container(vip.url, well.url);
  let stuck = true;
  vip.server.live('leases', () => {});
  vip.server.live('walk', () => {
    if (stuck) throw new Error('has not turned for 400 s');
  });
  expect(await first.ask()).toEqual({ status: 503, checks: { [vip.url]: 'answers 503: walk: has not turned for 400 s', [well.url]: null } });
  stuck = false;
  expect((await first.ask()).status).toBe(200);
});

test('a peer that is not ready is alive', async () => {
  const vip = await container();
  vip.server.ready('users', () => Promise.reject(new Error('not known yet')));
  expect((await (await container(vip.url)).ask()).status).toBe(200);
});

test('a peer that is down is named, and its return is seen', async () => {
  const vip = await container();
  const first = await container(vip.url);
  expect((await first.ask()).status).toBe(200);
  const { port } = vip.server;
  await vip.server.close();
  expect(await first.ask()).toEqual({ status: 503, checks: { [vip.url]: expect.stringMatching(/^cannot be asked: connect ECONNREFUSED/) } });
  open.push(await HealthServer.start({ log, port, host: '127.0.0.1' }));
  expect((await first.ask()).status).toBe(200);
});

test('a peer that hangs is named before a health checker loses patience', async () => {
  const silent = await listen(createServer(() => {}));
  const halfway = await listen(createServer((_, response) => response.writeHead(200).write('{')));
  const first = await container(silent, halfway);
  const begun = Date.now();
  expect(await first.ask()).toEqual({ status: 503, checks: { [silent]: 'no answer within 3000 ms', [halfway]: 'no answer within 3000 ms' } });
  expect(Date.now() - begun).toBeLessThan(4500);
});

test('what is no health server is named', async () => {
  const other = await listen(createServer((_, response) => response.writeHead(404).end('nothing here\n')));
  const redirect = await listen(createServer((_, response) => response.writeHead(302, { location: '/' }).end()));
  expect((await (await container(other, redirect)).ask()).checks).toEqual({ [other]: 'answers 404: nothing here', [redirect]: 'answers 302: ' });
});
