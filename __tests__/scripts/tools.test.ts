import { UsageError } from '../../rehearsal/runner/failure';
import { Groups } from '../../scripts/support/egf2/groups';
import { SystemsManager } from '../../scripts/support/egf2/systems-manager';
import { look } from '../../scripts/support/preflight/look';
import { awsCaller, git, Tool } from '../../scripts/support/tool';
import { RecordingTools } from '../support/recording-tools';

const CLOUD = ['new-project-setup', 'pypi-config', 'cycle', 'auth', 'filmlinkd-deliver'];
const GITHUB = ['github-secrets', 'gha-access-token'];
const ALL = [
  ...CLOUD,
  ...GITHUB,
  'auth-install',
  'build',
  'bump',
  'publish',
  'healthcheck',
  'delivery',
  'filmlinkd-rollback',
  'egf2-restart',
  'adopt',
  'drift',
  'up',
  'bootstrap',
];

test.each(ALL)('%s explains itself, and calls nothing', (script) => {
  const { code, output, calls } = new RecordingTools().run(script, ['--help']);
  expect([code, calls]).toEqual([0, []]);
  expect(output).toContain(`make ${script}`);
  expect(output).toContain(`npx tsx scripts/${script}.ts`);
});

test.each(CLOUD)('%s says how to get gcloud', (script) => {
  const { code, output } = new RecordingTools({}, ['gcloud']).run(script, ['--yes']);
  expect([code, output.trim()]).toEqual([2, 'gcloud is not on PATH: install the Google Cloud CLI, https://cloud.google.com/sdk/docs/install']);
});

test.each(CLOUD.filter((script) => script !== 'auth'))('%s says how to log in', (script) => {
  const { code, output } = new RecordingTools({ account: undefined }).run(script, ['--yes']);
  expect([code, output.trim()]).toEqual([2, 'gcloud: not logged in. Run make auth']);
});

test('a login that has expired is said in one line, too', () => {
  const says = 'ERROR: (gcloud.projects.describe) There was a problem refreshing your current auth tokens: Reauthentication failed.';
  const { code, output } = new RecordingTools({ fails: 'projects describe', says }).run('new-project-setup', ['--yes']);
  expect([code, output.trim()]).toEqual([2, 'gcloud: not logged in. Run make auth']);
});

test('egf2-restart says how to get aws', () => {
  const { code, output } = new RecordingTools({}, ['aws']).run('egf2-restart', ['--yes', '--service', 'all']);
  expect([code, output.trim()]).toEqual([2, 'aws is not on PATH: install the AWS CLI, https://docs.aws.amazon.com/cli']);
});

test.each(GITHUB)('%s says how to get gh, and how to log in', (script) => {
  expect(new RecordingTools({}, ['gh']).run(script, ['--yes'])).toMatchObject({
    code: 2,
    output: 'gh is not on PATH: install the GitHub CLI, https://cli.github.com\n',
  });
  expect(new RecordingTools({ github: false }).run(script, ['--yes'])).toMatchObject({ code: 2, output: 'gh: not logged in. Run gh auth login\n' });
});

test('an option that does not exist is refused', () => {
  expect(new RecordingTools().run('new-project-setup', ['--foce'])).toMatchObject({
    code: 2,
    output: expect.stringMatching(/Unknown option '--foce'[\s\S]*See --help/),
  });
});

test("wrong config is the config's own message", () => {
  const { code, output } = new RecordingTools().run('pypi-config', [], { ESTATES_CONFIG: 'nowhere.json' });
  expect(code).toBe(2);
  expect(output).toContain('nowhere.json (ESTATES_CONFIG) cannot be read');
});

test('pypi-config asks for the repository of the config', () => {
  const { code, output, stdout, calls } = new RecordingTools().run('pypi-config');
  expect(code).toBe(0);
  expect(calls.at(-1)?.command).toBe('gcloud artifacts print-settings python --project=moshi-3 --repository=pypi --location=us-central1');
  expect(output).toContain('Next: put these into ~/.pypirc');
  expect(stdout).toBe('# Insert the following snippet into your .pypirc\n'); // it may be on its way into that file
});

