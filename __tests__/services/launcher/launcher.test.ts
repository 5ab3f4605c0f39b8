import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { problemsOf } from '../../../services/launcher/check';
import { parseCommandLine } from '../../../services/launcher/command-line';
import { fetchDocument } from '../../../services/launcher/document';
import { FetchFailure, LaunchError } from '../../../services/launcher/failure';
import { json } from '../../../services/launcher/json';
import { merged, overridesOf, withoutOverrides } from '../../../services/launcher/overrides';
import { Patience } from '../../../services/launcher/patience';
import { withSecrets } from '../../../services/launcher/secrets';
import { shownUrl } from '../../../services/launcher/shown-url';

function problemsAt(line: readonly string[]): readonly string[] {
  try {
    parseCommandLine(line);
  } catch (error) {
    if (error instanceof LaunchError) return error.problems;
    throw error;
  }
  return [];
}

describe('the command line', () => {
  test('names the document, and all behind -- is the command', () => {
    const line = ['--config', 'https://configs.example/dev/client-api.json?v=2', '--timeout=5', '--', 'node', 'service.js', '--config', '--', 'x'];
    expect(parseCommandLine(line)).toEqual({
      config: new URL('https://configs.example/dev/client-api.json?v=2'),
      service: 'client-api',
      seconds: 5,
      command: ['node', 'service.js', '--config', '--', 'x'],
    });
  });

  test('--service goes before the name of the document; 60 s if nothing is said', () => {
    expect(parseCommandLine(['--config', 's3://b/auth.json', '--service', 'sync', '--check'])).toMatchObject({
      service: 'sync',
      seconds: 60,
      command: undefined,
    });
  });

  test('--help', () => expect(parseCommandLine(['--help'])).toBeUndefined());

  test.each([
    [['--', 'node'], ['--config: must be given: --config URL']],
    [
      ['--config', 'ftp://h/auth.json', '--timeout', '0', '--service', 'x'],
      ['--config: must be a URL with', '--service: must be one of', '--timeout: must be seconds', 'no command'],
    ],
    [['--config', 'file:///other.json', '--', 'node'], ['--service: not given, and the document is not named by a service']],
    [['--config', 'file:///auth.json', '--check', '--', 'node'], ['--check runs nothing']],
    [['http://user:hunter2@h/', '--', 'node'], ['an argument belongs to no option']],
    [['--confg=http://user:hunter2@h/', '--', 'node'], ["Unknown option '--confg'"]],
    [['--config', 'http://user:hunter2@h:99999/auth.json', '--', 'node'], ['--config: must be a URL with']],
  ])('%j is refused', (line, problems) => {
    expect(problemsAt(line)).toEqual(problems.map((problem) => expect.stringContaining(problem)));
    expect(problemsAt(line).join()).not.toContain('hunter2');
  });
});

test.each([
  ['https://user:hunter2@h.example/a.json?sig=hunter2&x=#hunter2', 'https://h.example/a.json?sig=...&x=...'],
  ['s3://bucket/dev/auth.json', 's3://bucket/dev/auth.json'],
  ['file:///etc/auth.json', 'file:///etc/auth.json'],
])('%s is shown as %s', (url, shown) => expect(shownUrl(new URL(url))).toBe(shown));

describe('egf_* of the environment', () => {
  const env = {
    egf_port: '2019',
    'egf_client-data': 'http://data:8000',
    egf_rethinkdb: '{"tls":{"on":true}}',
    egf_list: '[1]',
    egf_empty: '',
    EGF_PORT: '1',
    PATH: '/bin',
  };

  test('is JSON where it parses, else text', () => {
    expect(overridesOf(env)).toEqual({ port: 2019, 'client-data': 'http://data:8000', rethinkdb: { tls: { on: true } }, list: [1], empty: '' });
    expect(withoutOverrides(env)).toEqual({ EGF_PORT: '1', PATH: '/bin' });
  });

  test('goes before the document: objects key by key, anything else as a whole', () => {
    const document = { port: 1, rethinkdb: { host: 'db', tls: { on: false, ca: 'x' } }, list: [1, 2, 3], kept: null };
    expect(merged(document, overridesOf(env))).toEqual({
      port: 2019,
      'client-data': 'http://data:8000',
      rethinkdb: { host: 'db', tls: { on: true, ca: 'x' } },
      list: [1],
      empty: '',
      kept: null,
    });
    expect(document.rethinkdb.tls.on).toBe(false);
  });

  test('may not be nested without end', () => {
    const read = () => overridesOf({ egf_graph: `${'['.repeat(50_000)}${']'.repeat(50_000)}` });
    expect(read).toThrow(LaunchError);
    expect(read).toThrow(/^egf_graph has more than 200 objects and lists in each other$/);
  });

  test('a key of objects themselves is a key', () => {
    const both = merged(JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"b":2},"constructor":{"c":3}}'));
    expect(JSON.stringify(both)).toBe('{"__proto__":{"a":1,"b":2},"constructor":{"c":3}}');
    expect(({} as Record<string, unknown>).b).toBeUndefined();
  });
});

