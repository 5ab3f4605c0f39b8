import { cel } from '../../support/cel';
import { onlyResource, parse, resourcesOf, synthEstate } from '../../support/synth';

/** Claims of GitHub's OIDC tokens, as docs.github.com/actions/reference/security/oidc lists them. */
const MAIN = {
  sub: 'repo:ekalosak/moshi:ref:refs/heads/main',
  repository: 'ekalosak/moshi',
  repository_id: '612345678',
  repository_owner: 'ekalosak',
  ref: 'refs/heads/main',
  ref_type: 'branch',
  event_name: 'push',
};
const PRODUCTION = { ...MAIN, sub: 'repo:ekalosak/moshi:environment:production', event_name: 'workflow_dispatch', environment: 'production' };

interface Provider {
  readonly attribute_condition: string;
  readonly attribute_mapping: Readonly<Record<string, string>>;
}

const json = synthEstate('moshi').get('moshi-github-shared');
const provider = (stack = json) => onlyResource(stack, 'google_iam_workload_identity_pool_provider') as unknown as Provider;
const admits = (claims: object, stack = json) => cel(provider(stack).attribute_condition, { assertion: claims });

describe('the attribute condition', () => {
  test.each([
    ['a push to the branch', MAIN],
    ['a run that somebody starts on the branch', { ...MAIN, event_name: 'workflow_dispatch' }],
    ['a job of an environment', PRODUCTION],
  ])('admits %s', (_, claims) => {
    expect(admits(claims)).toBe(true);
  });

  test.each([
    ['a pull request', { ...MAIN, sub: 'repo:ekalosak/moshi:pull_request', ref: 'refs/pull/7/merge', event_name: 'pull_request' }],
    ["a pull request that runs with the branch's ref", { ...MAIN, event_name: 'pull_request_target' }],
    ['another branch', { ...MAIN, ref: 'refs/heads/feature' }],
    ['a branch whose name starts like it', { ...MAIN, ref: 'refs/heads/main-2' }],
    ['a tag of the same name', { ...MAIN, ref: 'refs/tags/main', ref_type: 'tag' }],
    ['a fork', { ...MAIN, repository: 'stranger/moshi', repository_owner: 'stranger' }],
    ['another repository of the owner', { ...MAIN, repository: 'ekalosak/moshi-web' }],
    ['a repository whose name ends like it', { ...MAIN, repository: 'notekalosak/moshi' }],
    ['an environment on another branch', { ...PRODUCTION, ref: 'refs/heads/feature' }],
  ])('refuses %s', (_, claims) => {
    expect(admits(claims)).toBe(false);
  });

  test('refuses another repository of the same name, when the config says the number', () => {
    const numbered = synthEstate('moshi', { shared: { github: { repositoryId: 612345678 } } }).get('moshi-github-shared');
    expect(admits(MAIN, numbered)).toBe(true);
    expect(admits({ ...MAIN, repository_id: '7' }, numbered)).toBe(false);
  });

  test('follows the config', () => {
    const theirs = synthEstate('moshi', { shared: { github: { repository: 'them/tutor', branch: 'release/1' } } }).get('moshi-github-shared');
    expect(admits({ ...MAIN, repository: 'them/tutor', ref: 'refs/heads/release/1' }, theirs)).toBe(true);
    expect(admits(MAIN, theirs)).toBe(false);
  });
});

/** Accounts that a run gets, by the principals of its attributes. */
function accountsFor(claims: object): string[] {
  const attributes = Object.entries(provider().attribute_mapping).map(([name, expression]) => [name, cel(expression, { assertion: claims })]);
  const { resource = {} } = parse(json);
  return resourcesOf(json, 'google_service_account_iam_member')
    .filter(({ role, member }) => role === 'roles/iam.workloadIdentityUser' && attributes.some(([name, value]) => String(member).endsWith(`/${name}/${value}`)))
    .map(({ service_account_id }) => {
      const id = /google_service_account\.([\w-]+)\.name/.exec(String(service_account_id))?.[1] as string;
      return String(resource.google_service_account?.[id]?.account_id);
    })
    .sort();
}

test('an ordinary run gets every account but that of production', () => {
  expect(accountsFor(MAIN)).toEqual(['artifact-writer', 'moshi-roll-dev', 'oidc-service-account']);
});

test('the account of production is for jobs that its reviewers approved', () => {
  expect(accountsFor(PRODUCTION)).toContain('moshi-roll-prod');
  expect(accountsFor({ ...PRODUCTION, environment: 'staging' })).not.toContain('moshi-roll-prod');
});
