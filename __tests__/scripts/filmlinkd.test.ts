import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Clock } from '../../services/runtime/clock';
import type { Server } from '../support/loopback';
import { RecordingTools } from '../support/recording-tools';
import { ROOT } from '../support/repository';
import { FakeCloud } from '../support/rollout/fake-cloud';
import { ACCOUNT, serveCloud } from '../support/rollout/server';

const { writes } = RecordingTools;
const place = '--region=us-central1 --project=filmlinkd --format=json';
const steps = (...states: string[]) => ['bundle', 'roll'].map((id, index) => ({ id, status: states[index] ?? 'QUEUED' }));
const ENDS_WELL = [
  { id: 'b-1', status: 'QUEUED' },
  { id: 'b-1', status: 'WORKING', steps: steps('WORKING') },
  { id: 'b-1', status: 'WORKING', steps: steps('SUCCESS', 'WORKING') },
  { id: 'b-1', status: 'SUCCESS', steps: steps('SUCCESS', 'SUCCESS') },
];
const deliver = (state: object, ...args: string[]) =>
  new RecordingTools({ trigger: true, builds: ENDS_WELL, ...state }).run('filmlinkd-deliver', ['--every', '0.01', ...args]);

test.each(['filmlinkd-deliver', 'filmlinkd-rollback'])('%s loads no cdktf: it would take a second', (script) => {
  const { metafile } = buildSync({
    entryPoints: [join(ROOT, `scripts/${script}.ts`)],
    bundle: true,
    platform: 'node',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  expect(Object.keys(metafile.inputs).filter((file) => /node_modules\/(cdktf|constructs|@cdktf)\//.test(file))).toEqual([]);
});

describe('make filmlinkd-deliver', () => {
  test('starts the build, says where to watch, follows its steps, and ends as it does', () => {
    const { code, output, calls } = deliver({}, '--yes');
    expect(calls.map(({ command }) => command)).toEqual([
      'gcloud auth list --filter=status:ACTIVE --format=json',
      `gcloud builds triggers describe filmlinkd-dev-deliver ${place}`,
      `gcloud builds triggers run filmlinkd-dev-deliver ${place}`,
      ...ENDS_WELL.map(() => `gcloud builds describe b-1 ${place}`),
    ]);
    expect(code).toBe(0);
    expect(output).toBe(
      [
        'Will do: build jimlind/filmlinkd as main has it, and give it to the machines of dev (trigger filmlinkd-dev-deliver of filmlinkd)',
        '',
        'Started build b-1. Its log: https://console.cloud.google.com/b-1',
        'gcloud beta builds log b-1 --stream --region=us-central1 --project=filmlinkd',
        '',
        'bundle: working',
        'bundle: success',
        'roll: working',
        'roll: success',
        '',
        'Delivered.',
        '',
      ].join('\n'),
    );
  });

  test.each([
    ['', []],
    [' in bundle', steps('FAILURE')],
  ])('that fails before the machines%s says that they have what they had, and nothing of going back', (_, states) => {
    const { code, output } = deliver({ builds: [{ id: 'b-1', status: 'FAILURE', steps: states }] }, '--yes');
    expect(code).toBe(1);
    expect(output).toContain('Nothing was delivered; the machines have what they had.');
    expect(output).not.toContain('rollback');
  });

  test.each(['FAILURE', 'TIMEOUT'])('ends with 1 when the build ends with %s, and says how to go back, and on', (status) => {
    const ended = { id: 'b-1', status, failureInfo: { detail: 'step 4 failed' }, steps: steps('SUCCESS', status) };
    const { code, output } = deliver({ builds: [ended] }, '--yes', '--env', 'prod');
    expect(code).toBe(1);
    expect(output).toContain(
      `The build ended with ${status}: step 4 failed\nWhat it said: gcloud beta builds log b-1 --region=us-central1 --project=filmlinkd\n`,
    );
    expect(output).toContain('To go back: make filmlinkd-rollback ENV=prod\nTo go on when it is mended: make filmlinkd-deliver ENV=prod RELEASE=b-1\n');
  });

  test('--no-wait only starts it', () => {
    const { code, calls } = deliver({}, '--yes', '--no-wait', '--env', 'prod');
    expect([code, writes(calls), calls.at(-1)?.command]).toEqual([0, [calls.at(-1)?.command], `gcloud builds triggers run filmlinkd-deliver ${place}`]);
  });

  test('when it cannot see the build any more, it says that the build goes on', () => {
    const { code, output, calls } = deliver({ builds: [] }, '--yes');
    expect([code, calls.filter(({ command }) => command.includes('builds describe')).length]).toEqual([2, 5]);
    expect(output).toContain('The build goes on; to see how it ends: gcloud beta builds log b-1 --stream');
  });

  test.each([
    [
      'there is no trigger',
      { trigger: false },
      [],
      "There is no trigger filmlinkd-dev-deliver in us-central1 of filmlinkd. Run make deploy STACKS='filmlinkd-delivery-dev'",
    ],
    ['the environment is not one', {}, ['--env', 'staging'], 'ENV is dev or prod, not "staging"'],
    ['--every is no number', {}, ['--every', 'soon'], '--every soon: must be seconds'],
    ['gcloud may not', { fails: 'builds triggers run', says: 'ERROR: PERMISSION_DENIED: no cloudbuild.builds.create' }, [], 'no cloudbuild.builds.create'],
  ])('starts nothing when %s', (_, state, args, says) => {
    const { code, output } = deliver(state, '--yes', ...args);
    expect(code).toBe(2);
    expect(output).toContain(says);
    expect(output).not.toContain('Started');
  });

  test('a dry run, and nobody to ask, start nothing', () => {
    const dry = deliver({}, '--dry-run');
    expect([dry.code, writes(dry.calls)]).toEqual([0, []]);
    expect(dry.output).toContain('Would do: build jimlind/filmlinkd');
    const asked = deliver({});
    expect([asked.code, writes(asked.calls)]).toEqual([2, []]);
    expect(asked.output).toContain('pass --yes');
  });
});

describe('from this machine', () => {
  const start = Date.now();
  const clock: Clock = { now: () => start + (Date.now() - start) * 1000, sleep: () => Promise.resolve() };
  const groups = { 'filmlinkd-dev-scraper-1': ['scraper'], 'filmlinkd-dev-shard-1': ['sharded'] };
  let server: Server;
  let fault = false;
  const cloud = new FakeCloud({
    clock,
    groups,
    tag: 'dev',
    place: { project: 'filmlinkd', region: 'us-central1', zone: 'us-central1-a', repository: 'filmlinkd-dev' },
    fault: ({ method }) => (fault && method === 'tags.get' ? { status: 403, reason: 'PERMISSION_DENIED' } : undefined),
  });
  beforeAll(async () => {
    server = await serveCloud(cloud);
    for (const image of ['scraper', 'sharded']) cloud.registry.set(image, 'dev', `sha256:${image}-2`, 0);
  });
  afterAll(() => server.close());
  const here = (script: string, ...args: string[]) =>
    new RecordingTools().runBeside(script, args, {
      GCE_METADATA_HOST: server.url.replace('http://', ''),
      COMPUTE_URL: `${server.url}/compute/v1`,
      REGISTRY_URL: `${server.url}/v1`,
      LOOK_SECONDS: '0.02',
    });

  const rollBack = (...args: string[]) => here('filmlinkd-rollback', ...args);

  test('says what it would do, asks, and does nothing without a yes', async () => {
    const dry = await rollBack('--dry-run');
    expect([dry.code, cloud.requests]).toEqual([0, []]);
    expect(dry.output).toContain('replace, one after the other, each when all before are well: filmlinkd-dev-scraper-1, filmlinkd-dev-shard-1');
    const asked = await rollBack();
    expect([asked.code, cloud.requests]).toEqual([2, []]);
    expect(asked.output).toContain('pass --yes');
  });

  test('has nothing to go back to before a second delivery', async () => {
    const { code, output } = await rollBack('--yes');
    expect(code).toBe(1);
    expect(output).toContain('There is no image scraper:dev-previous');
    expect(output).not.toMatch(/\n\s+at /);
  });

  test('says which account is refused', async () => {
    fault = true;
    const { code, output } = await rollBack('--yes');
    fault = false;
    expect(code).toBe(1);
    expect(output).toContain(`It was asked as ${ACCOUNT}`);
  });

  test('moves the tag back and replaces the machines in order', async () => {
    for (const image of ['scraper', 'sharded']) cloud.registry.set(image, 'dev-previous', `sha256:${image}-1`, 0);
    const { code, output } = await rollBack('--yes');
    expect([code, cloud.replaced.map(({ group }) => group)]).toEqual([0, Object.keys(groups)]);
    expect(output).toContain('All 2 machines are well.');
    expect(cloud.registry.get('sharded', 'dev')).toBe('sha256:sharded-1');
    expect(cloud.refused).toEqual([]);
  });

  test('make filmlinkd-deliver RELEASE= goes on with what a build has made, and builds nothing', async () => {
    for (const image of ['scraper', 'sharded']) cloud.registry.set(image, 'b-1', `sha256:${image}-2`, 0);
    cloud.replaced.length = 0;
    const dry = await here('filmlinkd-deliver', '--release', 'b-1', '--dry-run');
    expect([dry.code, cloud.replaced]).toEqual([0, []]);
    const { code, output } = await here('filmlinkd-deliver', '--release', 'b-1', '--yes');
    expect([code, cloud.replaced.map(({ group }) => group)]).toEqual([0, Object.keys(groups)]);
    expect(output).toContain('Delivers b-1 as dev');
    cloud.replaced.length = 0;
    expect((await here('filmlinkd-deliver', '--release', 'b-1', '--yes')).code).toBe(0);
    expect(cloud.replaced).toEqual([]);
    expect(cloud.refused).toEqual([]);
    const unknown = await here('filmlinkd-deliver', '--release', 'b-9', '--yes');
    expect([unknown.code, unknown.output]).toEqual([1, expect.stringContaining('There is no image scraper:b-9')]);
  });
});
