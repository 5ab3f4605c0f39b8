import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { type Outcome, run } from '../../rehearsal/runner/process';
import { AWS_ENVIRONMENT, Moto } from '../support/moto';
import { describeReal, find } from '../support/real';
import { RepositoryCopy, ROOT } from '../support/repository';
import { ORGANIZATION, TerraformCloud } from '../support/terraform-cloud/terraform-cloud';

const STACKS = ['moshi-apis-shared', 'moshi-dns-shared', 'moshi-storage-dev', 'moshi-server-dev']; // the last one reads the state before it
const BACKEND = { type: 's3', bucket: 'our-states', region: 'eu-central-1' };

/** A terraform that kills whoever called it, before, while or after it does what KILL says: `moshi-storage-dev before push`. */
const killer = (real: string) => `#!/bin/sh
for word in "$@"; do case $word in init | push | pull | plan) verb=$word ;; esac; done
here=$(basename "$PWD")
[ "$KILL" != "$here before $verb" ] || { kill -9 $PPID; exit 137; }
[ "$KILL" != "$here in $verb" ] || kill -9 $PPID
${real} "$@"
code=$?
[ "$KILL" != "$here after $verb" ] || kill -9 $PPID
exit $code
`;

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** moto refuses everybody where a policy denies under a condition, which it does not look at: the policy lies on a bucket beside the one that is used. */
const policyBeside = (real: string) => `#!/bin/sh
case $2 in *-bucket-policy) set -- "$@" --bucket=beside ;; esac
exec ${real} "$@"
`;

