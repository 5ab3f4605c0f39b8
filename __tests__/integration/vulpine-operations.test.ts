import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../services/testbench/free-port';
import { OperationsBench } from '../support/operations-bench';
import { describeReal } from '../support/real';

jest.setTimeout(60_000);

describeReal(['redis-server'], "Sidekiq's queues in a real Redis", () => {
  let server: ChildProcess;
  let port: number;
  let bench: OperationsBench;
  const redis = (...words: string[]) => execFileSync('redis-cli', ['-p', `${port}`, '-e', ...words], { encoding: 'utf8' }).trim();

  beforeAll(async () => {
    port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'redis-'));
    server = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder], { stdio: 'ignore' });
    for (let tries = 0; ; tries += 1, await delay(50)) {
      try {
        redis('PING');
        break;
      } catch (error) {
        if (tries > 200) throw error;
      }
    }
  });
  beforeEach(() => {
    redis('FLUSHALL');
    // the container's own redis-cli
    bench = new OperationsBench(`case $1 in exec) shift 2; shift; exec redis-cli -p ${port} "$@" ;; esac`);
  });
  afterAll(async () => {
    server.kill('SIGKILL');
    await once(server, 'exit');
  });

  /** As Sidekiq writes them. */
  function work({ milliseconds = false } = {}): void {
    const now = Math.floor(Date.now() / 1000);
    const job = (secondsAgo: number) =>
      JSON.stringify({ class: 'A', args: ['ü "'], enqueued_at: milliseconds ? (now - secondsAgo) * 1000 : now - secondsAgo + 0.25 });
    redis('SADD', 'queues', 'default', 'push', 'mailers');
    redis('LPUSH', 'queue:push', job(600), job(20));
    redis('LPUSH', 'queue:default', job(7));
    redis('SADD', 'processes', 'vulpine-sidekiq-1:1:abc', 'vulpine-sidekiq-2:1:def', 'gone:1:old');
    for (const id of ['vulpine-sidekiq-1:1:abc', 'vulpine-sidekiq-2:1:def']) redis('HSET', id, 'busy', '3', 'quiet', 'false', 'beat', `${now}.5`);
    redis('HSET', 'gone:1:old', 'busy', '1', 'quiet', 'false', 'beat', `${now - 600}`);
    redis('ZADD', 'retry', '1', 'a', '2', 'b');
    redis('ZADD', 'dead', '1', 'c');
    redis('SET', 'stat:processed', '12345');
    redis('SET', 'stat:failed', '67');
  }

  test.each([[{}], [{ milliseconds: true }]])('how long they are, and how long the oldest waits %j', (how) => {
    work(how);
    const { code, output } = bench.run('vulpine-sidekiq');
    expect(output).toMatch(/^push +2 {2}10 min\ndefault +1 {2}\d+ s\nmailers +0 {2}0 s$/m);
    expect(output).toContain('2 processes; 6 jobs busy, 2 to be tried again, 0 for later, 1 dead\n12345 done and 67 failed since Redis began');
    expect(code).toBe(0);
  });

  test('an empty one, where nothing works, is no success', () => {
    const { code, output } = bench.run('vulpine-sidekiq');
    expect(output).toContain('0 processes; 0 jobs busy');
    expect(output).toContain('make vulpine-start');
    expect(code).toBe(1);
  });

  test('quiet tells every process, as Sidekiq does; resume restarts them', () => {
    work();
    expect(bench.run('vulpine-sidekiq', '--action', 'quiet', '--dry-run').output).toContain('tell 2 processes to take no new job');
    expect(redis('EXISTS', 'vulpine-sidekiq-1:1:abc-signals')).toBe('0');
    expect(bench.run('vulpine-sidekiq', '--action', 'quiet', '--yes').code).toBe(0);
    expect(redis('RPOP', 'vulpine-sidekiq-1:1:abc-signals')).toBe('TSTP');
    expect(redis('RPOP', 'vulpine-sidekiq-2:1:def-signals')).toBe('TSTP');
    for (const id of ['vulpine-sidekiq-1:1:abc', 'vulpine-sidekiq-2:1:def']) redis('HSET', id, 'quiet', 'true');
    expect(bench.run('vulpine-sidekiq', '--action', 'quiet', '--yes').output).toContain('Nothing to do');
    expect(bench.run('vulpine-sidekiq').output).toContain('2 processes, 2 of them quiet');
    bench.calls();
    expect(bench.run('vulpine-sidekiq', '--action', 'resume', '--yes').code).toBe(0);
    expect(bench.calls()).toContain('restart vulpine-sidekiq-1 vulpine-sidekiq-2 vulpine-sidekiq-3 vulpine-sidekiq-4');
  });

  test('throws away what it said, and asks before', () => {
    work();
    expect(bench.run('vulpine-sidekiq', '--action', 'clear-retries')).toMatchObject({
      code: 2,
      output: expect.stringContaining('throw away 2 jobs that wait to be tried again, for good'),
    });
    expect(redis('ZCARD', 'retry')).toBe('2');
    expect(bench.run('vulpine-sidekiq', '--action', 'clear-retries', '--yes').code).toBe(0);
    expect([redis('ZCARD', 'retry'), redis('ZCARD', 'dead'), redis('LLEN', 'queue:push')]).toEqual(['0', '1', '2']);
    expect(bench.run('vulpine-sidekiq', '--action', 'clear-retries', '--yes').output).toContain('Nothing to do');
    expect(bench.run('vulpine-sidekiq', '--action', 'clear-dead', '--yes').code).toBe(0);
    expect(redis('ZCARD', 'dead')).toBe('0');
    expect(bench.run('vulpine-sidekiq', '--action', 'pause')).toMatchObject({
      code: 2,
      output: expect.stringContaining('There is no ACTION=pause; there is status, quiet'),
    });
  });

  test('a Redis that refuses is said in its own words', () => {
    redis('SET', 'queues', 'a string');
    expect(bench.run('vulpine-sidekiq')).toMatchObject({ code: 2, output: expect.stringContaining('WRONGTYPE') });
  });
});

