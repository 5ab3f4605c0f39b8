import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Need } from '../../constructs/core/need';
import { preflight } from '../../scripts/support/preflight/preflight';
import { aws, gcloud, git, kubectl, ssh } from '../../scripts/support/tool';
import { caseOf } from '../support/cloud/estates';
import { AWS_ENVIRONMENT, Moto } from '../support/moto';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';

const LOGIN = '{"username":"me-at-123456789012","password":"it\'s \\"$HOME\\" `id` ü😀= "}';
const { needs } = caseOf('egf2', 'with big data', { prod: { mode: 'bigData' } });
/** What moto can be asked of. */
const chosen = [{ estate: 'egf2', needs: needs.filter(({ kind }) => kind !== 'source') }];

describeReal(['aws', 'moto_server'], 'what egf2 needs, asked by the real AWS CLI', () => {
  const config = join(mkdtempSync(join(tmpdir(), 'secrets-aws-')), 'estates.json');
  let moto: Moto;
  let env: NodeJS.ProcessEnv;
  const before = { ...process.env };

  beforeAll(async () => {
    writeFileSync(config, JSON.stringify({ egf2: { prod: { mode: 'bigData' } } }));
    moto = await Moto.start();
    env = { ...AWS_ENVIRONMENT, AWS_ENDPOINT_URL: moto.endpoint, AWS_DEFAULT_REGION: 'us-east-1' };
    Object.assign(process.env, env);
  }, 150_000);
  afterAll(() => {
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before);
    return moto.stop();
  });

  const look = (servers: readonly string[] = []) =>
    preflight(chosen, { gcloud, aws, ssh, kubectl, git, baseOf: () => undefined, env: {}, nameServers: new Map([['egf2.example.org', servers]]) }).map(
      ({ what, state, remark }) => `${what}: ${state}${remark === undefined ? '' : `, ${remark}`}`,
    );
  /** The command itself, with big data in its config. */
  const secrets = (input: string, ...args: string[]) => {
    const command = [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), join(ROOT, 'scripts/secrets.ts'), '--estate', 'egf2', ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, {
      cwd: ROOT,
      env: { ...process.env, ESTATES_CONFIG: config },
      input,
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  };

  test('in an empty account all is missing but the login', () => {
    expect(look()).toEqual([
      "AWS's login: ok, arn:aws:sts::123456789012:user/moto",
      'delegation of egf2.example.org: missing, its stack is not deployed',
      "secret egf2/keyspaces, client-data's login at Keyspaces: missing, its stack is not deployed",
    ]);
    expect(secrets(`egf2/keyspaces=${LOGIN}\n`, '--yes')).toMatchObject({ status: 1, output: expect.stringContaining('egf2/keyspaces is not there yet') });
  });

  test('a value goes through the pipe as it is, once', () => {
    aws.write(['secretsmanager', 'create-secret', '--name=egf2/keyspaces', '--output=json']);
    expect(look()[2]).toMatch(/missing, it has no value$/);
    expect(secrets('egf2/keyspaces=hunter2\n', '--yes')).toMatchObject({ status: 2, output: expect.stringContaining('no JSON object of these texts') });
    const { status, output } = secrets(`egf2/keyspaces=${LOGIN}\n`, '--yes');
    expect([status, output]).toEqual([0, expect.stringMatching(/added {2}egf2\/keyspaces\n\nNext: make preflight/)]);
    expect(output).not.toContain('me-at');
    const read = aws.ask<{ SecretString: string }>('secretsmanager', 'get-secret-value', '--secret-id=egf2/keyspaces', '--output=json');
    expect(read).toMatchObject({ is: 'there', value: { SecretString: LOGIN } });
    expect(look()[2]).toMatch(/: ok$/);
    expect(secrets('', '--yes')).toMatchObject({ status: 0, output: expect.stringContaining('Nothing to add') });
  });

  test('a zone is delegated when the world asks its own servers', () => {
    const zone = JSON.parse(aws.write(['route53', 'create-hosted-zone', '--name=egf2.example.org', '--caller-reference=x', '--output=json']));
    const servers = zone.DelegationSet.NameServers as string[];
    expect(servers.length).toBeGreaterThan(1);
    expect(look()[1]).toMatch(/missing, nobody in the world knows it$/);
    expect(look(['ns1.elsewhere.net'])[1]).toMatch(/missing, the world asks ns1\.elsewhere\.net$/);
    expect(look(servers.map((server) => `${server.toUpperCase()}.`))[1]).toMatch(/: ok, ns-/);
  });

  test('in another account nothing is looked for', () => {
    const elsewhere: Need[] = chosen[0]?.needs.map((need) => (need.kind === 'aws-account' ? { ...need, accountId: '999999999999' } : need)) ?? [];
    const found = preflight([{ estate: 'egf2', needs: elsewhere }], {
      gcloud,
      aws,
      ssh,
      kubectl,
      git,
      baseOf: () => undefined,
      env: {},
      nameServers: new Map(),
    });
    expect(found.map(({ state }) => state)).toEqual(['missing', 'cannot be told', 'cannot be told']);
    expect(found[0]).toMatchObject({ remark: 'the login is of another account, 123456789012', mend: ['aws configure sso'] });
  });

  test('who is not logged in is told so', () => {
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    try {
      expect(look()[0]).toBe("AWS's login: missing, aws: not logged in, or not any more. Run aws configure sso, or log in as you do");
      expect(secrets('', '--yes')).toMatchObject({ status: 2, output: expect.stringContaining('aws: not logged in') });
    } finally {
      Object.assign(process.env, env);
    }
  });
});
