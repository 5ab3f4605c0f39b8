import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../packer/build/lock-file';
import { Cloud } from '../../rehearsal/cloud/cloud';
import { type ProviderServer, serveProviders } from '../../rehearsal/provider/server';
import { describeReal } from '../support/real';
import { UpBench } from '../support/up/bench';
import { CASES, type Case } from '../support/up/cases';

describeReal(['terraform'], 'make up, stopped', () => {
  let providers: ProviderServer;
  const [one] = CASES as readonly [Case];
  const args = ['--estate', 'docker-worker', '--yes'];
  let bench: UpBench;
  const calls = (from: number) => bench.world.calls.slice(from);

  beforeAll(async () => {
    providers = await serveProviders({ cloud: Cloud.open(), socketFolder: mkdtempSync(join(tmpdir(), 's-')) });
    bench = new UpBench(providers.env, one.name, one.override);
    expect(bench.copy.synth()).toMatchObject({ code: 0 });
    bench.change(one.before);
  });
  afterAll(async () => {
    bench.close();
    await providers.close();
  });

  test('a dry run says what it would do, and changes no byte', async () => {
    const [tree, state] = [bench.copy.tree('.'), bench.world.state];
    const { code, output } = await bench.up('--estate', 'docker-worker', '--dry-run');
    expect(code).toBe(0);
    expect(output).toMatch(
      /^docker-worker, prod\n {2}1 {3}the first APIs +to do +gcloud services enable [\s\S]*0 of 8 steps done; would do the rest[\s\S]*Nothing was changed \(dry run\)\.\n$/,
    );
    expect([bench.copy.tree('.'), bench.world.state, calls(0)]).toEqual([tree, state, []]);
  });

  test('nobody who did not say yes, and what is missing before the first step is said', async () => {
    expect(await bench.up('--estate', 'docker-worker')).toMatchObject({
      code: 2,
      output: expect.stringContaining('pass --yes (YES=1). Nothing was changed.'),
    });
    const { state } = bench.world;
    bench.change((world) => Object.assign(world, { adc: false, projects: {} }));
    const { code, output } = await bench.up(...args);
    expect([code, calls(0)]).toEqual([1, []]);
    expect(output).toMatch(/Terraform's login at Google +missing[\s\S]*project docker-worker +missing[\s\S]*make auth\n[\s\S]*Nothing was changed\.\n$/);
    bench.world.write(state);
  });

  test('the organization that keeps the state is looked for before the first step', async () => {
    const { state } = bench.world;
    bench.change((world) => Object.assign(world, { env: { ...world.env, TF_CLOUD_ORGANIZATION: 'ours', HOME: bench.folder } }));
    const { code, output } = await bench.up(...args);
    expect([code, calls(0)]).toEqual([1, []]);
    expect(output).toMatch(
      /Before the first step[\s\S]*organization ours, which keeps the state +missing +There is no token for app\.terraform\.io[\s\S]*\n {2}terraform login\n\nNothing was changed\.\n$/,
    );
    bench.world.write(state);
  });

  test.each([
    [['--estate', 'moshy'], 'There is no estate moshy; there is docker-worker, egf2, filmlinkd, moshi, vulpine\n'],
    [
      ['--estate', 'terraform-cloud'],
      'terraform-cloud is none for this; there is docker-worker, egf2, filmlinkd, moshi, vulpine. docs/runbooks/terraform-cloud.md says how terraform-cloud is deployed\n',
    ],
    [[], 'Which estate? ESTATE= is one of docker-worker, egf2, filmlinkd, moshi, vulpine\n'],
    [['--estate', 'moshi'], 'Which environment of moshi? ENV= is one of dev, prod\n'],
    [['--estate', 'docker-worker', '--env', 'dev'], 'docker-worker has no environment dev; there is prod\n'],
  ])('%j is one clear line', async (wrong, output) => {
    expect(await bench.up(...wrong)).toEqual({ code: 2, output });
  });

  test('a step that fails in the middle: which, why, and how to go on; then only what is left', async () => {
    providers.fail({ type: 'google_pubsub_topic', on: 'apply', where: {}, label: 'a topic' });
    const { code, output } = await bench.up(...args);
    expect(code).toBe(1);
    expect(output).toMatch(/^done {2}the APIs {2}\(\d+ s; \d+ s in all\)$/m);
    expect(output).toMatch(
      /\nStopped at step 3 of 8, the ledger, topics and registry\.\nmake deploy STACKS=docker-worker-data-prod ended with 1\. It said last:\n[\s\S]*Error: [\s\S]*the same command goes on from here: make up ESTATE=docker-worker ENV=prod\n$/,
    );
    bench.change((state) => Object.assign(state, { hangs: 'make images' }));
    const before = bench.world.calls.length;
    const next = bench.start(process.execPath, [bench.main, '--patience', '0s', ...args]);
    const hanging = await bench.hanging();
    expect(calls(before)).toEqual(['make deploy STACKS=docker-worker-data-prod YES=1', 'make images IMAGE=docker-worker YES=1']);
    // meanwhile
    expect(await bench.up(...args)).toMatchObject({
      code: 2,
      output: expect.stringContaining(`Another make up is under way here, process ${next.child.pid}: wait for it.`),
    });
    next.child.kill('SIGINT');
    const ended = await next.ended;
    expect(ended).toMatchObject({
      code: 130,
      output: expect.stringMatching(
        /Interrupted at step 4 of 8, the machines' image\. The same command goes on from there: make up ESTATE=docker-worker ENV=prod\n$/,
      ),
    });
    await expect(gone(hanging)).resolves.toBe(true);
  });

  test('killed in the middle of a step, which goes on: that is waited for, or ended', async () => {
    const first = bench.start(process.execPath, [bench.main, '--patience', '0s', ...args]);
    const hanging = await bench.hanging();
    first.child.kill('SIGKILL');
    await first.ended;
    const { code, output } = await bench.up(...args);
    expect(code).toBe(2);
    const group = Number(/its step "the machines' image" goes on\. Wait for it, or let it end: kill -INT -- -(\d+)/.exec(output)?.[1]);
    process.kill(-group, 'SIGINT');
    await expect(gone(hanging)).resolves.toBe(true);
  });

  test('what went well and is not seen stops it, and so does what nobody may look at', async () => {
    bench.change((state) => Object.assign(state, { hangs: undefined, effects: { images: {} } }));
    expect(await bench.up(...args)).toMatchObject({
      code: 1,
      output: expect.stringMatching(
        /make images IMAGE=docker-worker went well, but image family docker-worker: it is not baked\. PATIENCE= waits longer than 0 s\./,
      ),
    });
    bench.change((state) => Object.assign(state, { effects: {}, denied: ['compute images'] }));
    const before = bench.world.calls.length;
    expect(await bench.up(...args)).toMatchObject({
      code: 1,
      output: expect.stringContaining('It was not begun, because nobody can tell whether it is done: image family docker-worker: you may not look'),
    });
    expect(calls(before)).toEqual([]);
  });
});

/** Whether a process ends soon. */
async function gone(pid: number): Promise<boolean> {
  for (const end = performance.now() + 20_000; performance.now() < end; ) {
    if (!isAlive(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
