import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { committedSettings } from '../../packer/images/settings';
import { baseImage } from '../../scripts/support/preflight/base-image';
import { mendsOf } from '../../scripts/support/preflight/mend';
import { preflight } from '../../scripts/support/preflight/preflight';
import { bucketSteps, surveyBucket } from '../../scripts/support/state/bucket';
import { CloudBench } from '../support/cloud/bench';
import { REAL_CASES } from '../support/cloud/estates';
import { Person } from '../support/cloud/person';
import { plantsOf } from '../support/cloud/plants';
import { newProject } from '../support/cloud/project';
import { describeReal, find } from '../support/real';

const SCRIPT = 'scripts/preflight.ts';
const APIS = ['serviceusage', 'cloudresourcemanager', 'iam', 'compute', 'artifactregistry'].map((name) => `${name}.googleapis.com`);
const ready = () => ({
  ...newProject(),
  billing: true,
  services: APIS,
  images: [{ name: 'docker-worker-1', family: 'docker-worker' }],
  registries: { 'us-west1/tasks': ['import@latest'] },
});

test('nothing is missing', () => {
  const { code, output } = new CloudBench(SCRIPT, { projects: { 'docker-worker': ready() } }).piped('', '--estate', 'docker-worker');
  expect(output).toMatch(
    /^docker-worker\n {2}gcloud's login +ok +me@example\.org\n[\s\S]* {2}image family docker-worker +ok +docker-worker-1\n[\s\S]*Nothing is missing\.\n$/,
  );
  expect(code).toBe(0);
});

test('of every estate, what is missing, and the commands in their order', () => {
  const worker = { ...ready(), services: APIS.filter((api) => api !== 'iam.googleapis.com'), registries: {} };
  const { code, output } = new CloudBench(SCRIPT, { projects: { 'docker-worker': worker } }).piped('');
  expect(code).toBe(1);
  expect(output).toMatch(
    /^docker-worker$[\s\S]*^ {2}API iam\.googleapis\.com +missing +it is off$[\s\S]*^moshi$[\s\S]*^ {2}project moshi-3 +missing +there is none/m,
  );
  const commands = output.slice(output.indexOf('in this order')).split('\n').slice(2);
  expect(commands.slice(0, 7)).toEqual([
    '  # API iam.googleapis.com',
    '  gcloud services enable iam.googleapis.com --project=docker-worker',
    '  # container image us-west1-docker.pkg.dev/docker-worker/tasks/import:latest',
    "  make deploy STACKS='docker-worker-data-prod'",
    '  gcloud auth configure-docker us-west1-docker.pkg.dev',
    '  docker tag import:latest us-west1-docker.pkg.dev/docker-worker/tasks/import:latest',
    '  docker push us-west1-docker.pkg.dev/docker-worker/tasks/import:latest',
  ]);
});

test('for programs', () => {
  const { code, stdout } = new CloudBench(SCRIPT, { projects: { 'docker-worker': { ...ready(), billing: false } } }).piped(
    '',
    '--estate',
    'docker-worker',
    '--json',
  );
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toContainEqual(
    expect.objectContaining({ estate: 'docker-worker', what: 'project docker-worker', state: 'missing', remark: 'nobody pays for it' }),
  );
});

test('of one environment', () => {
  const { output } = new CloudBench(SCRIPT).piped('', '--estate', 'moshi', '--env', 'dev');
  expect(output).toMatch(/image family moshi-srv/);
  expect(output).not.toMatch(/moshi-srv-0-1-0/);
  expect(new CloudBench(SCRIPT).piped('', '--estate', 'docker-worker', '--env', 'dev')).toMatchObject({
    code: 2,
    output: 'docker-worker has no environment dev; there is prod\n',
  });
});

test('an estate that there is not starts nothing', () => {
  const bench = new CloudBench(SCRIPT);
  expect(bench.piped('', '--estate', 'moshy')).toMatchObject({
    code: 2,
    output: expect.stringMatching(/^There is no estate moshy; there is docker-worker, .*moshi.*\n$/),
  });
  expect(bench.calls).toEqual([]);
});