describeReal(['terraform', 'openssl', 'aws', 'moto_server'], 'the state of a deployed estate', () => {
  const copy = new RepositoryCopy();
  const bin = mkdtempSync(join(tmpdir(), 'bin-'));
  const program = (name: string) => join(copy.root, `.cache/${name}.js`);
  let cloud: TerraformCloud;
  let moto: Moto | undefined;

  const start = (command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd = copy.root): Promise<Outcome> =>
    run(command, args, {
      cwd,
      env: { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null', TF_CLOUD_ORGANIZATION: undefined, ESTATES_CONFIG: undefined, ...cloud.providers, ...env },
      signal: AbortSignal.timeout(250_000),
    });
  const terraform = async (stack: string, env: NodeJS.ProcessEnv, ...args: string[]) =>
    start('terraform', args, env, join(copy.root, 'cdktf.out/stacks', stack));
  const synth = (env: NodeJS.ProcessEnv) => start('node', ['.cache/main.js'], env);
  const bootstrap = (env: NodeJS.ProcessEnv, kill = '') =>
    start(process.execPath, [program('bootstrap'), '--estate', 'moshi', '--yes'], { ...env, KILL: kill, PATH: `${bin}:${process.env.PATH}` });
  const plan = (env: NodeJS.ProcessEnv, stack: string) => start(process.execPath, [program('plan'), stack], env);
  /** What lies on this machine, by name: states as they are. */
  const here = (folder = '.state') =>
    Object.fromEntries(
      readdirSync(join(copy.root, folder), { withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.tfstate'))
        .map(({ name }) => [name.split('.')[0], digest(readFileSync(join(copy.root, folder, name), 'utf8'))]),
    );
  let deployed: Record<string, string>;
  const stateOf = (stack: string) => readFileSync(join(copy.root, '.deployed', `${stack}.tfstate`), 'utf8');
  /** The storage was being moved, and the server had to wait for it. */
  const expectStillHere = () => {
    expect(here()).not.toHaveProperty('moshi-apis-shared');
    for (const stack of ['moshi-storage-dev', 'moshi-server-dev']) expect(here()).toHaveProperty(stack, deployed[stack]);
  };
  const broughtBack = () => {
    rmSync(join(copy.root, '.state'), { recursive: true });
    cpSync(join(copy.root, '.deployed'), join(copy.root, '.state'), { recursive: true });
  };
  const cleaned = () => rmSync(join(copy.root, 'cdktf.out'), { recursive: true }); // as make clean
  const expectAllMoved = async (env: NodeJS.ProcessEnv) => {
    expect(here()).toEqual({});
    expect(here('.state/moved')).toEqual(deployed);
    for (const stack of STACKS) {
      const there = JSON.parse((await terraform(stack, env, 'state', 'pull')).stdout);
      const was = JSON.parse(stateOf(stack));
      for (const key of ['resources', 'outputs']) expect([key, there[key]]).toEqual([key, was[key]]);
    }
    // of the others that was found on the way
    expect((await terraform('moshi-server-dev', env, 'plan', '-detailed-exitcode', '-no-color')).stdout).toContain('No changes.');
  };

  beforeAll(async () => {
    const programs = { terraform: killer(find('terraform') as string), aws: policyBeside(find('aws') as string) };
    for (const [name, text] of Object.entries(programs)) writeFileSync(join(bin, name), text, { mode: 0o755 });
    for (const name of ['bootstrap', 'plan']) {
      const entryPoints = [join(ROOT, `scripts/${name}.ts`)];
      buildSync({ entryPoints, bundle: true, platform: 'node', target: 'node20', outfile: program(name), logLevel: 'error' });
    }
    writeFileSync(join(copy.root, 's3.json'), JSON.stringify({ moshi: { shared: { backend: BACKEND } } }));
    mkdirSync(join(copy.root, '.state'));
    cloud = await TerraformCloud.start({ executionMode: 'local' });
    expect((await synth({})).code).toBe(0);
    for (const stack of STACKS) {
      expect(await terraform(stack, {}, 'init', '-input=false')).toMatchObject({ stderr: '', code: 0 });
      expect(await terraform(stack, {}, 'apply', '-auto-approve', '-no-color')).toMatchObject({ stderr: '', code: 0 });
    }
    expect((await plan({}, 'moshi-pypi-shared')).code).toBe(0); // never deployed; its folder remembers this machine
    deployed = here();
    expect(Object.keys(deployed).sort()).toEqual([...STACKS].sort());
    cpSync(join(copy.root, '.state'), join(copy.root, '.deployed'), { recursive: true });
  });
  afterAll(() => Promise.all([cloud.stop(), moto?.stop()]));

  test('moves to S3, into a bucket that is made for it; killed on the way, and finished by the next run', async () => {
    moto = await Moto.start();
    const env = { ...AWS_ENVIRONMENT, AWS_ENDPOINT_URL: moto.endpoint, ESTATES_CONFIG: 's3.json' };
    await synth(env);
    expect((await start('aws', ['s3api', 'create-bucket', '--bucket=beside', '--region=us-east-1'], env)).code).toBe(0);
    const killed = await bootstrap(env, 'moshi-storage-dev after push');
    expect(killed).toMatchObject({
      stderr: '',
      stdout: expect.stringMatching(/done {2}our-states: make it in eu-central-1[\s\S]*moved {2}moshi-apis-shared: /),
    });
    expectStillHere();
    for (const kill of ['moshi-storage-dev in plan', 'moshi-dns-shared in plan']) {
      expect((await bootstrap(env, kill)).stderr).toBe('');
    }

    const { code, stdout, stderr } = await bootstrap(env);
    expect(`${stdout}${stderr}`).toMatch(
      /^Will do:\n[\s\S]* {2}- move the state of moshi-storage-dev[\s\S]*\nmoved {2}moshi-server-dev: \d+ resources, the plan is empty\n\nNext: make plan/,
    );
    expect(code).toBe(0);
    await expectAllMoved(env);
    expect((await plan(env, 'moshi-pypi-shared')).stdout).toMatch(/moshi-pypi-shared +would change/);
    expect(await moto.ask('s3', '/our-states?versioning')).toContain('<Status>Enabled</Status>');
    expect(await moto.ask('s3', '/beside?policy')).toContain('aws:SecureTransport');
    expect(await moto.ask('s3', '/our-states?list-type=2')).not.toContain('.tflock');
  });

  test('moves to Terraform Cloud, wherever it is killed', async () => {
    broughtBack();
    cleaned();
    const env = cloud.env();
    await synth(env);
    const kills = ['before push', 'in push', 'in plan', 'after plan'].map((when) => `moshi-apis-shared ${when}`);
    for (const kill of [...kills, 'moshi-storage-dev after init']) {
      expect((await bootstrap(env, kill)).stderr).toBe('');
      if (kill.startsWith('moshi-apis')) expect(here()).toEqual(deployed);
      else expectStillHere();
    }
    const { code, stdout, stderr } = await bootstrap(env);
    expect([code, stderr, stdout]).toEqual([0, '', expect.stringMatching(/moved {2}moshi-storage-dev: [\s\S]*moved {2}moshi-server-dev: /)]);
    await expectAllMoved(env);
    expect(await bootstrap(env)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Nothing to do: /) });
  });

  test('is not made again on this machine, until it is brought back', async () => {
    await synth({});
    expect(await plan({}, 'moshi-storage-dev')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Moved elsewhere, .*:\n {2}\.state\/moshi-storage-dev/),
    });
    broughtBack(); // as "Going back" of the runbook does it
    expect(await plan({}, 'moshi-storage-dev')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('moshi-storage-dev   cloud/') });
    cleaned();
    await synth({});
    expect((await plan({}, 'moshi-storage-dev')).stdout).toMatch(/moshi-storage-dev +no changes/);
  });

  test('stays where another is there already', async () => {
    const env = cloud.env();
    broughtBack();
    cleaned();
    await synth(env);
    const file = join(copy.root, '.state/moshi-apis-shared.tfstate');
    const [, lineage = ''] = /"lineage": "([^"]+)"/.exec(stateOf('moshi-apis-shared')) ?? [];
    writeFileSync(
      file,
      stateOf('moshi-apis-shared').replace(lineage, '11111111-2222-3333-4444-555555555555').replace('sts.googleapis.com', 'other.googleapis.com'),
    );
    for (const stack of STACKS.slice(1)) rmSync(join(copy.root, `.state/${stack}.tfstate`));
    const { code, stdout } = await bootstrap(env);
    expect(code).toBe(1);
    expect(stdout).toMatch(/another state is there already[\s\S]*here +lineage 11111111-[\s\S]*there +lineage /);
    expect(Object.keys(here())).toEqual(['moshi-apis-shared']);
  });

  test('stays where somebody holds the lock', async () => {
    const other = await TerraformCloud.start({ executionMode: 'local' });
    try {
      broughtBack();
      cleaned();
      for (const stack of ['moshi-dns-shared', 'moshi-server-dev']) rmSync(join(copy.root, `.state/${stack}.tfstate`));
      const { data } = await other.ask('POST', `/organizations/${ORGANIZATION}/workspaces`, { attributes: { name: 'moshi-storage-dev' } });
      await other.ask('POST', `/workspaces/${data.id}/actions/lock`);
      const env = { ...other.env(), ...cloud.providers }; // what is deployed stands in the first one's cloud
      await synth(env);
      const { code, stdout } = await bootstrap(env);
      expect([code, stdout]).toEqual([1, expect.stringMatching(/moved {2}moshi-apis-shared[\s\S]*terraform -chdir=\S+moshi-storage-dev force-unlock/)]);
      expect(Object.keys(here())).toEqual(['moshi-storage-dev']);
    } finally {
      await other.stop();
    }
  });
});