test('without Python nothing is said to be installed', () => {
  const { code, output } = new RecordingTools().run('auth-install');
  expect(code).toBe(2);
  expect(output).toMatch(/\n\npython3 is not on PATH: install Python 3\.11 or newer\n$/);
  expect(output).not.toContain('Installing');
});

test('a program that was interrupted, or says nothing, gives a reason all the same', () => {
  const shell = new Tool('sh', '', []);
  expect(() => shell.write(['-c', 'kill -INT $$'])).toThrow(/^sh -c kill -INT \$\$ was interrupted \(SIGINT\)$/);
  expect(() => shell.read('-c', 'exit 3')).toThrow('failed:\nexit code 3, and it said nothing');
});

describe.each([
  ['a page of a proxy', '<html>\n<title>Sign in</title>', /^.* answered what is no JSON: "<html>"$/],
  ['half an answer', '{"Account": "1', /answered what is no JSON/],
  ['an object without what was asked for', '{}', /answered without/],
])('a cloud that answers %s', (_, text, says) => {
  const aws = new Tool('aws', '', [], () => ({ status: 0, signal: null, stdout: text, stderr: '' }));

  test.each<[string, () => unknown]>([
    ['who is logged in', () => awsCaller('us-east-1', aws)],
    ['a refresh', () => new Groups(aws, 'us-east-1').start('g', 90)],
    ['the groups', () => new Groups(aws, 'us-east-1').described(['g'], '')],
    ['a command', () => new SystemsManager(aws, 'us-east-1').send('i-1', 'restart auth', [])],
    ['its end', () => new SystemsManager(aws, 'us-east-1').invocation('i-1', 'c')],
  ])('%s: one line, no trace', (_what, ask) => {
    expect(ask).toThrow(UsageError);
    expect(ask).toThrow(says);
  });

  test('preflight is not content with it', () => {
    const world = { aws, gcloud: aws, ssh: aws, kubectl: aws, git: aws, nameServers: new Map(), baseOf: () => undefined, env: {} };
    expect(look({ kind: 'aws-account', environment: 'shared', region: 'us-east-1' }, world, 'egf2')).toMatchObject({ state: 'cannot be told' });
  });
});

describe('a source', () => {
  const repository = 'https://github.com/EGF2/auth.git';
  const looked = (stderr: string) => {
    const gitSays = git.startedBy(() => ({ status: 128, signal: null, stdout: '', stderr }));
    const world = { aws: gitSays, gcloud: gitSays, ssh: gitSays, kubectl: gitSays, git: gitSays, nameServers: new Map(), baseOf: () => undefined, env: {} };
    return look({ kind: 'source', environment: 'prod', of: 'auth', repository, commit: 'a'.repeat(40), configuredBy: 'x' }, world, 'egf2');
  };

  test.each([
    [`fatal: unable to access '${repository}/': Could not resolve host: github.com`],
    [`fatal: unable to access '${repository}/': Failed to connect to github.com port 443 after 75001 ms: Couldn't connect to server`],
    [`fatal: unable to access '${repository}/': The requested URL returned error: 503`],
    [`fatal: unable to access '${repository}/': SSL certificate problem: self-signed certificate in certificate chain`],
  ])('that nobody could ask may well be there: %s', (stderr) => {
    expect(looked(stderr)).toMatchObject({ state: 'cannot be told', remark: 'git: the repository cannot be reached. Is there a network?', mend: [] });
  });

  test.each([
    ["fatal: could not read Username for 'https://github.com': terminal prompts disabled"],
    ['remote: Repository not found.\nfatal: repository not found'],
    [''],
  ])('whose host refuses it is missing: %s', (stderr) => {
    expect(looked(stderr)).toMatchObject({ state: 'missing', remark: 'it cannot be cloned without a login: git ls-remote does not get there' });
  });
});

test('an answer without end is one line', () => {
  const error = Object.assign(new Error('spawnSync aws ENOBUFS'), { code: 'ENOBUFS' });
  const aws = new Tool('aws', '', [], () => ({ status: null, signal: 'SIGTERM', stdout: '', stderr: '', error }));
  expect(() => aws.read('s3api', 'list-buckets')).toThrow(/^aws answered more than 64 MiB$/);
});
