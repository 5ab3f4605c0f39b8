import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Bench } from '../rehearsal/terraform-bench';
import { machineFiles, machineStack } from '../support/container-machine';
import { describeReal } from '../support/real';
import { parse } from '../support/synth';

describeReal(['cloud-init', 'shellcheck', 'systemd-analyze'], "a machine's user data", () => {
  const folder = mkdtempSync(join(tmpdir(), 'user-data-'));
  const { userData, files } = machineFiles(
    machineStack([
      { name: 'scraper', variables: { EMOJI: '{"star":"<:star:1> ${x} %{ if }"}', EMPTY: '' }, secrets: { LETTERBOXD_API_KEY: 'LETTERBOXD_API_KEY' } },
      { name: 'vip' },
    ]),
  );
  const units = [...files].filter(([path]) => path.endsWith('.service'));

  test('cloud-init takes it', () => {
    const file = join(folder, 'user-data');
    writeFileSync(file, userData);
    expect(execFileSync('cloud-init', ['schema', '--config-file', file], { encoding: 'utf8' })).toMatch(/Valid/i);
    writeFileSync(file, userData.replace('    content: |', '    contents: |'));
    expect(spawnSync('cloud-init', ['schema', '--config-file', file]).status).not.toBe(0);
  });

  test('systemd takes its units', () => {
    for (const [path, content] of units) writeFileSync(join(folder, basename(path)), content);
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units.map(([path]) => join(folder, basename(path)))], {
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}`.split('\n').filter((line) => line.includes('container-'))).toEqual([]);
    expect(status).toBe(0);
  });

  test('what its units do in a shell is clean', () => {
    const lines = units.flatMap(([, unit]) => [...unit.matchAll(/^Exec\w+=\/bin\/bash -c '([^']+)'$/gm)].map(([, line]) => line));
    expect(lines).toHaveLength(1);
    for (const input of lines) expect(spawnSync('shellcheck', ['--shell=bash', '-'], { input, encoding: 'utf8' }).stdout).toBe('');
  });
});

describeReal(['terraform'], 'a machine of containers', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start({ providers: ['google'] });
  });
  afterAll(() => bench.stop());

  test('is made once, with its user data as cloud-init shall see it', async () => {
    const json = machineStack([{ name: 'scraper', variables: { NOTE: '${name} $${name} %{ if } %%{' }, secrets: { KEY: 'KEY' } }, { name: 'vip' }]);
    const { terraform: _, ...blocks } = parse(json);
    const stack = bench.stack('test-project').write(blocks);
    expect(await stack.apply()).toEqual({ code: 0, output: expect.stringContaining('Apply complete!') });
    expect(await stack.plan()).toEqual({ code: 0, output: expect.stringContaining('No changes') });
    const [template] = bench.cloud.find('google_compute_instance_template');
    const script = readFileSync('constructs/gcp/container-machine/start-container.sh', 'utf8').replace(/^(?=.)/gm, '      ');
    for (const text of ['NOTE=${name} $${name} %{ if } %%{\n', script]) {
      expect(template?.state).toMatchObject({ metadata: { 'user-data': expect.stringContaining(text) } });
    }
    const [group] = bench.cloud.find('google_compute_instance_group_manager');
    expect(group?.state).toMatchObject({ name: 'bot-scraper-1', target_size: 1, base_instance_name: 'bot-scraper-1' });
  });
});
