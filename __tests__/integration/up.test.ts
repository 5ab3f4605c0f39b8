import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergePatch } from '../../config/merge';
import type { FirstDeploy } from '../../constructs/core/first-deploy';
import type { Environment } from '../../constructs/core/naming';
import type { Need } from '../../constructs/core/need';
import { estates } from '../../estates/index';
import { isAlive } from '../../packer/build/lock';
import { Cloud } from '../../rehearsal/cloud/cloud';
import { type ProviderServer, serveProviders } from '../../rehearsal/provider/server';
import { describeReal } from '../support/real';
import { paid, UpBench } from '../support/up/bench';
import type { UpState } from '../support/up/world';

interface Case {
  readonly name: string;
  readonly environment: Environment;
  readonly override?: object;
  /** Of the world, before the first step. */
  readonly before: (state: UpState) => void;
}

const HMAC = { prod: { webhook: { auth: 'hmac', callers: null, reason: 'The callers are machines of somebody else' } } };

const CASES: readonly Case[] = [
  { name: 'docker-worker', environment: 'prod', override: HMAC, before: ({ projects }) => Object.assign(projects, { 'docker-worker': paid() }) },
  { name: 'moshi', environment: 'dev', before: ({ projects }) => Object.assign(projects, { 'moshi-3': { ...paid(), billing: false } }) },
  { name: 'filmlinkd', environment: 'dev', before: ({ projects }) => Object.assign(projects, { filmlinkd: paid() }) },
  {
    name: 'egf2',
    environment: 'prod',
    override: { shared: { sources: { job: { commit: 'a'.repeat(40) } } } },
    before: (state) => Object.assign(state, { awsAccount: '123456789012' }),
  },
  { name: 'vulpine', environment: 'prod', before: (state) => Object.assign(state, { awsAccount: '123456789012', env: { LINODE_TOKEN: 'x' } }) },
];

/** An estate's steps, and what they need. */
function deployOf({ name, environment, override = {} }: Case): FirstDeploy & { readonly needs: readonly Need[] } {
  const estate = estates.find((one) => one.name === name);
  const config = estate?.schema.parse(mergePatch(estate.values, override));
  if (!estate?.firstDeploy || !estate.needs) throw new Error(`${name} has no first deployment`);
  return { ...estate.firstDeploy(config, environment), needs: estate.needs(config) };
}

/** What the make targets of the steps do that Terraform does not. */
function effectsOf({ steps, needs }: ReturnType<typeof deployOf>): UpState['effects'] {
  const pushed = needs.flatMap((need) =>
    need.kind === 'container-image' ? [{ project: need.project, place: `${need.region}/${need.repository}`, image: `${need.image}@${need.tag}` }] : [],
  );
  const checks = steps.flatMap(({ done, does }) => done.map((check) => ({ check, does })));
  const keys = checks.flatMap(({ check }) => (check.kind === 'keys' ? [check] : []));
  const certified = checks.flatMap(({ check, does }) => (check.kind === 'answers' && does.kind === 'commands' ? [[check.url, 502] as const] : []));
  return {
    'filmlinkd-deliver': { pushed },
    ssh: { answers: Object.fromEntries(certified) },
    ...(keys[0] && {
      'vulpine-images-lock': {
        file: { path: keys[0].file, text: JSON.stringify(Object.fromEntries(keys[0].keys.map((key) => [key, `sha256:${'a'.repeat(64)}`]))) },
      },
    }),
  };
}

/** What the steps run, each once. */
function expectedOf({ steps }: FirstDeploy): string[] {
  return steps.flatMap(({ does }) => {
    if (does.kind === 'person') return [];
    if (does.kind === 'commands') return [...does.lines];
    return [['make', does.target, ...Object.entries(does.values).map(([name, value]) => `${name}=${value}`), 'YES=1'].join(' ')];
  });
}

/** Nobody goes on for ever. */
const MOST_STARTS = 60;

describeReal(['terraform'], 'make up', () => {
  let providers: ProviderServer;
  const benches: UpBench[] = [];
  const benchOf = ({ name, override = {}, before }: Case) => {
    const bench = new UpBench(providers.env, name, override);
    benches.push(bench);
    expect(bench.copy.synth()).toMatchObject({ code: 0 });
    bench.change(before);
    return bench;
  };

  beforeAll(async () => {
    providers = await serveProviders({ cloud: Cloud.open(), socketFolder: mkdtempSync(join(tmpdir(), 's-')) });
  });
  afterAll(async () => {
    for (const bench of benches) bench.close();
    await providers.close();
  });

  test.each(CASES)('$name, killed after every step and started again, does only the rest, and each step once', async (one) => {
    const deploy = deployOf(one);
    const bench = benchOf(one);
    bench.change((state) => Object.assign(state, { deadly: true, effects: effectsOf(deploy) }));
    const args = ['--estate', one.name, '--env', one.environment, '--yes'];
    let kills = 0;
    const waited: string[] = [];
    for (let starts = 0; ; starts += 1) {
      expect(starts).toBeLessThan(MOST_STARTS);
      const { code, output } = await bench.up(...args);
      await bench.quiet();
      if (code === 0) {
        expect(output).toContain(`Nothing to do: ${deploy.steps.length} steps, all done.\n\nNext: ${deploy.next}`);
        break;
      }
      if (code === null) kills += 1;
      else {
        const title = /^Stopped at step \d+ of \d+, (.*)\.$/m.exec(output)?.[1];
        const step = deploy.steps.find((each) => each.title === title);
        if (step?.does.kind !== 'person') throw new Error(output);
        expect(output).toContain('It waits for a person: ');
        waited.push(step.title);
        bench.satisfy(step, deploy.needs);
      }
    }
    expect(bench.world.calls).toEqual(expectedOf(deploy));
    expect(kills).toBeGreaterThanOrEqual(deploy.steps.filter(({ does }) => does.kind !== 'person').length);
    expect(waited).toEqual(deploy.steps.filter(({ does }) => does.kind === 'person').map(({ title }) => title));
  });

  describe('of docker-worker', () => {
    const one = CASES[0] as Case;
    const args = ['--estate', 'docker-worker', '--yes'];
    let bench: UpBench;
    const calls = (from: number) => bench.world.calls.slice(from);

    beforeAll(() => {
      bench = benchOf(one);
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

    test.each([
      [['--estate', 'moshy'], 'There is no estate moshy; there is docker-worker, egf2, filmlinkd, moshi, vulpine\n'],
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
});

/** Whether a process ends soon. */
async function gone(pid: number): Promise<boolean> {
  for (const end = performance.now() + 20_000; performance.now() < end; ) {
    if (!isAlive(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
