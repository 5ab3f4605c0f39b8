import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { freePort } from '../../services/testbench/free-port';
import { AUTH, endLaunchers, Launcher, SERVICE, serving } from '../support/launcher';
import { describeReal } from '../support/real';
import { eventually } from '../support/service-process';

const folder = mkdtempSync(join(tmpdir(), 'launcher-'));
const run = ['--', process.execPath, SERVICE];
const text = JSON.stringify(AUTH);
const answers =
  (status: number, body: string | Buffer = '', headers: Record<string, string> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };

afterAll(endLaunchers);

describe('a service that cannot be started', () => {
  const limit = 2;
  const failing: readonly [string, RequestListener, RegExp][] = [
    ['404', answers(404, text), /answered 404, must be 200$/],
    ['204', answers(204), /answered 204, must be 200$/],
    ['403', answers(403, 'token'), /answered 403, must be 200$/],
    ['always 500', answers(500), /answered 500, must be 200 \(tried [3-9] times within 2 s\)$/],
    ['no headers', () => {}, /no whole answer within [\d.]+ s \(tried \d times within 2 s\)$/],
    [
      'a body that drips',
      (_, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(timer));
      },
      /no whole answer within [\d.]+ s \(tried \d times within 2 s\)$/,
    ],
    [
      'cut off in the middle of what was announced',
      (_, response) => {
        response.writeHead(200, { 'content-length': text.length });
        response.write(text.slice(0, 20), () => response.destroy());
      },
      /the answer broke off \(tried \d times within 2 s\)$/,
    ],
    ['cut off, and said to be whole', answers(200, text.slice(0, -5)), /is not JSON: \d+ bytes, (cut off at the end|wrong at line 1, column \d+)$/],
    ['connections that end', (request) => request.socket.destroy(), /no answer: .*\(tried \d times within 2 s\)$/],
    ['not JSON', answers(200, '{"port": 1,\n "password": hunter2}'), /is not JSON: 33 bytes(, wrong at line 2, column 14)?$/],
    ['not text', answers(200, Buffer.from([0xff, 0xfe, 0])), /is not JSON: 3 bytes, and not even text in UTF-8$/],
    ['nothing', answers(200), /is empty, must hold a JSON object$/],
    ['a list', answers(200, '[]'), /holds a list, must hold a JSON object$/],
    ['huge, announced', answers(200, ' '.repeat(2 ** 20 + 1)), /is too large: more than 1024 KiB$/],
    [
      'huge, without end',
      (_, response) => {
        const more = () => {
          while (response.write(' '.repeat(2 ** 16)));
        };
        response.on('drain', more);
        more();
      },
      /is too large: more than 1024 KiB$/,
    ],
    ['huge, compressed', answers(200, gzipSync(Buffer.alloc(2 ** 26, ' ')), { 'content-encoding': 'gzip' }), /is too large: more than 1024 KiB$/],
    [
      'a redirect to itself',
      (request, response) => response.writeHead(302, { location: request.url as string }).end(),
      /redirects in a circle, to http:.* again$/,
    ],
    ['a redirect to a file', answers(302, '', { location: 'file:///etc/passwd' }), /redirects from http to file .*, which is refused$/],
    ['a redirect to nowhere', answers(302), /answered 302 without an address to go to$/],
    [
      'an array of URLs',
      answers(200, JSON.stringify({ ...AUTH, 'client-data': ['http://a:1', 'http://b:1'] })),
      /client-data: found a list; is a list, which EGF2 does not support: give the one URL of a load balancer$/,
    ],
  ];

  test.each(failing)('%s', async (_, listener, line) => {
    const host = await serving(listener);
    const launcher = new Launcher(['--config', `http://user:hunter2@${host}/auth.json?token=hunter2`, '--timeout', `${limit}`, ...run]);
    const { code, took } = await launcher.ended();
    expect(launcher.complaints).toEqual([expect.stringMatching(line)]);
    expect(launcher.stderr).toContain(`launcher: http://${host}/auth.json?token=...: `);
    expect(launcher.stderr + launcher.stdout).not.toContain('hunter2');
    expect([code, launcher.stdout]).toEqual([1, '']);
    expect(took).toBeLessThan((limit + 2) * 1000);
  });

  test('five redirects are followed, not six', async () => {
    const asked: string[] = [];
    const host = await serving((request, response) => {
      const left = Number(new URL(request.url as string, 'http://host').searchParams.get('left'));
      asked.push(`${left}`);
      if (left === 0) response.end(text);
      else response.writeHead(307, { location: `/auth.json?left=${left - 1}` }).end();
    });
    const five = new Launcher(['--config', `http://${host}/auth.json?left=5`, '--check']);
    expect((await five.ended()).code).toBe(0);
    expect(asked.splice(0)).toEqual(['5', '4', '3', '2', '1', '0']);
    const six = new Launcher(['--config', `http://${host}/auth.json?left=6`, '--check']);
    expect((await six.ended()).code).toBe(1);
    expect(six.complaints).toEqual([expect.stringMatching(/redirects more than 5 times, at last to http:.*\?left=\.\.\.$/)]);
    expect(asked).toEqual(['6', '5', '4', '3', '2', '1']);
  });

  test('nobody listens', async () => {
    const launcher = new Launcher(['--config', `http://127.0.0.1:${await freePort()}/auth.json`, '--timeout', '1', ...run]);
    const { code, took } = await launcher.ended();
    expect(launcher.complaints).toEqual([expect.stringMatching(/auth\.json: no answer: connect ECONNREFUSED 127\.0\.0\.1:\d+ \(tried \d times within 1 s\)$/)]);
    expect(code).toBe(1);
    expect(took).toBeLessThan(3000);
  });

  test('a file that is not there, a folder, a pipe', async () => {
    const pipe = join(folder, 'auth.json');
    execFileSync('mkfifo', [pipe]);
    const said = async (path: string) => {
      const launcher = new Launcher(['--config', pathToFileURL(path).href, '--service', 'auth', '--timeout', '2', ...run]);
      expect((await launcher.ended()).code).toBe(1);
      return launcher.complaints;
    };
    expect(await Promise.all([said(`${folder}/none.json`), said(folder), said(pipe)])).toEqual([
      [expect.stringMatching(/ENOENT: no such file/)],
      [expect.stringMatching(/: is not a file$/)],
      [expect.stringMatching(/: is not a file$/)],
    ]);
  });

  test('every problem of a document is a line, and what looks secret is not shown', async () => {
    const document = { ...AUTH, port: 'x', pusher: 'ftp://user:hunter2@h', password: 'hunter2' };
    const host = await serving(answers(200, JSON.stringify(document)));
    const launcher = new Launcher(['--config', `http://${host}/auth.json`, ...run], {
      'egf_client-data': '["http://a", "http://b"]',
      egf_elastic: '{"hosts":[]}',
    });
    expect((await launcher.ended()).code).toBe(1);
    const at = `launcher: http://${host}/auth.json: `;
    expect(launcher.complaints).toEqual([
      `${at}port: found "x"; must be a port, 1 to 65535`,
      `${at}client-data (given by egf_client-data): found a list; is a list, which EGF2 does not support: give the one URL of a load balancer`,
      `${at}pusher: found 20 characters, which are not shown; must be the URL of the service, such as http://auth.internal.example:2016`,
      `${at}elastic.hosts (given by egf_elastic): found a list; must name a host`,
    ]);
  });

  test('a command that is not there', async () => {
    const host = await serving(answers(200, text));
    const launcher = new Launcher(['--config', `http://${host}/auth.json`, '--', '/nowhere/node', 'service.js']);
    expect((await launcher.ended()).code).toBe(127);
    expect(launcher.complaints).toEqual([expect.stringMatching(/the service cannot be run: spawn \/nowhere\/node ENOENT$/)]);
  });
});

