import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from '../../rehearsal/cloud/cloud';
import { type ProviderServer, serveProviders } from '../../rehearsal/provider/server';
import { describeReal } from '../support/real';
import { UpBench } from '../support/up/bench';
import { CASES, type Case, deployOf, effectsOf, expectedOf } from '../support/up/cases';

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
