import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packer } from '../../packer/build/program';
import { type Attributes, block } from '../../packer/hcl/body';
import { writeHcl } from '../../packer/hcl/write';
import { describeReal } from '../support/real';

describeReal(['packer'], 'an interrupted bake', () => {
  test('Packer stops between two steps, cleans up and says so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'interrupt-'));
    const step = (attributes: Attributes) => block('provisioner', 'shell-local', { inline: ['echo in the middle'], ...attributes });
    const build = block('build', [], { sources: ['source.null.image'] }, [step({}), step({ pause_before: '60s' })]);
    writeFileSync(join(folder, 'image.pkr.hcl'), writeHcl([block('source', ['null', 'image'], { communicator: 'none' }), build]));

    const interrupt = new AbortController();
    const log = join(folder, 'log');
    const started = performance.now();
    const code = await packer(['build', folder], {
      env: process.env,
      interrupt: interrupt.signal,
      kill: new AbortController().signal,
      log,
      onLine: (line) => line.includes('Pausing 1m0s before the next provisioner') && interrupt.abort(),
    });
    expect(code).not.toBe(0);
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(readFileSync(log, 'utf8')).toContain('Cleanly cancelled builds after being interrupted.');
  });
});
