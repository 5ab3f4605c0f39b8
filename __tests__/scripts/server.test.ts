import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { TOOLS } from '../../scripts/support/python';
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
    [PYPROJECT, ['--part', 'tiny'], 'PART is major, minor, patch, not "tiny"'],
    [PYPROJECT, ['--part', ''], 'PART is major, minor, patch, not ""'],
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

describe('publish', () => {
  /** A build of 1.2.9, and a Python whose twine says of each file what `says` has for it. */
  const built = (version: string, says: Record<string, string> = {}) => {
    const tools = withSource(PYPROJECT.replace('1.2.9', version));
    const put = (file: string, text: string, mode = 0o644) => {
      mkdirSync(dirname(join(tools.root, file)), { recursive: true });
      writeFileSync(join(tools.root, file), text, { mode });
    };
    for (const file of ['moshi-1.2.9-py3-none-any.whl', 'moshi-1.2.9.tar.gz']) put(`.cache/package/${file}`, '');
    put('.cache/package/built-from.txt', 'moshi 1.2.9');
    put('.cache/python/tools.txt', TOOLS.join('\n'));
    const cases = Object.entries(says).map(([ending, text]) => `*${ending}) echo '${text}'; exit 1 ;;`);
    put('.cache/python/bin/python', `#!/bin/sh\ncase "$*" in ${cases.join(' ')} esac\n`, 0o755);
    return tools;
  };
  const publish = (tools: RecordingTools, ...more: string[]) => tools.run('publish', ['--built', '--yes', ...more]);

  test('a half-finished upload is finished: what is there already is no reason to leave out the rest', () => {
    const tools = built('1.2.9', { '.whl': 'HTTPError: 409 Conflict' });
    const { code, output } = publish(tools);
    expect(code).toBe(0);
    expect(output).toContain('moshi-1.2.9-py3-none-any.whl: there already, stays as it is\n  moshi-1.2.9.tar.gz: published\n');
    expect(output).not.toContain('make bump');
  });

  test('an upload that is refused says which file', () => {
    const { code, output } = publish(built('1.2.9', { '.tar.gz': 'HTTPError: 400 Bad Request' }));
    expect(code).toBe(2);
    expect(output).toMatch(/any\.whl: published[\s\S]*twine cannot upload moshi-1\.2\.9\.tar\.gz to https:/);
  });

  test('BUILT=1 does not announce one version and upload another', () => {
    const { code, output } = publish(built('1.2.10'));
    expect([code, output]).toEqual([2, 'What is built is moshi 1.2.9, the source is moshi 1.2.10: run make build first\n']);
  });

  test('a build that is not whole is not uploaded', () => {
    const tools = built('1.2.9');
    rmSync(join(tools.root, '.cache/package/moshi-1.2.9.tar.gz'));
    const { code, output } = publish(tools);
    expect(code).toBe(2);
    expect(output).toMatch(/^Expected one wheel and one source package, found moshi-1\.2\.9-py3-none-any\.whl in .*: run make build first\n$/);
  });

  test("what twine says has no colours of a terminal's", () => {
    const { output } = publish(built('1.2.9', { '.whl': '\u001b[31mERROR\u001b[0m   it does not like it' }));
    expect(output).toContain('\nERROR   it does not like it\n');
  });

  test.each(['http://me:hush@127.0.0.1/', 'http://hush@127.0.0.1/', 'hush', 'ftp://hush/'])('URL=%s is refused, and not repeated', (url) => {
    const { code, output } = publish(built('1.2.9'), '--url', url);
    expect(code).toBe(2);
    expect(output).not.toContain('hush');
  });
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

  test('a web page is not the server, though it answers 200', async () => {
    const { code, output } = await check((_, response) => response.end('<!doctype html><title>Parked</title>'));
    expect(code).toBe(1);
    expect(output).toContain('WRONG ');
  });

  test('URL= must be one', () => {
    expect(new RecordingTools().run('healthcheck', ['--url', 'garbage'])).toMatchObject({
      code: 2,
      output: expect.stringMatching(/^URL= \(--url\) is no URL.*\n$/),
    });
  });

  test('the domain itself can be the host', () => {
    const tools = new RecordingTools();
    writeFileSync(join(tools.root, 'estates.json'), JSON.stringify({ moshi: { prod: { server: { host: '@' }, websiteHosts: ['www'] } } }));
    expect(tools.run('healthcheck', ['--dry-run', '--env', 'prod']).output).toContain('Would ask https://chatmoshi.com/healthz');
  });

  test('asks the hosts of the config', () => {
    expect(new RecordingTools().run('healthcheck', ['--dry-run', '--env', 'prod']).output).toContain(
      'https://prod.chatmoshi.com/healthz and https://prod.chatmoshi.com/version',
    );
  });
});