test('of Terraform Cloud: nothing without an organization, with one the logins and what is asked for', () => {
  expect(new CloudBench(SCRIPT).piped('', '--estate', 'terraform-cloud')).toMatchObject({
    code: 2,
    output: 'terraform-cloud needs nothing yet: its stacks exist, all of them shared, when terraform-cloud.shared.organization is set\n',
  });
  const bench = new CloudBench(SCRIPT);
  bench.write('estates.json', JSON.stringify({ 'terraform-cloud': { shared: { organization: 'ours', notifications: { ops: { type: 'slack' } } } } }));
  const { code, output } = bench.piped('', '--estate', 'terraform-cloud');
  expect(code).toBe(1);
  expect(output).toMatch(
    /Terraform's login at app\.terraform\.io +missing +there is no token\n {2}TFE_TOKEN, .*\n {2}TF_VAR_linode_token, .*\n {2}TF_VAR_notification_url_ops, /,
  );
  expect(output).toMatch(/^ {2}terraform login$/m);
  expect(bench.calls).toEqual([]);
});

test('without gcloud nothing can be told, and how to get it is', () => {
  const { code, output } = new CloudBench(SCRIPT, {}, ['gcloud']).piped('', '--estate', 'moshi');
  expect(code).toBe(1);
  expect(output).toMatch(
    /gcloud's login +missing +gcloud is not on PATH: install the Google Cloud CLI, https:\S+\n {2}project moshi-3 +cannot be told +nobody is logged in to look/,
  );
});

test('make secrets knows the real estates, and has nothing to do where none declares one', () => {
  const bench = new CloudBench('scripts/secrets.ts');
  expect(bench.piped('', '--estate', 'moshi')).toMatchObject({ code: 0, output: 'Nothing to do: no secret is declared by what you chose.\n' });
  expect(bench.piped('', '--help')).toMatchObject({ code: 0, output: expect.stringContaining('make secrets ESTATE=') });
  expect(new CloudBench(SCRIPT).piped('', '--help')).toMatchObject({ code: 0, output: expect.stringContaining('make preflight ESTATE=') });
});

test("the web hook's secret of docker-worker gets its value, and preflight is content with it", () => {
  const webhook = { auth: 'hmac', callers: null, reason: 'The callers are machines of somebody else' };
  const settings = JSON.stringify({ 'docker-worker': { prod: { webhook } } });
  const project = { ...ready(), services: [...APIS, 'secretmanager.googleapis.com'], secrets: { 'docker-worker-webhook': [] } };
  const bench = new CloudBench('scripts/secrets.ts', { projects: { 'docker-worker': project } });
  bench.write('estates.json', settings);
  expect(bench.piped('', '--estate', 'docker-worker', '--dry-run').output).toContain(
    "- the value of docker-worker-webhook (docker-worker): what the web hook's callers sign with",
  );
  expect(bench.piped('docker-worker-webhook=hunter2\n', '--estate', 'docker-worker', '--yes').code).toBe(0);
  const look = new CloudBench(SCRIPT, bench.state);
  look.write('estates.json', settings);
  expect(look.piped('', '--estate', 'docker-worker')).toMatchObject({ code: 0, output: expect.stringMatching(/secret docker-worker-webhook, .* ok\n/) });
});

