import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from '../../rehearsal/cloud/cloud';
import { type ProviderServer, serveProviders } from '../../rehearsal/provider/server';
import { type Outcome, run } from '../../rehearsal/runner/process';
import { resourcesInState } from '../../rehearsal/runner/state';
import { describeReal } from '../support/real';
import { RepositoryCopy } from '../support/repository';

describeReal(['terraform'], 'the cdktf command line', () => {
  const copy = new RepositoryCopy();
  const cloud = Cloud.open();
  let providers: ProviderServer;

  beforeAll(async () => {
    providers = await serveProviders({ cloud, socketFolder: mkdtempSync(join(tmpdir(), 's-')) });
  });
  afterAll(() => providers.close());

  // Without --skip-provider-lock cdktf asks the registry for checksums: with a network that works, and the flag is not needed.
  const cdktf = (...args: string[]): Promise<Outcome> =>
    run('node_modules/.bin/cdktf', args, {
      cwd: copy.root,
      env: { ...process.env, ...providers.env, TF_CLI_CONFIG_FILE: '/dev/null', CI: '1', ESTATES_CONFIG: undefined, TF_CLOUD_ORGANIZATION: undefined },
      signal: new AbortController().signal,
    });
  /** Stacks whose state holds resources. */
  const deployed = () =>
    readdirSync(join(copy.root, '.state'))
      .filter((file) => file.endsWith('.tfstate') && resourcesInState(join(copy.root, '.state', file)).length > 0)
      .map((file) => file.replace('.tfstate', ''))
      .sort();

  const shared = ['moshi-apis-shared', 'moshi-dns-shared', 'moshi-firebase-shared', 'moshi-github-shared', 'moshi-pypi-shared'];

  test('lists the stacks', async () => {
    const { code, stdout } = await cdktf('list');
    for (const stack of [...shared, 'moshi-server-prod']) expect(stdout).toContain(stack);
    expect(code).toBe(0);
  });

  test('deploys the development environment with what it shares, across stacks', async () => {
    const { code, stdout, stderr } = await cdktf('deploy', 'moshi-*-{shared,dev}', '--auto-approve', '--skip-provider-lock');
    expect(`${stdout}${stderr}`).toContain('Apply complete!');
    expect(code).toBe(0);
    expect(deployed()).toEqual([...shared, 'moshi-server-dev', 'moshi-storage-dev'].sort());

    const [entrypoint] = cloud.find('google_storage_bucket_object');
    const [template] = cloud.find('google_compute_instance_template');
    expect(entrypoint?.state.generation).toBeDefined();
    expect(template?.state.metadata).toMatchObject({ 'entrypoint-generation': String(entrypoint?.state.generation) });
  });

  test('refuses to destroy what is protected', async () => {
    const { code, stdout, stderr } = await cdktf('destroy', 'moshi-firebase-shared', '--auto-approve', '--skip-provider-lock');
    expect(`${stdout}${stderr}`).toContain('prevent_destroy');
    expect(code).not.toBe(0);
    expect(deployed()).toContain('moshi-firebase-shared');
  });

  test('destroys the development environment and leaves what it shares', async () => {
    const { code } = await cdktf('destroy', 'moshi-*-dev', '--auto-approve', '--skip-provider-lock');
    expect(code).toBe(0);
    expect(deployed()).toEqual(shared);
    expect(cloud.find('google_compute_instance_template')).toEqual([]);
    expect(cloud.find('google_firestore_database')).toHaveLength(1);
  });
});
