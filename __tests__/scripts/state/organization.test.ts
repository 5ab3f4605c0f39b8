import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookForOrganization } from '../../../scripts/support/preflight/organization';
import { checkOrganization } from '../../../scripts/support/state/organization';
import { tokenFor } from '../../../scripts/support/state/token';

const home = () => mkdtempSync(join(tmpdir(), 'home-'));

describe('the token', () => {
  test('is the one that Terraform would take: the environment, then the login, then its settings', () => {
    const HOME = home();
    mkdirSync(join(HOME, '.terraform.d'));
    writeFileSync(
      join(HOME, '.terraformrc'),
      '# mine\ncredentials "app.terraform.io" {\n  token = "settings"\n}\ncredentials "tfe.example.org:8443" { token = "other" }\n',
    );
    expect(tokenFor('app.terraform.io', { HOME })).toBe('settings');
    expect(tokenFor('tfe.example.org:8443', { HOME })).toBe('other');
    writeFileSync(join(HOME, '.terraform.d/credentials.tfrc.json'), JSON.stringify({ credentials: { 'app.terraform.io': { token: 'login' } } }));
    expect(tokenFor('app.terraform.io', { HOME })).toBe('login');
    expect(tokenFor('app.terraform.io', { HOME, TF_TOKEN_app_terraform_io: 'environment' })).toBe('environment');
    expect(tokenFor('my-tfe.example.org', { HOME, TF_TOKEN_my__tfe_example_org: 'hyphen' })).toBe('hyphen');
  });

  test('is none where nobody gave one', () => expect(tokenFor('app.terraform.io', { HOME: home() })).toBeUndefined());
});

describe('the organization', () => {
  const before = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = before;
  });
  const env = { TF_TOKEN_app_terraform_io: 'x' };
  /** Statuses by the end of the address; the organization lets its people make workspaces, or not. */
  const answers = (statuses: Readonly<Record<string, number>>, mayMake = true) => {
    globalThis.fetch = (async (address: string) => {
      const status = Object.entries(statuses).find(([end]) => address.endsWith(end))?.[1] ?? 200;
      return new Response(JSON.stringify({ data: { attributes: { permissions: { 'can-create-workspace': mayMake } } } }), { status });
    }) as typeof fetch;
  };
  const check = (workspaces: string[] = []) => checkOrganization({ organization: 'ours' }, workspaces, env);

  test.each([
    [401, /app\.terraform\.io does not accept your token \(any more\)\. Get a new one: terraform login$/],
    [404, /knows no organization ours, or your token may not see it\. Make it at https:\/\/app\.terraform\.io/],
    [503, /answers with 503/],
  ])('that answers with %s is said in one line, with the way out', async (status, says) => {
    answers({ '/ours': status });
    await expect(check()).rejects.toThrow(says);
  });

  test('without a token is not even asked', async () => {
    await expect(checkOrganization({ organization: 'ours', hostname: 'tfe.example.org' }, [], { HOME: home() })).rejects.toThrow(
      'There is no token for tfe.example.org. Get one: terraform login tfe.example.org',
    );
  });

  const look = () => lookForOrganization({ organization: 'ours' }, ['one'], env);

  test.each([
    [{}, { state: 'ok', mend: [] }],
    [{ '/ours': 401 }, { state: 'missing', remark: 'app.terraform.io does not accept your token (any more)', mend: ['terraform login'] }],
    [{ '/ours': 404 }, { state: 'missing', mend: [expect.stringMatching(/^# Make it at https:\/\/app\.terraform\.io/)] }],
    [{ '/one': 404 }, { state: 'missing', mend: [expect.stringMatching(/^# Ask an owner/)] }],
    [{ '/ours': 503 }, { state: 'cannot be told', remark: expect.stringContaining('answers with 503'), mend: [] }],
  ])('is a finding of preflight and of make up: %j', async (statuses, finding) => {
    answers(statuses, false);
    expect(await look()).toMatchObject({ what: 'organization ours, which keeps the state', ...finding });
  });

  test('tells which workspaces are not there yet', async () => {
    answers({ '/workspaces/two': 404 });
    expect(await check(['one', 'two'])).toEqual(['two']);
  });

  test('in which you may not make them is said before anything is moved', async () => {
    answers({ '/workspaces/two': 404 }, false);
    await expect(check(['one', 'two'])).rejects.toThrow(/You may not make workspaces in ours, and these are not there: two\./);
    answers({}, false);
    expect(await check(['one', 'two'])).toEqual([]);
  });
});
