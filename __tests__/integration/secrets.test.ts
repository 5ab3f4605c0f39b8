import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudBench } from '../support/cloud/bench';
import { type CloudState, newProject, type Project } from '../support/cloud/project';
import { describeReal } from '../support/real';

const EMPTY = { DEV_TOKEN: [], PROD_TOKEN: [], API_KEY: [] };
const HAS = [{ state: 'ENABLED', value: 'old' }];
/** Everything that a shell, a terminal or an encoding could spoil. */
const NASTY = `  '"$HOME=\`id\` $(id) \\n %s; ü😀= `;
const bytes = (text: string) => Buffer.from(text).toString('latin1');

/** In front of an estate with three secrets. */
class SecretsBench extends CloudBench {
  constructor(secrets: Project['secrets'], more: Partial<CloudState> & { readonly slow?: number } = {}) {
    const films = { ...newProject(), services: ['secretmanager.googleapis.com'], secrets };
    super('__tests__/support/cloud/secrets-main.ts', { projects: { films }, ...more });
  }
}

let bench: SecretsBench;
afterEach(() => bench?.close());

/** The value is in what gcloud read, and nowhere else that anybody could look. */
function expectSecrecy(output: string, ...values: string[]): void {
  const files = readdirSync(bench.root, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !['calls', 'state.json', 'gcloud.js', 'pid'].includes(entry.name),
  );
  for (const value of values) {
    expect(output).not.toContain(value);
    expect(bench.calls.flatMap(({ args }) => args).join('\n')).not.toContain(value);
    for (const file of files) expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain(value);
  }
}

describe('from standard input', () => {
  test('each value that is missing is added, byte for byte, and nothing else', () => {
    bench = new SecretsBench({ ...EMPTY, PROD_TOKEN: HAS });
    const { code, output } = bench.piped(`DEV_TOKEN=${NASTY}\nAPI_KEY=hunter2\nPROD_TOKEN=other-than-old\n`, '--yes');
    expect([code, bench.values]).toEqual([0, { DEV_TOKEN: bytes(NASTY), PROD_TOKEN: 'old', API_KEY: 'hunter2' }]);
    expect(output).toMatch(
      /Kept, because they have a value: PROD_TOKEN[\s\S]*Asks for and adds:\n {2}- the value of DEV_TOKEN[\s\S]*added {2}DEV_TOKEN[\s\S]*Next: make preflight/,
    );
    expect(bench.added[0]?.args).toEqual(['secrets', 'versions', 'add', 'DEV_TOKEN', '--project=films', '--data-file=-', '--format=none']);
    expectSecrecy(output, NASTY.trim(), 'hunter2', 'other-than-old');
  });

  test('a name that is none is refused before anything is added, and its line is not shown', () => {
    bench = new SecretsBench(EMPTY);
    const { code, output } = bench.piped('DEV_TOKEN=hunter2\nDEV_TOKNE=hunter3\n', '--yes');
    expect([code, bench.added]).toEqual([2, []]);
    expect(output).toContain('line 2 starts with none of these names and "="\nThere is DEV_TOKEN, PROD_TOKEN, API_KEY. Nothing was added.');
    expectSecrecy(output, 'hunter2', 'hunter3');
  });

  test('who names some only is told what is left, and a second run adds that', () => {
    bench = new SecretsBench(EMPTY);
    const first = bench.piped('API_KEY=a\n', '--yes');
    expect(first).toMatchObject({ code: 1, output: expect.stringMatching(/DEV_TOKEN has no new value[\s\S]*PROD_TOKEN has no new value/) });
    expect(bench.piped('API_KEY=b\nDEV_TOKEN=c\nPROD_TOKEN=d\n', '--yes').code).toBe(0);
    expect(bench.values).toEqual({ API_KEY: 'a', DEV_TOKEN: 'c', PROD_TOKEN: 'd' });
    expect(bench.piped('', '--yes')).toMatchObject({ code: 0, output: expect.stringContaining('Nothing to add.') });
  });

  test('of one environment, only its own and the shared ones are asked for', () => {
    bench = new SecretsBench(EMPTY);
    expect(bench.piped('DEV_TOKEN=a\nAPI_KEY=b\n', '--yes', '--env', 'dev').code).toBe(0);
    expect(bench.values).toEqual({ DEV_TOKEN: 'a', API_KEY: 'b', PROD_TOKEN: undefined });
    expect(bench.piped('PROD_TOKEN=c\n', '--yes', '--env', 'dev').output).not.toContain('PROD_TOKEN');
    expect(bench.piped('', '--yes', '--env', 'test')).toMatchObject({ code: 2, output: expect.stringContaining('environment test; there is dev, prod') });
  });

  test('nobody who did not say yes', () => {
    bench = new SecretsBench(EMPTY);
    const { code, output } = bench.piped('DEV_TOKEN=hunter2\n');
    expect([code, bench.added]).toEqual([2, []]);
    expect(output).toContain('pass --yes (YES=1)');
  });

  test('a dry run asks gcloud, and nobody else', () => {
    bench = new SecretsBench({ ...EMPTY, API_KEY: HAS });
    const { code, output } = bench.piped('', '--dry-run');
    expect([code, bench.added]).toEqual([0, []]);
    expect(output).toMatch(/Would ask for and add:\n.*DEV_TOKEN.*\n.*PROD_TOKEN.*\n\nNothing was added \(dry run\)/);
  });
});