describeReal(['curl'], "Elasticsearch's flag", () => {
  let server: Server;
  let bench: OperationsBench;
  let requests: string[];
  let percent: string | null;
  let high: string;
  let blocked: string[];
  let acknowledged: boolean;

  beforeEach(async () => {
    requests = [];
    percent = '70';
    high = '90%';
    blocked = ['statuses', 'accounts'];
    acknowledged = true;
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        requests.push(`${request.method} ${request.url} ${body}`.trim());
        const { pathname } = new URL(request.url ?? '', 'http://es');
        const answer = (value: unknown, status = 200) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
        if (pathname === '/_cat/allocation')
          answer([
            { node: 'es', 'disk.percent': percent },
            { node: 'UNASSIGNED', 'disk.percent': null },
          ]);
        else if (pathname === '/_cluster/settings') answer({ defaults: { 'cluster.routing.allocation.disk.watermark.high': high } });
        else if (request.method === 'PUT' && pathname === '/_all/_settings') {
          if (request.headers['content-type'] !== 'application/json') answer({ error: 'Content-Type header is not supported' }, 406);
          else {
            if (acknowledged && body === '{"index.blocks.read_only_allow_delete":null}') blocked = [];
            answer({ acknowledged });
          }
        } else if (pathname === '/_all/_settings/index.blocks.read_only_allow_delete')
          answer(Object.fromEntries(blocked.map((index) => [index, { settings: { 'index.blocks.read_only_allow_delete': 'true' } }])));
        else answer({ error: 'no handler' }, 400);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // the container's own curl
    bench = new OperationsBench(`case $1 in exec) shift 2; shift; exec /usr/bin/curl --connect-to localhost:9200:127.0.0.1:${port} "$@" ;; esac`);
    writeFileSync(bench.at('curlrc'), '');
  });
  afterEach(async () => {
    server.close();
    await once(server, 'close');
  });

  test('goes when the disk has room again, by one request', async () => {
    const { code, output } = await bench.runBeside('vulpine-search-writable', '--yes');
    expect(output).toContain('vulpine-es-1 on admin@smithwicks.vulpine.club: 70 % of the disk are used; read-only: accounts, statuses');
    expect(code).toBe(0);
    expect(requests.filter((one) => !one.startsWith('GET'))).toEqual(['PUT /_all/_settings?expand_wildcards=all {"index.blocks.read_only_allow_delete":null}']);
    expect((await bench.runBeside('vulpine-search-writable', '--yes')).output).toContain('Nothing to do');
    expect(requests.filter((one) => !one.startsWith('GET'))).toHaveLength(1);
  });

  test.each([
    ['91', '90%', 90],
    ['86', '85%', 85],
    ['90', '20gb', 90],
  ])('stays while %s %% are used and %s is too much, and the command says so', async (used, mark, at) => {
    [percent, high] = [used, mark];
    const { code, output } = await bench.runBeside('vulpine-search-writable', '--yes');
    expect(output).toContain(`Nothing was changed: the disk is too full, at ${at} % and more the flag comes back.`);
    expect(code).toBe(1);
    expect(requests.some((one) => !one.startsWith('GET'))).toBe(false);
  });

  test('a dry run changes nothing; an answer that is no yes is an error; no figure is no room', async () => {
    expect((await bench.runBeside('vulpine-search-writable', '--dry-run')).output).toContain('let 2 indices be written to');
    expect(requests.some((one) => !one.startsWith('GET'))).toBe(false);
    acknowledged = false;
    expect(await bench.runBeside('vulpine-search-writable', '--yes')).toMatchObject({
      code: 2,
      output: expect.stringContaining('Elasticsearch did not do it'),
    });
    percent = null;
    expect(await bench.runBeside('vulpine-search-writable', '--yes')).toMatchObject({
      code: 2,
      output: expect.stringContaining('does not say how full its disk is'),
    });
  });
});