test.each([
  ['{"a":1}', undefined],
  ['\ufeff{"a":1}', undefined],
  ['', 'is empty'],
  ['{"a": hunter2}', 'is not JSON: 14 bytes'],
  ['{"a":1,\n  "b" "hunter2"}', 'wrong at line 2, column 7'],
  ['{"a": "hunter2', 'is not JSON'],
  ['"hunter2"', 'holds a single value'],
  [`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'has more than 200 objects and lists in each other'],
])('a document of these bytes, %#', (text, problem) => {
  const read = () => json(Buffer.from(text));
  if (problem === undefined) {
    expect(read()).toEqual({ a: 1 });
  } else {
    expect(read).toThrow(problem);
    expect(read).not.toThrow('hunter2');
  }
});

test('what is wrong is said with its place; what looks secret, or was a secret, is not shown', () => {
  const document = {
    port: 'from-a-secret',
    'client-data': 'http://u:hunter2@h:1/\nx y',
    storage: 'mysql',
    queue: 'kafka',
    cassandra: { credentials: { username: 'u', password: 5 } },
  };
  const lines = problemsOf(document, { service: 'client-data', secret: new Set(['port']), overrides: { storage: 'mysql' } });
  expect(lines).toEqual([
    'port: found 13 characters, which are not shown; must be a port, 1 to 65535',
    'storage (given by egf_storage): found "mysql"; must be "rethinkdb" or "cassandra"',
    'cassandra.contactPoints: is not there; must be a list of hosts, such as ["localhost:9200"]',
    expect.stringMatching(/^cassandra\.keyspace: is not there; /),
    expect.stringMatching(/^cassandra\.credentials\.password: found a number, which is not shown; /),
    'queue: found "kafka"; names a section that is not there: write it',
  ]);
});

test('a secret is tried again while that may help', async () => {
  let tries = 0;
  const read = async (name: string) => {
    tries += 1;
    if (tries < 3) throw new FetchFailure('busy', true);
    return `value of ${name}`;
  };
  expect(await withSecrets({ a: [{ b: 'secretsmanager:x' }] }, read, new Patience(60))).toMatchObject({ document: { a: [{ b: 'value of x' }] }, problems: [] });
  expect(tries).toBe(3);
});

test('a value that looks like a reference is not one once it was put in', async () => {
  const { document } = await withSecrets(
    { a: 'secretsmanager:x#n', b: 'secretsmanager:y' },
    async (name) => (name === 'x' ? '{"n":7}' : 'secretsmanager:x'),
    new Patience(1),
  );
  expect(document).toEqual({ a: 7, b: 'secretsmanager:x' });
});

test('a key with dots is no path: a secret stands where its reference stood, and nowhere else', async () => {
  const document = { 'a.b': 'secretsmanager:x', a: { b: 'plain' }, c: { 'd.e': 'secretsmanager:x' }, 'c.d': { e: 'secretsmanager:y' } };
  expect((await withSecrets(document, async (name) => `value of ${name}`, new Patience(1))).document).toEqual({
    'a.b': 'value of x',
    a: { b: 'plain' },
    c: { 'd.e': 'value of x' },
    'c.d': { e: 'value of y' },
  });
});

test('a file', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'launcher-')), 'auth #1%.json');
  writeFileSync(file, '{"port":1}');
  expect(await fetchDocument(pathToFileURL(file), new Patience(5))).toEqual({ port: 1 });
});