test('a secret that is not there yet is named with its stack, the others get their values', () => {
  bench = new SecretsBench({ DEV_TOKEN: [], API_KEY: [] });
  const { code, output } = bench.piped('DEV_TOKEN=a\nAPI_KEY=b\n', '--yes');
  expect([code, bench.values]).toEqual([1, { DEV_TOKEN: 'a', API_KEY: 'b' }]);
  expect(output).toContain("PROD_TOKEN is not there yet: make deploy STACKS='films-data-shared', then run the same command again");
});

test('who may not see the versions is told the role', () => {
  bench = new SecretsBench(EMPTY, { denied: ['secrets versions list PROD'] });
  const { code, output } = bench.piped('DEV_TOKEN=a\nAPI_KEY=b\n', '--yes');
  expect([code, output]).toEqual([1, expect.stringContaining('PROD_TOKEN cannot be seen: it takes roles/secretmanager.viewer on films')]);
});

test('gcloud refuses one: what was added stays, and the message holds no value', () => {
  bench = new SecretsBench(EMPTY, { denied: ['secrets versions add PROD'] });
  const { code, output } = bench.piped('DEV_TOKEN=hunter2\nPROD_TOKEN=hunter3\nAPI_KEY=hunter4\n', '--yes');
  expect([code, bench.values]).toEqual([2, { DEV_TOKEN: 'hunter2' }]);
  expect(output).toContain('PROD_TOKEN was not added. The same command asks for what is left.');
  expectSecrecy(output, 'hunter2', 'hunter3', 'hunter4');
});

test('a new value for one that has one, and how the old ones are disabled', () => {
  bench = new SecretsBench({ ...EMPTY, API_KEY: [...HAS, { state: 'DISABLED', value: 'older' }, ...HAS] });
  const { code, output } = bench.piped('API_KEY=new\n', '--yes', '--rotate', 'API_KEY');
  expect([code, bench.values]).toEqual([0, { API_KEY: 'new' }]);
  expect(output).toMatch(/versions disable 1 --secret=API_KEY --project=films\n.*versions disable 3 --secret=API_KEY --project=films\n/);
  expect(bench.piped('', '--yes', '--rotate', 'API')).toMatchObject({ code: 2, output: expect.stringContaining('There is no secret API; there is DEV_TOKEN') });
});