describeReal(['openssl'], 'a document behind TLS', () => {
  const key = join(folder, 'key.pem');
  const certificate = join(folder, 'certificate.pem');
  let host: string;
  let plain: string;

  beforeAll(async () => {
    const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', ...name, '-keyout', key, '-out', certificate],
      {
        stdio: 'ignore',
      },
    );
    plain = await serving(answers(200, text));
    host = await serving(
      ({ url }, response) => {
        if (url === '/down/auth.json') response.writeHead(302, { location: `http://${plain}/auth.json` }).end();
        else response.end(text);
      },
      createHttpsServer({ key: readFileSync(key), cert: readFileSync(certificate) }),
    );
  });

  test.each([
    [
      'an authority that nobody knows',
      () => `https://${host}/auth.json`,
      {},
      /: TLS: self-signed certificate \(DEPTH_ZERO_SELF_SIGNED_CERT\); .* NODE_EXTRA_CA_CERTS /,
    ],
    ['another name', () => `https://localhost:${host.split(':')[1]}/auth.json`, { NODE_EXTRA_CA_CERTS: certificate }, /: TLS: Hostname\/IP does not match/],
    ['no TLS there', () => `https://${plain}/auth.json`, {}, /: TLS: .*wrong version number/],
    [
      'from https to http',
      () => `https://${host}/down/auth.json`,
      { NODE_EXTRA_CA_CERTS: certificate },
      /: redirects from https to http \(http:.*\), which is refused$/,
    ],
  ])('%s: refused at once', async (_, url, env, line) => {
    const launcher = new Launcher(['--config', url(), '--timeout', '20', ...run], env);
    const { code, took } = await launcher.ended();
    expect(launcher.complaints).toEqual([expect.stringMatching(line)]);
    expect(code).toBe(1);
    expect(took).toBeLessThan(5000);
  });

  test('a known authority', async () => {
    const launcher = new Launcher(['--config', `https://${host}/auth.json`, ...run], { NODE_EXTRA_CA_CERTS: certificate, EXIT: '0' });
    expect((await launcher.ended()).code).toBe(0);
    expect(launcher.stderr).toBe('');
    expect(launcher.lines[1]?.config).toEqual(AUTH);
  });
});

