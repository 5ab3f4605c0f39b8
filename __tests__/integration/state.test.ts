import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from '../../rehearsal/cloud/cloud';
import { type ProviderServer, serveProviders } from '../../rehearsal/provider/server';
import { run } from '../../rehearsal/runner/process';
import { describeReal } from '../support/real';
import { RepositoryCopy } from '../support/repository';

const STACK = 'moshi-apis-shared';

describeReal(['terraform'], 'state', () => {
  let providers: ProviderServer;

  beforeAll(async () => {
    providers = await serveProviders({ cloud: Cloud.open(), socketFolder: mkdtempSync(join(tmpdir(), 's-')) });
  });
  afterAll(() => providers.close());

  const terraform = (cwd: string, ...args: string[]) =>
    run('terraform', [...args, '-no-color'], {
      cwd,
      env: { ...process.env, ...providers.env, TF_CLI_CONFIG_FILE: '/dev/null' },
      signal: new AbortController().signal,
    });
  const must = async (...call: Parameters<typeof terraform>) => expect(await terraform(...call)).toMatchObject({ code: 0 });
  /** 0: nothing to do, as the state is found; 2: Terraform would create everything again. */
  const planCode = async (folder: string) => {
    await must(folder, 'init', '-input=false');
    return (await terraform(folder, 'plan', '-input=false', '-detailed-exitcode')).code;
  };

  test('survives make clean, another synth, and a synth without the stack', async () => {
    const copy = new RepositoryCopy();
    const folder = join(copy.root, 'cdktf.out/stacks', STACK);
    copy.synth();
    expect(await planCode(folder)).toBe(2);
    await must(folder, 'apply', '-input=false', '-auto-approve');

    expect(copy.run('make', ['clean']).code).toBe(0);
    expect(existsSync(folder)).toBe(false);
    copy.synth();
    expect(await planCode(folder)).toBe(0);

    const index = copy.read('estates/index.ts');
    const stacks = () => Number(/^(\d+) stacks/.exec(copy.synth().output)?.[1]);
    const before = stacks();
    copy.replace('estates/index.ts', ', moshi', '');
    expect(stacks()).toBe(before - 9);
    expect(existsSync(folder)).toBe(false);
    copy.write('estates/index.ts', index);
    copy.synth();
    expect(await planCode(folder)).toBe(0);
  });

  test('of a stack is all that its folder needs from outside: each one alone passes init and validate', async () => {
    const copy = new RepositoryCopy();
    copy.synth();
    const stacks = Object.keys(JSON.parse(copy.read('cdktf.out/manifest.json')).stacks);
    expect(stacks.length).toBeGreaterThan(9);
    for (const stack of stacks) {
      const alone = join(mkdtempSync(join(tmpdir(), 'alone-')), 'a/b/c');
      mkdirSync(alone, { recursive: true });
      cpSync(join(copy.root, 'cdktf.out/stacks', stack), alone, { recursive: true });
      await must(alone, 'init', '-input=false');
      await must(alone, 'validate');
      const assets = readFileSync(join(alone, 'cdk.tf.json'), 'utf8').match(/(?<=")assets\/[^"]+/g) ?? [];
      for (const asset of assets) expect(existsSync(join(alone, asset))).toBe(true);
      expect(assets.length > 0).toBe(/^(moshi-storage|docker-worker-functions|egf2-data)-/.test(stack));
    }
  });
});
