import { RecordingTools } from '../support/recording-tools';

const outputs = Object.fromEntries(
  ['PROVIDER_NAME', 'SA_EMAIL', 'ARTIFACT_WRITER_EMAIL', 'ROLL_DEV_EMAIL', 'ROLL_PROD_EMAIL'].map((name) => [name, { value: `value-of-${name}` }]),
);
const environment = { protection_rules: [{ type: 'required_reviewers' }] };
const { writes } = RecordingTools;

describe('github-secrets', () => {
  test('sets what the stack put out, by standard input, and makes the environment that asks a reviewer', () => {
    const tools = new RecordingTools({ outputs });
    const { code, calls } = tools.run('github-secrets', ['--yes']);
    expect(code).toBe(0);
    expect(calls.map(({ command }) => command)).toContain('terraform -chdir=cdktf.out/stacks/moshi-github-shared output -json');
    expect(writes(calls)).toEqual([
      'gh api --method=PUT repos/ekalosak/moshi/environments/production --input=-',
      ...Object.keys(outputs).map((name) => `gh secret set ${name} --repo=ekalosak/moshi`),
    ]);
    expect(calls.find(({ command }) => command.includes('PUT'))?.input).toBe('{"reviewers":[{"type":"User","id":7}]}');
    expect(tools.state.secrets).toEqual(Object.fromEntries(Object.keys(outputs).map((name) => [name, `value-of-${name}`])));
  });

  test('a second run changes nothing, and says that values cannot be compared', () => {
    const tools = new RecordingTools({ outputs });
    tools.run('github-secrets', ['--yes']);
    const { code, output, calls } = tools.run('github-secrets', ['--yes']);
    expect([code, writes(calls)]).toEqual([0, []]);
    expect(output).toContain('There already, and kept as they are: 5 of 5 secrets. REPLACE=1');
  });

  test('sets only what is missing, or all again when told to', () => {
    const tools = new RecordingTools({ outputs, environment, secrets: { SA_EMAIL: 'old' } });
    expect(writes(tools.run('github-secrets', ['--dry-run', '--replace']).calls)).toEqual([]);
    expect(writes(tools.run('github-secrets', ['--yes']).calls)).toHaveLength(4);
    expect(tools.state.secrets).toMatchObject({ SA_EMAIL: 'old' });
    expect(writes(tools.run('github-secrets', ['--yes', '--replace']).calls)).toHaveLength(5);
    expect(tools.state.secrets).toMatchObject({ SA_EMAIL: 'value-of-SA_EMAIL' });
  });

  test.each([[[]], [[{ type: 'wait_timer' }, { type: 'branch_policy' }]]])('an environment that asks nobody is refused: %j', (rules) => {
    const { code, output, calls } = new RecordingTools({ outputs, environment: { protection_rules: rules } }).run('github-secrets', ['--yes']);
    expect([code, writes(calls)]).toEqual([2, []]);
    expect(output).toContain("production would be replaced without anybody's approval");
  });

  test.each([
    ['not deployed from here', {}, 'the stack was not deployed from this folder. Run make deploy'],
    [
      'deployed before it had them',
      { outputs: { PROVIDER_NAME: { value: 'x' } } },
      'has no output SA_EMAIL, ARTIFACT_WRITER_EMAIL, ROLL_DEV_EMAIL, ROLL_PROD_EMAIL',
    ],
  ])('a stack that is %s is named', (_, state, says) => {
    const { code, output, calls } = new RecordingTools({ environment, ...state }).run('github-secrets', ['--yes']);
    expect([code, writes(calls)]).toEqual([2, []]);
    expect(output).toContain(says);
  });
});

test('a repository that is not there is not an empty one', () => {
  const { code, output, calls } = new RecordingTools({ outputs, repository: false }).run('github-secrets', ['--yes']);
  expect([code, writes(calls)]).toEqual([2, []]);
  expect(output).toBe('There is no repository ekalosak/moshi, or you may not see it: set shared.github.repository in estates.json\n');
});

