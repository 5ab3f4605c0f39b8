import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { readStacks } from '../../rehearsal/runner/stack';
import { ROOT } from '../support/repository';

const held = { google_firestore_database: { database: { lifecycle: { prevent_destroy: true } } } };
const plain = { google_compute_network: { network: {} } };

/** The scripts as one file each: they start five times faster than through tsx. */
const folder = mkdtempSync(join(tmpdir(), 'scripts-'));
const bundles = { deploy: join(folder, 'deploy.js'), destroy: join(folder, 'destroy.js'), plan: join(folder, 'plan.js') };
buildSync({ entryPoints: Object.keys(bundles).map((name) => join(ROOT, `scripts/${name}.ts`)), bundle: true, platform: 'node', outdir: folder });

/** A working folder with synthesized stacks and a cdktf that writes down how it was called. */
class Workplace {
  readonly root = mkdtempSync(join(tmpdir(), 'workplace-'));

  constructor(backend: object = { backend: { local: { path: 'x' } } }) {
    const stacks = {
      'moshi-server-dev': { resource: plain, dependencies: ['moshi-dns-shared', 'moshi-storage-dev'] },
      'moshi-dns-shared': { resource: held, dependencies: ['moshi-apis-shared'] },
      'moshi-storage-dev': { resource: plain, dependencies: ['moshi-apis-shared'] },
      'moshi-apis-shared': { resource: plain, dependencies: [] },
    };
    const manifest: Record<string, object> = {};
    for (const [name, { resource, dependencies }] of Object.entries(stacks)) {
      manifest[name] = { name, dependencies, workingDirectory: `stacks/${name}`, synthesizedStackPath: `stacks/${name}/cdk.tf.json` };
      this.write(`cdktf.out/stacks/${name}/cdk.tf.json`, JSON.stringify({ resource, terraform: backend }));
    }
    this.write('cdktf.json', '{}'); // scripts run in the root only
    this.write('cdktf.out/manifest.json', JSON.stringify({ stacks: manifest }));
    this.write('node_modules/.bin/cdktf', '#!/bin/sh\necho "$@" > called\nexit ${CDKTF_EXIT:-0}\n');
    this.write('bin/terraform', '#!/bin/sh\n[ "$2" = output ] || exit 0\necho "{\\"PROTECTION\\": {\\"value\\": \\"${DEPLOYED:-off}\\"}}"\n');
    for (const program of ['node_modules/.bin/cdktf', 'bin/terraform']) chmodSync(join(this.root, program), 0o755);
  }