/** Every gcloud command that is run or printed, from every finding there can be. */
function everyCommand(): string[] {
  const settings = committedSettings();
  const commands = new Set<string>();
  for (const one of REAL_CASES) {
    const plants = [undefined, ...one.needs.flatMap(plantsOf).map(({ plant }) => plant)];
    for (const plant of plants) {
      const project = { ...newProject(), billing: true, services: ['builds', ...APIS, 'secretmanager.googleapis.com', 'cloudbuild.googleapis.com'] };
      const connections = { github: { stage: 'COMPLETE', repositories: { 'jimlind-filmlinkd': 'https://github.com/jimlind/filmlinkd.git' } } };
      const projects = Object.fromEntries(['docker-worker', 'moshi-3', 'filmlinkd'].map((name) => [name, { ...structuredClone(project), connections }]));
      const person = new Person({ account: 'me', adc: true, projects, buckets: [], denied: [] });
      try {
        plant?.(person.state);
      } catch {
        continue; // what it takes away is not there
      }
      const { gcloud, aws, ssh, kubectl, git, nameServers } = person;
      const found = preflight([one], { gcloud, aws, ssh, kubectl, git, nameServers, baseOf: (family) => baseImage(family, settings), env: {} });
      for (const command of [...person.gcloudCalls, ...mendsOf(found).map((mend) => mend.command)]) if (command.startsWith('gcloud ')) commands.add(command);
    }
  }
  // what make bootstrap runs, what make secrets runs and prints, and what mends an image that there is
  return [
    ...commands,
    ...bootstrapCommands(),
    'gcloud secrets versions add A --project=filmlinkd --data-file=- --format=none',
    'gcloud secrets versions disable 1 --secret=A --project=filmlinkd',
    'gcloud compute images deprecate moshi-srv-1 --state=ACTIVE --project=moshi-3',
  ];
}

/** Of a bucket that is not there, and of one that nothing is right about. */
function bootstrapCommands(): string[] {
  const need = { kind: 'state-bucket', environment: 'shared', type: 'gcs', bucket: 'our-states', project: 'moshi-3', location: 'us-west1' } as const;
  const commands: string[] = [];
  const gcloud = {
    write: (args: readonly string[]) => `${commands.push(['gcloud', ...args].join(' '))}`,
    ask: () => ({ is: 'there', value: undefined }) as const,
  };
  const found = surveyBucket(need, { gcloud, aws: gcloud });
  for (const lacks of [undefined, found.is === 'there' ? found.value : []]) for (const { run } of bucketSteps(need, lacks, { gcloud, aws: gcloud })) run();
  return commands;
}

describeReal(['gcloud'], 'the real gcloud', () => {
  const home = mkdtempSync(join(tmpdir(), 'gcloud-'));
  const nowhere = { CLOUDSDK_PROXY_TYPE: 'http', CLOUDSDK_PROXY_ADDRESS: '127.0.0.1', CLOUDSDK_PROXY_PORT: '1', NO_GCE_CHECK: 'true' };
  const quiet = { CLOUDSDK_CORE_DISABLE_PROMPTS: '1', CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1', CLOUDSDK_CORE_CHECK_GCE_METADATA: '0' };
  // some commands write to the home folder
  const env = { PATH: process.env.PATH, HOME: home, CLOUDSDK_CONFIG: join(home, 'gcloud'), ...nowhere, ...quiet };
  // one of each shape: the rest differs in names only
  const shapeOf = (command: string) =>
    command
      .replaceAll(/=("[^"]*"|\S*)/g, '=')
      .replaceAll(/ (docker-worker|moshi-3|filmlinkd|our-tools)\b/g, ' P')
      .split(' ');
  const shapes = new Map(
    everyCommand().map((command) => [[...shapeOf(command).slice(0, 4), ...shapeOf(command).filter((word) => word.startsWith('--'))].join(' '), command]),
  );
  const said = (command: string) => {
    // nobody is logged in: what it understands ends there, before the network
    const inner = command.replaceAll(/\$\(gcloud [^)]*\)/g, '7').replace(/^gcloud/, `${find('gcloud')}`);
    return spawnSync('sh', ['-c', inner], { env, encoding: 'utf8', input: '' }).stderr;
  };
  const MISUNDERSTOOD = /unrecognized arguments|Invalid choice|argument .*(: Must be|required|invalid|Bad value)|usage:/i;

  test('would say what it does not understand, and there is much to understand', () => {
    expect(said('gcloud secrets versions list A --projct=moshi-3')).toMatch(MISUNDERSTOOD);
    expect(shapes.size).toBeGreaterThan(15);
  });

  test.each([...shapes.values()])('understands %s', (command) => {
    expect(said(command)).not.toMatch(MISUNDERSTOOD);
  });
});
