import { cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from '../../rehearsal/cloud/cloud';
import { type ProviderServer, serveProviders } from '../../rehearsal/provider/server';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';
import { UpBench } from '../support/up/bench';
import { CASES, type Case, deployOf } from '../support/up/cases';

/** The packages as links, but for a cdktf that does not ask the registry for checksums, and tells the stand-in cloud what it has deployed. */
function packages({ root, program }: UpBench): void {
  const [own, real] = [join(root, 'node_modules'), join(ROOT, 'node_modules')];
  rmSync(own);
  mkdirSync(join(own, '.bin'), { recursive: true });
  for (const name of readdirSync(real)) if (name !== '.bin') symlinkSync(join(real, name), join(own, name));
  for (const name of readdirSync(join(real, '.bin'))) if (name !== 'cdktf') symlinkSync(join(real, '.bin', name), join(own, '.bin', name));
  const lines = ['#!/bin/sh', `${join(real, '.bin/cdktf')} "$@" --skip-provider-lock || exit`, 'shift', `exec ${process.execPath} ${program} deployed "$@"`];
  writeFileSync(join(own, '.bin/cdktf'), `${lines.join('\n')}\n`, { mode: 0o755 });
}

describeReal(['terraform'], 'make up by make itself', () => {
  const [one] = CASES as readonly [Case];
  let providers: ProviderServer;
  let bench: UpBench;
  const make = (input: string, ...args: readonly string[]) => bench.start('make', ['up', `ESTATE=${one.name}`, ...args], input).ended;

  beforeAll(async () => {
    providers = await serveProviders({ cloud: Cloud.open(), socketFolder: mkdtempSync(join(tmpdir(), 's-')) });
    bench = new UpBench(providers.env, one.name, one.override, ['gcloud', 'docker', 'packer']);
    packages(bench);
    cpSync(join(ROOT, '.cache'), join(bench.root, '.cache'), {
      recursive: true,
      preserveTimestamps: true,
      filter: (file) => lstatSync(file).isDirectory() || /\.(js|zip)$/.test(file),
    });
    bench.change(one.before);
  });
  afterAll(async () => {
    bench.close();
    await providers.close();
  });

  test('docker-worker comes to run, by the targets, cdktf and Terraform that people use; a second time there is nothing to do', async () => {
    const { steps, next } = deployOf(one);
    const first = await make('docker-worker-webhook=hunter2\n', 'YES=1', 'PATIENCE=5s');
    expect(first.output).toContain(`All ${steps.length} steps are done.\n\nNext: ${next}`);
    expect(first.code).toBe(0);
    expect(first.output).not.toContain('hunter2');
    for (const { title } of steps) expect(first.output).toContain(`\ndone  ${title}  (`);
    const { calls, state } = bench.world;
    expect(state.projects['docker-worker']?.secrets['docker-worker-webhook']).toEqual([{ state: 'ENABLED', value: 'hunter2' }]);
    expect(calls.filter((call) => call.startsWith('packer build'))).toHaveLength(1);

    const again = await make('', 'DRY_RUN=1');
    expect(again).toMatchObject({ code: 0, output: expect.stringContaining(`Nothing to do: ${steps.length} steps, all done.`) });
    expect(bench.world.calls).toEqual(calls);
  }, 600_000);
});
