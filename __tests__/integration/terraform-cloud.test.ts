import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Outcome, run } from '../../rehearsal/runner/process';
import { describeReal } from '../support/real';
import { RepositoryCopy, ROOT } from '../support/repository';
import { ORGANIZATION, TerraformCloud, TOKEN } from '../support/terraform-cloud/terraform-cloud';

const STORAGE = 'moshi-storage-dev';
const READER = 'moshi-server-dev'; // of the storage's state

describeReal(['terraform', 'openssl', 'unshare', 'root'], 'Terraform Cloud', () => {
  const copy = new RepositoryCopy();
  let cloud: TerraformCloud;

  beforeAll(async () => {
    cloud = await TerraformCloud.start({ hides: [copy.root, ROOT] });
  });
  afterAll(() => cloud.stop());

  const cdktf = (stacks: readonly string[], token?: string): Promise<Outcome> =>
    run('node_modules/.bin/cdktf', ['deploy', ...stacks, '--auto-approve', '--skip-provider-lock', '--ignore-missing-stack-dependencies'], {
      cwd: copy.root,
      env: { ...process.env, ...cloud.env(token), CI: '1', ESTATES_CONFIG: undefined },
      signal: AbortSignal.timeout(200_000),
    });
  const terraform = (cwd: string, ...args: string[]): Promise<Outcome> =>
    run('terraform', [...args, '-no-color'], { cwd, env: { ...process.env, ...cloud.env() }, signal: AbortSignal.timeout(60_000) });
  const shareState = async (of: string, consumer: string) => {
    const id = async (name: string) => (await cloud.ask('GET', `/organizations/${ORGANIZATION}/workspaces/${name}`)).data.id as string;
    await cloud.ask('POST', `/workspaces/${await id(of)}/relationships/remote-state-consumers`, [{ id: await id(consumer), type: 'workspaces' }]);
  };
  const uploaded = (stack: string) => cloud.runs.filter(({ workspace }) => workspace === stack).map(({ files }) => files);

  test('takes the upload of a stack with its assets, runs it without the repository, and streams its log and outputs back', async () => {
    const { code, stdout, stderr } = await cdktf(['moshi-apis-shared', STORAGE]);
    expect(`${stdout}${stderr}`).toMatch(/Running apply in HCP Terraform[\s\S]*will be created[\s\S]*Apply complete!/);
    expect(stdout).toMatch(/ENTRYPOINT_GENERATION/);
    expect(code).toBe(0);
    const files = [...copy.tree(`cdktf.out/stacks/${STORAGE}`).keys()].filter((file) => !file.startsWith('.terraform/'));
    expect(files.filter((file) => file.startsWith('assets/')).length).toBeGreaterThan(0);
    expect(uploaded(STORAGE)).toEqual([files]);
    expect(cloud.cloud.find('google_storage_bucket_object').length).toBeGreaterThan(0);
    expect([...copy.tree('.state').keys()]).toEqual([]);
  });

  test('a second deploy plans nothing', async () => {
    const before = cloud.requests.length;
    const { code, stdout } = await cdktf([STORAGE]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('No changes. Your infrastructure matches the configuration.')]);
    expect(cloud.requests.slice(before).filter(({ path }) => path.includes('/applies/'))).toEqual([]);
  });

  test('make drift plans there too, and says what is not deployed', async () => {
    const drift = async (...stacks: string[]) => {
      const signal = AbortSignal.timeout(100_000);
      const env = { ...process.env, ...cloud.env(), ESTATES_CONFIG: undefined };
      const { code, stdout, stderr } = await run(process.execPath, ['--import', 'tsx', 'scripts/drift.ts', '--json', ...stacks], {
        cwd: copy.root,
        env,
        signal,
      });
      return { code, found: stdout === '' ? stderr : JSON.parse(stdout) };
    };
    const before = cloud.requests.length;
    const found = [
      { stack: STORAGE, state: 'as deployed' },
      { stack: 'vulpine-host-prod', state: 'not deployed' },
    ]; // in the order of the stacks
    expect(await drift(STORAGE, 'vulpine-host-prod')).toMatchObject({ code: 0, found });
    expect(cloud.requests.slice(before).filter(({ method, path }) => method !== 'GET' && path.endsWith('/workspaces'))).toEqual([]);
    const file = `cdktf.out/stacks/${STORAGE}/cdk.tf.json`;
    const synthesized = copy.read(file);
    copy.write(file, synthesized.replace('"value": "off"', '"value": "on"'));
    const differences = [{ address: 'output.PROTECTION', how: 'not deployed' }];
    expect(await drift(STORAGE)).toMatchObject({ code: 2, found: [{ stack: STORAGE, state: 'differs', differences }] });
    copy.write(file, synthesized);
  });

  test('a plan that fails says why and ends with an error', async () => {
    const { code, stdout, stderr } = await cdktf(['vulpine-host-prod']);
    expect(`${stdout}${stderr}`).toMatch(/No value for required variable[\s\S]*admin_ssh_keys/);
    expect(code).not.toBe(0);
    expect(cloud.cloud.find('linode_instance')).toEqual([]);
  });

  test("nobody's runs read another workspace's state, unless that is shared with theirs", async () => {
    const plan = () => terraform(join(copy.root, 'cdktf.out/stacks', READER), 'plan', '-detailed-exitcode');
    expect((await cdktf([READER])).code).not.toBe(0); // of so long a plan cdktf shows the beginning only
    expect(await plan()).toMatchObject({ code: 1, stdout: expect.stringMatching(/Error loading state error[\s\S]*state-of-moshi-storage-dev/) });
    await shareState(STORAGE, READER);
    expect(await plan()).toMatchObject({ code: 2, stdout: expect.stringMatching(/Plan: \d+ to add, 0 to change, 0 to destroy/) });
  });

  test('a run sees its own upload, and nothing of where it was uploaded from', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'elsewhere-'));
    const { TF_CLOUD_ORGANIZATION: organization, TF_CLOUD_HOSTNAME: hostname } = cloud.env();
    writeFileSync(join(folder, 'own.txt'), 'own');
    writeFileSync(
      join(folder, 'main.tf.json'),
      JSON.stringify({
        terraform: { cloud: { organization, hostname, workspaces: { name: 'elsewhere' } } },
        output: {
          own: { value: '${fileexists("own.txt")}' },
          repository: { value: `\${fileexists("${copy.root}/cdktf.json") || fileexists("${ROOT}/cdktf.json")}` },
        },
      }),
    );
    expect((await terraform(folder, 'init')).code).toBe(0);
    expect((await terraform(folder, 'apply', '-auto-approve')).code).toBe(0);
    expect(JSON.parse((await terraform(folder, 'output', '-json')).stdout)).toMatchObject({ own: { value: true }, repository: { value: false } });
  });

  test('a wrong token is refused in clear words, and the right one is written down nowhere', async () => {
    const { code, stdout, stderr } = await cdktf([STORAGE], 'wrong.atlasv1.token');
    expect(`${stdout}${stderr}`).toMatch(/unauthorized/i);
    expect(code).not.toBe(0);
    const everything = [...copy.tree('cdktf.out'), ...copy.tree('.state'), ['output', `${stdout}${stderr}`] as const];
    expect(everything.filter(([, text]) => text.includes(TOKEN)).map(([name]) => name)).toEqual([]);
  });
});