describe('a service that is started', () => {
  test('gets the document with what the environment puts over it, once, and its exit code is the launcher’s', async () => {
    let asked = 0;
    const host = await serving((request, response) => {
      asked += 1;
      if (asked < 3) response.writeHead(asked === 1 ? 500 : 429).end();
      else if (request.url === '/new/auth.json') response.end(text);
      else response.writeHead(301, { location: '/new/auth.json' }).end();
    });
    const over = { egf_port: '2020', egf_log_level: 'debug', egf_elastic: '{"apiVersion":"7.x"}', 'egf_client-data': 'http://other:8000' };
    const launcher = new Launcher(['--config', `http://${host}/auth.json`, ...run, '--flag'], {
      ...over,
      ASK: '2',
      EXIT: '5',
      KEPT: 'yes',
      AWS_PROFILE: 'kept',
    });
    expect((await launcher.ended()).code).toBe(5);
    const [started, first, second] = launcher.lines;
    expect(started?.args).toEqual(['--flag', '--config', expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/config\.json$/)]);
    expect(Object.keys(started?.env ?? {}).filter((name) => name.startsWith('egf_') || name === 'RES_OPTIONS')).toEqual([]);
    expect(started?.env).toMatchObject({ KEPT: 'yes', AWS_PROFILE: 'kept' });
    expect(first).toEqual({
      status: 200,
      config: { ...AUTH, port: 2020, log_level: 'debug', elastic: { ...AUTH.elastic, apiVersion: '7.x' }, 'client-data': 'http://other:8000' },
    });
    expect(second).toEqual({ status: 410, config: null });
    expect(launcher.complaints).toEqual(['launcher: the service asked for its config again: refused, it is given once']);
  });

  test('nobody else gets it, and other paths have nothing', async () => {
    const file = join(folder, 'logic.json');
    writeFileSync(file, JSON.stringify({ 'client-data': 'http://data:8000', queue: 'rethinkdb', rethinkdb: {}, 'consumer-group': 'logic' }));
    const launcher = new Launcher(['--config', pathToFileURL(file).href, ...run], { ASK: '0' });
    const { args = [] } = await launcher.until(({ args }) => args !== undefined);
    const url = args.at(-1) as string;
    expect([(await fetch(url)).status, (await fetch(new URL('/', url))).status, (await fetch(url, { method: 'POST' })).status]).toEqual([404, 404, 404]);
    expect(launcher.complaints).toEqual(['launcher: another process asked for the config of the service: refused']);
  });

  test('a process below the one that was started gets it too', async () => {
    const host = await serving(answers(200, text));
    const launcher = new Launcher(['--config', `http://${host}/auth.json`, '--', 'sh', '-c', '"$0" "$@"; exit $?', process.execPath, SERVICE], { EXIT: '3' });
    expect((await launcher.ended()).code).toBe(3);
    expect(launcher.lines[1]?.status).toBe(200);
  });

  test('signals reach it; what ends it is the exit code', async () => {
    const host = await serving(answers(200, text));
    const launcher = new Launcher(['--config', `http://${host}/auth.json`, ...run]);
    await launcher.until(({ ready }) => ready === true);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      launcher.child.kill(signal);
      await launcher.until((line) => line.signal === signal);
    }
    launcher.child.kill('SIGHUP');
    expect((await launcher.ended()).code).toBe(7);
    expect(launcher.lines.map(({ signal }) => signal).filter(Boolean)).toEqual(['SIGTERM', 'SIGINT', 'SIGHUP']);
  });

  test('killed by a signal: 128 and its number', async () => {
    const host = await serving(answers(200, text));
    const launcher = new Launcher(['--config', `http://${host}/auth.json`, '--', 'sh', '-c', 'kill -KILL $$']);
    expect((await launcher.ended()).code).toBe(137);
  });

  test('that never asks is said, and can still ask', async () => {
    const host = await serving(answers(200, text));
    const late = `setTimeout(() => require(${JSON.stringify(SERVICE)}), 2500)`;
    const launcher = new Launcher(['--config', `http://${host}/auth.json`, '--timeout', '1', '--', process.execPath, '-e', late, '--'], { EXIT: '0' });
    expect((await launcher.ended()).code).toBe(0);
    expect(launcher.complaints).toEqual(['launcher: the service has not asked for its config within 1 s; it can still have it']);
    expect(launcher.lines[1]?.status).toBe(200);
  });
});

