import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machinesIn } from '../support/container-machine';
import { describeReal } from '../support/real';
import { synthEstate } from '../support/synth';

const stacks = synthEstate('filmlinkd');
const machines = ['dev', 'prod'].flatMap((environment) => [...machinesIn(stacks.get(`filmlinkd-compute-${environment}`))]);

describeReal(['cloud-init', 'shellcheck'], 'what a machine of filmlinkd finds in its metadata', () => {
  test.each(machines)('%s: cloud-init takes it, and its scripts are clean', (name, { userData, files }) => {
    const file = join(mkdtempSync(join(tmpdir(), 'user-data-')), name);
    writeFileSync(file, userData);
    const { status, stdout, stderr } = spawnSync('cloud-init', ['schema', '--config-file', file], { encoding: 'utf8' });
    expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });

    const scripts = [...files].filter(([path]) => path.endsWith('.sh'));
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, input] of scripts)
      expect(spawnSync('shellcheck', ['--shell=bash', '-'], { input, encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '' });
  });
});
