import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergePatch } from '../../config/merge';
import type { FirstDeploy } from '../../constructs/core/first-deploy';
import type { Environment } from '../../constructs/core/naming';
import type { Need } from '../../constructs/core/need';
import { estates } from '../../estates/index';
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
});
