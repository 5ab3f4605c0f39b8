import { RecordingTools } from '../support/recording-tools';

const SCRIPT = 'new-project-setup';
const TERRAFORM = 'terraform@moshi-3.iam.gserviceaccount.com';
const accounts = [
  { name: 'billingAccounts/0A', displayName: 'Ours' },
  { name: 'billingAccounts/0B', displayName: 'Theirs' },
  { name: 'billingAccounts/0D', displayName: 'Closed', open: false },
];

test('sets up billing, the base APIs, and an account without a key, that I may borrow', () => {
  const tools = new RecordingTools();
  const { code, output, calls } = tools.run(SCRIPT, ['--yes']);
  const writes = RecordingTools.writes(calls);
  expect(code).toBe(0);
  expect(writes.slice(0, 3)).toEqual([
    'gcloud billing projects link moshi-3 --billing-account=0A',
    'gcloud services enable serviceusage.googleapis.com cloudresourcemanager.googleapis.com iam.googleapis.com iamcredentials.googleapis.com --project=moshi-3',
    'gcloud iam service-accounts create terraform --project=moshi-3 --display-name=Terraform: borrowed by people, has no key',
  ]);
  expect(writes.at(-1)).toBe(
    `gcloud iam service-accounts add-iam-policy-binding ${TERRAFORM} --member=user:me@example.org --role=roles/iam.serviceAccountTokenCreator --project=moshi-3 --format=none`,
  );
  const roles = writes.slice(3, -1).map((write) => /--role=roles\/(\S+)/.exec(write)?.[1]);
  expect(roles).toContain('resourcemanager.projectIamAdmin');
  expect(roles.filter((role) => /^(owner|editor|viewer)$/.test(role as string))).toEqual([]);
  expect(writes.join('\n')).not.toContain('keys create');
  expect(output.indexOf('Will do:')).toBeLessThan(output.indexOf('done  '));
  expect(output).toContain(`export GOOGLE_IMPERSONATE_SERVICE_ACCOUNT=${TERRAFORM}`);
});

test('a second run changes nothing', () => {
  const tools = new RecordingTools();
  expect(tools.run(SCRIPT, ['--yes']).code).toBe(0);
  const { code, output, calls } = tools.run(SCRIPT, ['--yes']);
  expect([code, RecordingTools.writes(calls)]).toEqual([0, []]);
  expect(output).toContain('Nothing to do: all is as it should be.');
});

test('goes on from where it failed', () => {
  const tools = new RecordingTools({ fails: 'iam service-accounts create' });
  const first = tools.run(SCRIPT, ['--yes']);
  expect(first.code).toBe(2);
  expect(first.output).toContain('2 of 17 done; 15 left, from "make the account');
  tools.change({ fails: undefined });
  expect(RecordingTools.writes(tools.run(SCRIPT, ['--yes']).calls)[0]).toContain('gcloud iam service-accounts create');
});

test('a dry run says the same, and only reads', () => {
  const { code, output, calls } = new RecordingTools().run(SCRIPT, ['--dry-run']);
  expect([code, RecordingTools.writes(calls)]).toEqual([0, []]);
  expect(calls.length).toBeGreaterThan(4);
  expect(output).toMatch(/Would do:\n {2}- bill moshi-3 to 0A\n {2}- enable serviceusage/);
  expect(output).toContain('Nothing was changed (dry run).');
});

test('without --yes and nobody to ask, changes nothing', () => {
  const { code, output, calls } = new RecordingTools().run(SCRIPT);
  expect([code, RecordingTools.writes(calls)]).toEqual([2, []]);
  expect(output).toContain('pass --yes');
});

test('a grant with a condition is none: it may hold only for an hour', () => {
  const role = 'roles/compute.admin';
  const bindings = [{ role, members: [`serviceAccount:${TERRAFORM}`], condition: { expression: 'request.time < timestamp("2026-01-01T00:00:00Z")' } }];
  const { calls } = new RecordingTools({ services: ['cloudresourcemanager.googleapis.com'], policy: { bindings } }).run(SCRIPT, ['--yes']);
  expect(RecordingTools.writes(calls).join('\n')).toContain(`--role=${role} `);
});

test('what may not be read is not taken for absent', () => {
  const says = 'ERROR: (gcloud.projects.get-iam-policy) User [me] does not have permission to access projects instance [moshi-3] (or it may not exist)';
  const services = ['cloudresourcemanager.googleapis.com'];
  const { code, output, calls } = new RecordingTools({ services, fails: 'projects get-iam-policy', says }).run(SCRIPT, ['--yes']);
  expect([code, RecordingTools.writes(calls)]).toEqual([2, []]);
  expect(output).toContain('does not have permission');
});

describe('billing', () => {
  test('several accounts are ambiguous: says which there are, and changes nothing', () => {
    const { code, output, calls } = new RecordingTools({ billingAccounts: accounts }).run(SCRIPT, ['--yes']);
    expect([code, RecordingTools.writes(calls)]).toEqual([2, []]);
    expect(output).toMatch(/Which billing account pays for moshi-3\?.*BILLING=:\n {2}0A {2}Ours\n {2}0B {2}Theirs\n$/);
  });

  test('one of several can be named', () => {
    const { calls } = new RecordingTools({ billingAccounts: accounts }).run(SCRIPT, ['--yes', '--billing-account', '0B']);
    expect(RecordingTools.writes(calls)[0]).toBe('gcloud billing projects link moshi-3 --billing-account=0B');
  });

  test.each([
    [{ billingAccounts: [] }, [], 'You may use no open billing account'],
    [{ billingAccounts: accounts }, ['--billing-account', '0C'], '0C is none of the open billing accounts'],
    [{ billing: 'billingAccounts/0A' }, ['--billing-account', '0B'], 'is billed to billingAccounts/0A already'],
  ])('%j %j: %s', (state, args, says) => {
    const { code, output, calls } = new RecordingTools(state).run(SCRIPT, ['--yes', ...args]);
    expect([code, RecordingTools.writes(calls)]).toEqual([2, []]);
    expect(output).toContain(says);
  });
});

test('a project that is not there, or not ours, is said before anything else', () => {
  const { code, output, calls } = new RecordingTools({ project: false }).run(SCRIPT, ['--yes']);
  expect([code, RecordingTools.writes(calls)]).toEqual([2, []]);
  expect(output).toContain('There is no project moshi-3, or me@example.org may not see it.');
});
