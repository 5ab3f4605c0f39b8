import type { ChildProcess } from 'node:child_process';
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergePatch } from '../../config/merge';
import { vulpineSchema, vulpineValues } from '../../config/vulpine';
import { CONTAINERS } from '../../estates/vulpine/containers/table';
import { layoutOf } from '../../estates/vulpine/multi-server/layout';
import { RELAY_START, type Relay, relayConfig } from '../../estates/vulpine/multi-server/relay';
import multiServer from '../../estates/vulpine/variants/multi-server.json';
import { freePort } from '../../services/testbench/free-port';
import { startNginx } from '../support/nginx';
import { describeReal, find } from '../support/real';

/** Answers every question for an address, as docker's own server does for the names of containers. */
class Names {
  address = '127.0.0.1';
  asked: string[] = [];
  private readonly socket: Datagrams = createSocket('udp4');

  async start(): Promise<number> {
    this.socket.on('message', (question, from) => this.socket.send(this.answer(question), from.port, from.address));
    this.socket.bind(0, '127.0.0.1');
    await once(this.socket, 'listening');
    return this.socket.address().port;
  }

  stop(): void {
    this.socket.close();
  }

  /** RFC 1035, section 4: the question again, and one address that holds for a second. */
  private answer(question: Buffer): Buffer {
    const end = question.indexOf(0, 12) + 5;
    this.asked.push(question.subarray(13, question.indexOf(0, 12)).toString());
    const head = Buffer.from(question.subarray(0, 12));
    head.writeUInt16BE(0x8180, 2);
    head.writeUInt16BE(1, 6);
    head.fill(0, 8, 12);
    const address = this.address.split('.').map(Number);
    return Buffer.concat([head, question.subarray(12, end), Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address])]);
  }
}

describeReal(['nginx', 'ngx_stream_module'], "a relay between vulpine's hosts", () => {
  const folder = mkdtempSync(join(tmpdir(), 'relay-'));
  const layouts = layoutOf(CONTAINERS, vulpineSchema.parse(mergePatch(vulpineValues, multiServer.vulpine)).prod);
  const relayOf = (label: string, name: string) => layouts.get(label)?.relays.find((one) => one.name === name) as Relay;
  const running: ChildProcess[] = [];
  const servers = new Set<Server>();
  const sockets = new Set<Socket>();
  const names = new Names();

  /** The real configuration and start, with nothing replaced but where this machine has other ports and folders. */
  async function start(relay: Relay, dnsPort = 0): Promise<ChildProcess> {
    const file = join(folder, `${relay.name}-${relay.port}.conf`);
    writeFileSync(file, relayConfig(relay).replace('/tmp/nginx.pid', `${file}.pid`).replace('127.0.0.11', `127.0.0.1:${dnsPort}`));
    const [program, ...args] = RELAY_START.entrypoint;
    const own = args.map((arg) => (arg === 'daemon off;' ? `load_module ${find('ngx_stream_module')}; daemon off;` : arg)).slice(0, -1);
    const child = await startNginx(program, [...own, file], async () => (await open(relay.port)).destroy());
    running.push(child);
    return child;
  }

  async function open(port: number): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    sockets.add(socket);
    await once(socket, 'connect');
    return socket;
  }

  /** Says who it is, and whatever it is told. */
  async function serve(name: string, port: number, address = '127.0.0.1'): Promise<Server> {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).write(`${name} `);
      socket.pipe(socket);
    });
    servers.add(server);
    await once(server.listen(port, address), 'listening');
    return server;
  }

  async function stop(server: Server): Promise<void> {
    servers.delete(server);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }

  /** What comes back for `text`; empty when the connection is closed without a word. */
  async function ask(port: number, text: string): Promise<string> {
    const socket = await open(port);
    let got = '';
    socket.on('data', (part) => {
      got += part;
    });
    socket.on('error', () => undefined);
    socket.write(text);
    for (let tries = 0; tries < 100 && !got.endsWith(text) && !socket.destroyed && !socket.readableEnded; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    return got;
  }

  afterAll(async () => {
    for (const server of servers) await stop(server);
    for (const socket of sockets) socket.destroy();
    names.stop();
    for (const child of running) {
      if (child.exitCode !== null) continue;
      child.kill('SIGQUIT');
      const force = setTimeout(() => child.kill('SIGKILL'), 5000);
      await once(child, 'exit');
      clearTimeout(force);
    }
  });

  test('leads to an address, byte for byte, and again when what is there was away', async () => {
    const [port, to] = [await freePort(), await freePort()];
    const relay = relayOf('murphys', 'vulpine-db-relay');
    expect(relay.upstream).toMatch(/^10\.0\.0\.10:\d+$/);
    await start({ ...relay, port, upstream: `127.0.0.1:${to}` }); // before the other is there
    expect(await ask(port, 'early')).toBe('');
    const server = await serve('first', to);
    expect(await ask(port, 'SELECT 1;\u0000')).toBe('first SELECT 1;\u0000');
    await stop(server);
    expect(await ask(port, 'away')).toBe('');
    await serve('second', to);
    expect(await ask(port, 'back')).toBe('second back');
  });

  test('a connection that says nothing stays', async () => {
    const [port, to] = [await freePort(), await freePort()];
    await serve('quiet', to);
    await start({ ...relayOf('murphys', 'vulpine-redis-relay'), port, upstream: `127.0.0.1:${to}` });
    const socket = await open(port);
    await once(socket, 'data');
    await new Promise((resolve) => setTimeout(resolve, 2500));
    socket.write('still here');
    expect(`${(await once(socket, 'data'))[0]}`).toBe('still here');
  });

  test('leads to a name, also when that has another address than before', async () => {
    const [port, to] = [await freePort(), await freePort()];
    const gate = relayOf('smithwicks', 'vulpine-db-gate');
    expect(gate.upstream).toBe('db:5432');
    names.address = '127.0.0.2';
    await serve('before', to, '127.0.0.2');
    await serve('after', to, '127.0.0.3');
    await start({ ...gate, port, upstream: `db:${to}` }, await names.start());
    expect(await ask(port, 'one')).toBe('before one');
    names.address = '127.0.0.3';
    let got = '';
    for (let tries = 0; tries < 20 && !got.startsWith('after'); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      got = await ask(port, 'two');
    }
    expect(got).toBe('after two');
    expect(new Set(names.asked)).toEqual(new Set(['db']));
  });
});
