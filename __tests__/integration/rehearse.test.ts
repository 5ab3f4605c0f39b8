import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeReal } from '../support/real';
import { RepositoryCopy } from '../support/repository';

let copy: RepositoryCopy;
let stacks: string[];
const rehearse = (...args: string[]) => copy.run('node', ['--import', 'tsx', 'rehearsal/main.ts', ...args]);

/** Stacks that Terraform must refuse to destroy, as synthesized. */
const isProtected = (stack: string) => copy.read(`cdktf.out/stacks/${stack}/cdk.tf.json`).includes('"prevent_destroy": true');

describeReal(['terraform'], 'make rehearse', () => {
  beforeAll(() => {
    copy = new RepositoryCopy();
    copy.synth();
    stacks = Object.keys(JSON.parse(copy.read('cdktf.out/manifest.json')).stacks);
  });

  test('deploys, re-plans to nothing and destroys every stack of every estate', () => {
    const before = copy.tree('.').size;
    const { code, output } = rehearse();
    expect(output).toMatch(/^\d+ stacks, \d+ resources, \d+\.\d s\. A rehearsal does not see quotas, permissions or organization policy\.$/m);
    for (const stack of stacks) {
      const life = isProtected(stack) ? 'destroy refused +destroyed with protection off' : 'destroyed';
      expect(output).toMatch(new RegExp(`^${stack} +\\d+ resources? +applied \\d+\\.\\d s +second plan empty +${life}$`, 'm'));
    }
    expect(code).toBe(0);
    expect(stacks.some(isProtected)).toBe(true);
    expect(copy.tree('.').size).toBe(before); // nothing was written
  });

  test('of one choice of stacks takes those that they depend on, and no other', () => {
    const { output } = rehearse('--stack', 'moshi-storage-dev');
    expect(output).toMatch(/^moshi-apis-shared .*\nmoshi-storage-dev .*\n2 stacks, /m);
  });

  test('an estate that does not exist is answered with the stacks that do', () => {
    const { code, output } = rehearse('--estate', 'mosha');
    expect(output).toContain(`no stack matches estate 'mosha'; there is\n  ${stacks[0]}`);
    expect(code).toBe(2);
  });

  test('a fault in the middle of an apply is overcome by the next apply, in every stack that has the address', () => {
    const { resource } = JSON.parse(copy.read('cdktf.out/stacks/moshi-server-dev/cdk.tf.json'));
    const [template] = Object.keys(resource.google_compute_instance_template);
    const { code, output } = rehearse('--stack', 'moshi-server-*', '--fail', `google_compute_instance_template.${template}@apply`);
    for (const stack of ['moshi-server-dev', 'moshi-server-prod']) {
      expect(output).toMatch(new RegExp(`^${stack} .* destroyed.* failed as asked, finished on the second run$`, 'm'));
    }
    expect(output).not.toMatch(/moshi-dns-shared.*failed as asked/);
    expect(code).toBe(0);
  });

  test('a fault at an unknown address is answered with similar ones', () => {
    const { code, output } = rehearse('--fail', 'google_compute_instance_template.servers@apply');
    expect(output).toMatch(/no stack has google_compute_instance_template\.servers; similar:\n {2}google_compute_instance_template\.servers_template_/);
    expect(code).toBe(2);
  });

  test('without Terraform it says where to get it', () => {
    const { code, output } = copy.run(process.execPath, ['--import', 'tsx', 'rehearsal/main.ts'], { PATH: '/nowhere' });
    expect(output).toContain('terraform is not on PATH. A rehearsal needs Terraform 1.11 or newer');
    expect(code).toBe(2);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it with 130, no process and no file left', async (signal) => {
    const temporary = mkdtempSync(join(tmpdir(), 't-'));
    const child = spawn('node', ['--import', 'tsx', 'rehearsal/main.ts'], { cwd: copy.root, env: { ...process.env, TMPDIR: temporary } });
    const code = new Promise((resolve) => child.on('close', resolve));
    await new Promise((resolve) => child.stderr.once('data', resolve)); // the first stack is through, others are being applied
    child.kill(signal); // not through tsx's own process: it kills us when we do not answer within 60 ms
    expect(await code).toBe(130);
    expect(readdirSync(temporary).filter((name) => name.startsWith('rehearsal-'))).toEqual([]); // tsx keeps its cache there
    expect(processesIn(temporary)).toEqual([]);
  });
});

/** Processes whose working directory starts with `path`. */
function processesIn(path: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(path) && readFileSync(`/proc/${pid}/stat`, 'utf8') !== '';
    } catch {
      return false; // not a process, or ended meanwhile
    }
  });
}