  run(script: 'deploy' | 'destroy' | 'plan', args: readonly string[], env: Record<string, string> = {}) {
    const { status, stdout, stderr } = spawnSync('node', [bundles[script], ...args], {
      cwd: this.root,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(this.root, 'bin')}:${process.env.PATH}`, ...env },
    });
    const called = join(this.root, 'called');
    return { code: status, output: stdout + stderr, cdktf: existsSync(called) ? readFileSync(called, 'utf8').trim() : undefined };
  }

  private write(file: string, text: string): void {
    mkdirSync(join(this.root, file, '..'), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }
}

test('stacks come after those they depend on', () => {
  expect([...readStacks(join(new Workplace().root, 'cdktf.out')).keys()]).toEqual([
    'moshi-apis-shared',
    'moshi-dns-shared',
    'moshi-storage-dev',
    'moshi-server-dev',
  ]);
});

describe('deploy', () => {
  test('adds the stacks that the chosen ones depend on, and says so', () => {
    const { code, output, cdktf } = new Workplace().run('deploy', ['moshi-server-*', '--yes']);
    expect(cdktf).toBe('deploy moshi-apis-shared moshi-dns-shared moshi-storage-dev moshi-server-dev --auto-approve');
    expect(output).toContain('Added, because chosen stacks depend on them: moshi-apis-shared, moshi-dns-shared, moshi-storage-dev');
    expect(code).toBe(0);
  });

  test('cdktf asks before it changes anything, unless told not to', () => {
    expect(new Workplace().run('deploy', ['moshi-apis-shared']).cdktf).toBe('deploy moshi-apis-shared');
    expect(new Workplace().run('destroy', ['moshi-server-dev']).cdktf).toBe('destroy moshi-server-dev');
  });

  test.each([
    [['YES=1'], '--yes'],
    [['YES=0'], ''],
    [['YES=no'], ''],
    [['DRY_RUN=1', 'YES=1'], '--dry-run --yes'],
    [['DRY_RUN=0'], ''],
  ])('make deploy %s', (variables, expected) => {
    const { stdout } = spawnSync('make', ['-n', 'deploy', ...variables], { cwd: ROOT, encoding: 'utf8', env: { ...process.env, YES: '1' } });
    expect(/deploy\.ts *(.*?) *$/m.exec(stdout)?.[1]?.replace(/ +/g, ' ')).toBe(expected);
  });

  test('a negated choice is refused, where it would choose everything else', () => {
    expect(new Workplace().run('deploy', ['moshi-*-dev', '!moshi-server-dev', '--yes'])).toMatchObject({ code: 2, cdktf: undefined });
  });

  test('without a choice lists the stacks and stops', () => {
    const { code, output, cdktf } = new Workplace().run('deploy', []);
    expect(output).toMatch(/Choose what to deploy[\s\S]*moshi-server-dev +1 +- +local +moshi-dns-shared moshi-storage-dev/);
    expect([code, cdktf]).toEqual([2, undefined]);
  });

  test('a dry run deploys nothing', () => {
    const { code, output, cdktf } = new Workplace().run('deploy', ['moshi-apis-shared', '--dry-run']);
    expect(output).toContain('Nothing was deployed (dry run).');
    expect([code, cdktf]).toEqual([0, undefined]);
  });

  test('warns when what is protected has its state on this machine only', () => {
    expect(new Workplace().run('deploy', ['moshi-dns-shared', '--dry-run']).output).toMatch(
      /Warning: the state of moshi-dns-shared is kept on this machine only/,
    );
    expect(new Workplace().run('deploy', ['moshi-apis-shared', '--dry-run']).output).not.toContain('Warning');
    expect(new Workplace({ cloud: {} }).run('deploy', ['moshi-dns-shared', '--dry-run']).output).not.toContain('Warning');
  });

  test('the same when it is planned: where it is moved to is a matter of one command', () => {
    expect(new Workplace().run('plan', ['moshi-dns-shared', '--dry-run']).output).toMatch(/Warning: the state of moshi-dns-shared[\s\S]*make bootstrap/);
    expect(new Workplace({ cloud: {} }).run('plan', ['moshi-dns-shared', '--dry-run']).output).not.toContain('Warning');
  });

  test('a choice that matches nothing names what there is', () => {
    const { code, output, cdktf } = new Workplace().run('deploy', ['moshi-sever-*']);
    expect(output).toMatch(/no stack is called moshi-sever-\*; there is\n {2}moshi-apis-shared/);
    expect([code, cdktf]).toEqual([2, undefined]);
  });

  test("passes cdktf's failure on", () => {
    expect(new Workplace().run('deploy', ['moshi-apis-shared'], { CDKTF_EXIT: '7' })).toMatchObject({
      code: 7,
      output: expect.stringContaining('Not all was deployed'),
    });
  });
});

describe('destroy', () => {
  test('refuses what is protected, and names the two steps', () => {
    const { code, output, cdktf } = new Workplace().run('destroy', ['moshi-dns-shared', 'moshi-server-dev', '--yes']);
    expect(output).toMatch(/Protected, nothing was destroyed:\n {2}moshi-dns-shared\n {4}google_firestore_database\.database/);
    expect(output).toContain('"protection": "off"');
    expect([code, cdktf]).toEqual([2, undefined]);
  });

  test('refuses to take away what others stand on', () => {
    const { code, output, cdktf } = new Workplace().run('destroy', ['moshi-storage-dev', '--yes']);
    expect(output).toContain('What you chose is still needed by moshi-server-dev');
    expect([code, cdktf]).toEqual([2, undefined]);
  });

  test('refuses what was deployed with protection on, though config has it off by now', () => {
    const { code, output, cdktf } = new Workplace().run('destroy', ['moshi-server-dev', '--yes'], { DEPLOYED: 'on' });
    expect(output).toContain('Deployed with protection on, nothing was destroyed: moshi-server-dev.');
    expect([code, cdktf]).toEqual([2, undefined]);
  });

  test('destroys exactly what was chosen', () => {
    expect(new Workplace().run('destroy', ['moshi-*-dev', '--yes']).cdktf).toBe('destroy moshi-storage-dev moshi-server-dev --auto-approve');
  });
});

test.each(['deploy', 'destroy', 'plan'] as const)('%s explains itself', (script) => {
  expect(new Workplace().run(script, ['--help'])).toMatchObject({ code: 0, output: expect.stringContaining(`make ${script} STACKS=`) });
});

test('before the first synth, says what to run', () => {
  const { root } = new Workplace();
  expect(() => readStacks(join(root, 'nowhere'))).toThrow(/manifest\.json is missing: run make synth first/);
});