describe('gha-access-token', () => {
  const account = '--iam-account=artifact-writer@moshi-3.iam.gserviceaccount.com --project=moshi-3';

  /** The project as the deployed stack leaves it. */
  const deployed = { services: ['iam.googleapis.com'] };

  test('without a flag makes no key, and leads to the keyless way until all of its secrets are there', () => {
    const tools = new RecordingTools({ secrets: { PROVIDER_NAME: 'x', SA_EMAIL: 'x' } });
    const { code, output, calls } = tools.run('gha-access-token', ['--yes']);
    expect([code, writes(calls)]).toEqual([0, []]);
    expect(output).toContain('secrets are missing: ARTIFACT_WRITER_EMAIL, ROLL_DEV_EMAIL, ROLL_PROD_EMAIL.\n\nNext: make github-secrets');
    tools.change({ secrets: outputs });
    expect(tools.run('gha-access-token').output).toContain('Keyless: GitHub Actions needs no token');
  });

  test('a key goes from gcloud to gh and nowhere else, after a warning', () => {
    const tools = new RecordingTools(deployed);
    const { code, output, calls } = tools.run('gha-access-token', ['--key-file', '--yes']);
    expect(code).toBe(0);
    expect(output.indexOf('Warning: a key works for whoever has it')).toBeGreaterThanOrEqual(0);
    expect(writes(calls)).toEqual([`gcloud iam service-accounts keys create - ${account}`, 'gh secret set GCP_SA_KEY --repo=ekalosak/moshi']);
    expect(calls.at(-1)?.input).toContain('HUSH');
    expect(output + calls.map(({ command }) => command).join()).not.toContain('HUSH');
  });

  test('a second run makes no second key; REPLACE does, and deletes the old one', () => {
    const tools = new RecordingTools(deployed);
    tools.run('gha-access-token', ['--key-file', '--yes']);
    expect(writes(tools.run('gha-access-token', ['--key-file', '--yes']).calls)).toEqual([]);
    const { calls } = tools.run('gha-access-token', ['--key-file', '--replace', '--yes']);
    expect(writes(calls).at(-1)).toBe(`gcloud iam service-accounts keys delete key1 ${account} --quiet`);
    expect(tools.state.keys).toEqual(['key2']);
  });

  test('a key that could not be deleted is not forgotten: the same command deletes it', () => {
    const tools = new RecordingTools({ ...deployed, keys: ['theirs'], secrets: { GCP_SA_KEY: 'x' }, fails: 'iam service-accounts keys delete' });
    expect(tools.run('gha-access-token', ['--key-file', '--replace', '--yes']).code).toBe(2);
    tools.change({ fails: undefined });
    const { code, output, calls } = tools.run('gha-access-token', ['--key-file', '--yes']);
    expect([code, writes(calls)]).toEqual([2, []]);
    expect(output).toContain('has 2 keys, and each of them works; the secret GCP_SA_KEY holds one. They are theirs, key1: REPLACE=1');
    expect(tools.run('gha-access-token', ['--key-file', '--replace', '--yes']).code).toBe(0);
    expect(tools.state.keys).toEqual(['key2']);
  });

  test("without REPLACE nobody's key is deleted, also when the secret is missing", () => {
    const tools = new RecordingTools({ ...deployed, keys: ['theirs'] });
    const { code, output } = tools.run('gha-access-token', ['--key-file', '--yes']);
    expect([code, tools.state.keys]).toEqual([0, ['theirs', 'key1']]);
    expect(output).toContain('Keys that somebody made before stay valid: theirs: REPLACE=1');
  });

  test('a dry run makes none', () => {
    expect(writes(new RecordingTools(deployed).run('gha-access-token', ['--key-file', '--dry-run']).calls)).toEqual([]);
  });

  test('a key that could not be handed over does not stay valid', () => {
    const tools = new RecordingTools({ ...deployed, fails: 'secret set' });
    const { code, output } = tools.run('gha-access-token', ['--key-file', '--yes']);
    expect([code, tools.state.keys]).toEqual([2, []]);
    expect(output).not.toContain('HUSH');
  });
});