describeReal(['script'], 'at a terminal', () => {
  test('what is typed there is shown without us: the next tests would see it', async () => {
    bench = new SecretsBench(EMPTY);
    bench.terminal('--help; cat');
    await bench.shows(/help/);
    bench.type('hunter2\n');
    await bench.shows(/hunter2/);
  });

  test('asks for each that is missing, shows nothing of what is typed or pasted, also between the questions', async () => {
    bench = new SecretsBench({ ...EMPTY, PROD_TOKEN: HAS }, { slow: 200 });
    bench.terminal();
    await bench.shows(/the development bot's token\s+from Discord's developer portal\s+DEV_TOKEN \(hidden; Ctrl-C ends\): /);
    bench.type(`hunter1\x15${NASTY}x`);
    bench.type('\x7f\r');
    await bench.shows(/\n/, bench.screen.length); // gcloud is at work
    bench.type('hunter3\r');
    await bench.shows(/API_KEY \(hidden/);
    bench.type('\r'); // empty
    await bench.shows(/It is empty\.[\s\S]*API_KEY \(hidden/);
    bench.type('\x1b[200~hunter4\rhunter5\r\x1b[201~\r');
    expect(await bench.ended()).toBe(0);
    expect(bench.values).toEqual({ DEV_TOKEN: bytes(NASTY), PROD_TOKEN: 'old', API_KEY: 'hunter4\nhunter5' });
    expect(bench.screen).not.toContain('PROD_TOKEN (hidden');
    expect(bench.screen).toMatch(/\sicanon .*\secho /s);
    expectSecrecy(bench.screen, NASTY.trim(), 'hunter1', 'hunter3', 'hunter4', 'hunter5');
  });

  test('Ctrl-C writes nothing more and gives the terminal back; the next run asks for the rest', async () => {
    bench = new SecretsBench(EMPTY);
    bench.terminal();
    await bench.shows(/DEV_TOKEN \(hidden/);
    bench.type('hunter1\r');
    await bench.shows(/PROD_TOKEN \(hidden/);
    bench.type('hunter2\x03');
    expect(await bench.ended()).toBe(130);
    expect(bench.screen).toMatch(/Interrupted: 1 of 3 added\. The same command asks for the rest\.[\s\S]*\sisig icanon .*\secho /s);
    expect(bench.screen).toContain('\x1b[?2004l');
    expect(bench.values).toEqual({ DEV_TOKEN: 'hunter1' });
    bench.close();

    bench.screen = '';
    bench.terminal();
    await bench.shows(/PROD_TOKEN \(hidden/);
    expect(bench.screen).not.toContain('DEV_TOKEN (hidden');
    bench.type('\x04');
    expect(await bench.ended()).toBe(130);
    expectSecrecy(bench.screen, 'hunter1', 'hunter2');
  });

  test('Ctrl-C while gcloud is at work ends it before the next question', async () => {
    bench = new SecretsBench(EMPTY, { slow: 500 });
    bench.terminal();
    await bench.shows(/DEV_TOKEN \(hidden/);
    const before = bench.calls.length;
    bench.type('hunter1\r');
    while (bench.calls.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    bench.type('hunter2\r\x03');
    expect(await bench.ended()).toBe(130);
    expect(bench.values).toEqual({ DEV_TOKEN: 'hunter1' });
    expect(bench.screen).not.toContain('PROD_TOKEN (hidden');
    expectSecrecy(bench.screen, 'hunter1', 'hunter2');
  });

  test('a signal gives the terminal back too', async () => {
    bench = new SecretsBench(EMPTY);
    bench.terminal();
    await bench.shows(/DEV_TOKEN \(hidden/);
    bench.type('hunter2');
    await new Promise((resolve) => setTimeout(resolve, 1000)); // it goes through script: what comes after the end is for the shell, which shows it
    process.kill(bench.pid, 'SIGTERM');
    expect(await bench.ended()).toBe(143);
    expect(bench.screen).toMatch(/\sisig icanon .*\secho /s);
    expect(bench.added).toEqual([]);
    expectSecrecy(bench.screen, 'hunter2');
  });
});