describeReal(['setpriv'], 'a launcher that is killed', () => {
  test('takes a service with it that setpriv has started', async () => {
    const host = await serving(answers(200, text));
    const launcher = new Launcher(['--config', `http://${host}/auth.json`, '--', 'setpriv', '--pdeathsig', 'KILL', process.execPath, SERVICE]);
    await launcher.until(({ ready }) => ready === true);
    const own = () => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(launcher.lines[0]?.args?.at(-1) as string));
    expect(own().length).toBe(1);
    launcher.child.kill('SIGKILL');
    await eventually(() => own().length === 0);
  });
});

test('--check tells whether a document is good, and runs nothing', async () => {
  const host = await serving(({ url }, response) => response.end(url === '/auth.json' ? JSON.stringify({ ...AUTH, password: 'secretsmanager:x' }) : '{}'));
  const good = new Launcher(['--config', `http://${host}/auth.json`, '--check']);
  const bad = new Launcher(['--config', `http://${host}/logic.json`, '--check']);
  expect([(await good.ended()).code, (await bad.ended()).code]).toEqual([0, 1]);
  expect(good.stdout).toBe(`http://${host}/auth.json: a good document of auth; secrets were not asked for\n`);
  expect(bad.complaints.map((line) => line.split(': ')[2])).toEqual(['client-data', 'queue', 'consumer-group']);
});

function commandOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
