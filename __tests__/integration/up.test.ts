import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergePatch } from '../../config/merge';
import { Cloud } from '../../rehearsal/cloud/cloud';
import { type ProviderServer, serveProviders } from '../../rehearsal/provider/server';
import { AWS_ENVIRONMENT, Moto } from '../support/moto';
import { describeReal } from '../support/real';
import { UpBench } from '../support/up/bench';
import { CASES, type Case, deployOf, effectsOf, expectedOf } from '../support/up/cases';

/** Nobody goes on for ever. */
const MOST_STARTS = 60;

describeReal(['terraform'], 'make up', () => {
  const emptyCloud = () => serveProviders({ cloud: Cloud.open(), socketFolder: mkdtempSync(join(tmpdir(), 's-')) });
  let providers: ProviderServer;
  const benches: UpBench[] = [];
  const benchOf = ({ name, override = {}, before }: Case, { env } = providers) => {
    const bench = new UpBench(env, name, override);
    benches.push(bench);
    expect(bench.copy.synth()).toMatchObject({ code: 0 });
    bench.change(before);
    return bench;
  };

  beforeAll(async () => {
    providers = await emptyCloud();
  });
  afterAll(async () => {
    for (const bench of benches) bench.close();
    await providers.close();
  });

  test.each(CASES)('$name, killed after every step and started again, does only the rest, and each step once', async (one) => {
    await killedAfterEveryStep(one, benchOf(one));
  });

  describeReal(['moto_server'], 'with its state in a bucket', () => {
    let moto: Moto;
    let another: ProviderServer; // in the one of the others stands docker-worker already
    beforeAll(async () => {
      [moto, another] = await Promise.all([Moto.start(), emptyCloud()]);
    });
    afterAll(() => Promise.all([moto.stop(), another.close()]));

    test('docker-worker does the same, and asks there what is done', async () => {
      const [worker] = CASES as readonly [Case];
      const override = mergePatch(worker.override, { shared: { backend: { type: 's3', bucket: 'our-states', region: 'eu-central-1' } } }) as object;
      const one = { ...worker, override };
      const bench = benchOf(one, another);
      bench.change((state) => Object.assign(state, { awsAccount: '123456789012', env: { ...AWS_ENVIRONMENT, AWS_ENDPOINT_URL: moto.endpoint } }));
      expect((await fetch(`${moto.endpoint}/our-states`, { method: 'PUT' })).status).toBe(200);
      await killedAfterEveryStep(one, bench);
      expect(bench.world.calls).toContain('make bootstrap ESTATE=docker-worker YES=1');
      const stacks = deployOf(one).steps.flatMap(({ done }) => done.flatMap((check) => (check.kind === 'stack' ? [check.stack] : [])));
      const kept = await moto.ask('s3', '/our-states?list-type=2');
      for (const stack of stacks) expect(kept).toContain(`${stack}.tfstate</Key>`);
      expect(readdirSync(join(bench.root, '.state')).filter((name) => name.endsWith('.tfstate'))).toEqual([]);
    });
  });

  async function killedAfterEveryStep(one: Case, bench: UpBench): Promise<void> {
    const deploy = deployOf(one);
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
  }
});
