import { RecordingTools } from '../support/recording-tools';

const group = { versions: [{ instanceTemplate: 'https://www.googleapis.com/compute/v1/projects/moshi-3/global/instanceTemplates/moshi-srv-2026?uniqueId=1' }] };
const pinned = 'https://www.googleapis.com/compute/v1/projects/moshi-3/global/images/moshi-srv-0-1-0';
const family = 'https://www.googleapis.com/compute/v1/projects/moshi-3/global/images/family/moshi-srv';
const place = '--zone=us-central1-c --project=moshi-3';
const managed = 'gcloud compute instance-groups managed';
const { writes } = RecordingTools;

test('replaces the machines of development without a gap, and waits until all is stable', () => {
  const { code, output, calls } = new RecordingTools({ group, image: family }).run('cycle', ['--yes']);
  expect(code).toBe(0);
  expect(calls.map(({ command }) => command)).toEqual([
    'gcloud auth list --filter=status:ACTIVE --format=json',
    `${managed} describe moshi-srv-dev-igm ${place} --format=json`,
    'gcloud compute instance-templates describe moshi-srv-2026 --project=moshi-3 --format=json',
    `${managed} rolling-action replace moshi-srv-dev-igm --max-surge=1 --max-unavailable=0 ${place}`,
    `${managed} wait-until moshi-srv-dev-igm --version-target-reached --timeout=1200 ${place}`,
    `${managed} wait-until moshi-srv-dev-igm --stable --timeout=1200 ${place}`,
  ]);
  expect(output).toContain('Next: make healthcheck ENV=dev');
});

test('production starts the image that is deployed there', () => {
  const { code, output, calls } = new RecordingTools({ group, image: pinned }).run('cycle', ['--yes', '--env', 'prod']);
  expect([code, writes(calls)]).toEqual([0, [`${managed} rolling-action replace moshi-srv-igm --max-surge=1 --max-unavailable=0 ${place}`]]);
  expect(output).toContain('moshi-srv-0-1-0');
});

test.each([
  ['production follows the family', { group, image: family }, ['--env', 'prod'], 'Production follows the newest image'],
  ['nothing is deployed', { image: pinned }, [], "There is no group moshi-srv-dev-igm in us-central1-c of moshi-3. Run make deploy STACKS='moshi-server-dev'"],
  ['the environment is not one', { group, image: pinned }, ['--env', 'staging'], 'ENV is dev or prod, not "staging"'],
])('replaces nothing when %s', (_, state, args, says) => {
  const { code, output, calls } = new RecordingTools(state).run('cycle', ['--yes', ...args]);
  expect([code, writes(calls)]).toEqual([2, []]);
  expect(output).toContain(says);
});

test('a dry run, and nobody to ask, replace nothing', () => {
  const tools = new RecordingTools({ group, image: family });
  expect(tools.run('cycle', ['--dry-run'])).toMatchObject({
    code: 0,
    output: expect.stringContaining('replace the machines of moshi-srv-dev-igm by new ones from family/moshi-srv'),
  });
  expect(tools.run('cycle')).toMatchObject({ code: 2, output: expect.stringContaining('pass --yes') });
  expect(tools.state.group).toEqual(group);
});

test('machines that never become healthy are said, and the exit code is not zero', () => {
  const { code, output } = new RecordingTools({ group, image: family, unstable: true }).run('cycle', ['--yes']);
  expect(code).not.toBe(0);
  expect(output).toMatch(
    /Timeout while waiting for group to become stable[\s\S]*1 of 2 done; 1 left, from "wait until the machines of moshi-srv-dev-igm are healthy/,
  );
  expect(output).toContain('To wait on: make cycle ENV=dev WAIT=1. Without WAIT=1 they are replaced once more.');
  expect(output).not.toContain('goes on from there');
});

test('a replacement that is under way is waited for without another one', () => {
  const { code, calls } = new RecordingTools({ group, image: family }).run('cycle', ['--yes', '--wait']);
  expect([code, writes(calls)]).toEqual([0, []]);
  expect(calls.map(({ command }) => command).filter((command) => command.includes('wait-until'))).toHaveLength(2);
});

describe('auth', () => {
  test('logs in what is not logged in, and the second time nothing', () => {
    const tools = new RecordingTools({ account: undefined });
    const { calls } = tools.run('auth', ['--yes']);
    expect(calls.map(({ command }) => command)).toEqual(expect.arrayContaining(['gcloud auth login', 'gcloud auth application-default login']));
    const again = tools.run('auth', ['--yes']);
    expect(again.output).toContain('Nothing to do');
    expect(again.output).not.toContain('TOKEN');
    expect(again.calls.filter(({ command }) => command.endsWith(' login'))).toEqual([]);
  });
});
