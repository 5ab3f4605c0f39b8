import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { RecordingTools } from '../support/recording-tools';

/** A working folder whose config says that the server's source is in `moshi/`. */
function withSource(pyproject: string): RecordingTools {
  const tools = new RecordingTools();
  mkdirSync(join(tools.root, 'moshi'));
  writeFileSync(join(tools.root, 'moshi/pyproject.toml'), pyproject);
  writeFileSync(join(tools.root, 'estates.json'), JSON.stringify({ moshi: { shared: { serverSource: 'moshi' } } }));
  return tools;
}

const PYPROJECT = `[build-system]
requires = ["setuptools>=68"]

[project] # the package
name = "moshi"
version = "1.2.9"
dependencies = ["thing"]

[tool.other]
version = "7.7.7"
`;

describe('bump', () => {
  test.each([
    [[], '1.2.10'],
    [['--part', 'minor'], '1.3.0'],
    [['--part', 'major'], '2.0.0'],
  ])('%j makes it %s, and changes nothing else', (args, version) => {
    const tools = withSource(PYPROJECT);
    expect(tools.run('bump', args)).toMatchObject({ code: 0, output: expect.stringContaining(`1.2.9 -> ${version}`) });
    expect(readFileSync(join(tools.root, 'moshi/pyproject.toml'), 'utf8')).toBe(PYPROJECT.replace('1.2.9', version));
  });

  test('a dry run changes nothing', () => {
    const tools = withSource(PYPROJECT);
    expect(tools.run('bump', ['--dry-run']).output).toContain('Would write');
    expect(readFileSync(join(tools.root, 'moshi/pyproject.toml'), 'utf8')).toBe(PYPROJECT);
  });

  test.each([
    ['[project]\nname = "moshi"\ndynamic = ["version"]\n[tool.x]\nversion = "1.0.0"\n', [], 'says no name and version in [project]'],
    [PYPROJECT.replace('1.2.9', '1.2.9rc1'), [], 'is not three numbers with dots'],
    [PYPROJECT, ['--part', 'tiny'], 'PART is major, minor, patch, not tiny'],
  ])('refuses what it cannot raise: %j %j', (pyproject, args, says) => {
    const { code, output } = withSource(pyproject).run('bump', args);
    expect(code).toBe(2);
    expect(output).toContain(says);
  });
});

test.each(['build', 'publish', 'bump'])('%s says that the source is not there', (script) => {
  const { code, output } = new RecordingTools().run(script, ['--dry-run']);
  expect(code).toBe(2);
  expect(output).toContain("../moshi/pyproject.toml is not there: clone the server's repository, or set shared.serverSource");
});

test('a dry run of publish uploads nothing, and names the repository of the config', () => {
  const { code, output } = withSource(PYPROJECT).run('publish', ['--dry-run']);
  expect(code).toBe(0);
  expect(output).toContain('upload moshi 1.2.9 to https://us-central1-python.pkg.dev/moshi-3/pypi/');
});

describe('healthcheck', () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });

  /** A server in another process would need one more program: this one answers while the script waits, so the script runs beside it. */
  async function check(listener: RequestListener) {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return new RecordingTools().runBeside('healthcheck', ['--url', url]);
  }

  test('a well server, and its version', async () => {
    const { code, output } = await check(({ url }, response) => response.end(url === '/version' ? '0.2.0\n' : 'OK'));
    expect(code).toBe(0);
    expect(output).toMatch(/well .*\/healthz {2}OK\nwell .*\/version {2}0\.2\.0/);
  });

  test.each([
    [502, 'HTTP 502: the load balancer has no healthy machine'],
    [429, 'HTTP 429: too many requests from here'],
    [302, 'HTTP 302: redirected'],
    [500, 'HTTP 500: broken'],
  ])('answers %i: says %s, and fails', async (status, says) => {
    const { code, output } = await check((_, response) => response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('broken'));
    expect(code).toBe(1);
    expect(output).toContain(says);
    expect(output).toContain('docs/runbooks/moshi.md');
  });

  test('nobody listens', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { code, output } = await new RecordingTools().runBeside('healthcheck', ['--url', `http://127.0.0.1:${port}`]);
    expect(code).toBe(1);
    expect(output).toContain('nobody listens there');
  });

  test('asks the hosts of the config', () => {
    expect(new RecordingTools().run('healthcheck', ['--dry-run', '--env', 'prod']).output).toContain(
      'https://prod.chatmoshi.com/healthz and https://prod.chatmoshi.com/version',
    );
  });
});
