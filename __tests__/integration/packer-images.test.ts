import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageNames } from '../../packer/build/plan';
import { describeReal } from '../support/real';
import { ROOT } from '../support/repository';

/** No account, and none by chance either. */
const ENV = { ...process.env, CHECKPOINT_DISABLE: '1', PACKER_NO_COLOR: '1', GOOGLE_APPLICATION_CREDENTIALS: '' };

function packer(args: readonly string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('packer', args, { env: ENV, encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}

/** The committed folder alone, somewhere else. */
function copyOf(name: string): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'image-')), name);
  cpSync(join(ROOT, 'packer/generated', name), folder, { recursive: true });
  return folder;
}

describeReal(['packer'], 'images', () => {
  test.each(imageNames())('%s: init, fmt and validate accept its folder, alone', (name) => {
    const folder = copyOf(name);
    expect(packer(['init', folder])).toEqual({ code: 0, output: '' });
    expect(packer(['fmt', '-check', '-diff', folder])).toEqual({ code: 0, output: '' });
    expect(packer(['validate', folder])).toEqual({ code: 0, output: 'The configuration is valid.\n' });
    expect(packer(['validate', '-var', 'version=1', '-var', 'commit=abc', '-var', 'parent=some-image', folder]).code).toBe(0);
  });

  test.each<[string, (folder: string) => void, string]>([
    ['a script is missing', (folder) => rmSync(join(folder, 'scripts/install-moshi.sh')), 'install-moshi.sh'],
    ['a file is missing', (folder) => rmSync(join(folder, 'files/entrypoint.sh')), 'entrypoint.sh'],
    ['the plugin does not know an argument', (folder) => edit(folder, 'disk_type', 'disk_kind'), 'An argument named "disk_kind" is not expected here'],
    ['a variable is not declared', (folder) => edit(folder, '= var.zone', '= var.zones'), 'does not have an attribute named'],
    ['the name is not one for an image', (folder) => edit(folder, 'moshi-srv-$', 'Moshi_$'), 'Invalid image name'],
  ])('Packer notices when %s', (_, spoil, message) => {
    const folder = copyOf('moshi-srv');
    spoil(folder);
    const { code, output } = packer(['validate', folder]);
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining(message) });
  });

  test('make images-validate: every image with the values of an override file', () => {
    const work = mkdtempSync(join(tmpdir(), 'validate-'));
    writeFileSync(join(work, 'cdktf.json'), '{}'); // scripts run in the root only
    writeFileSync(join(work, 'estates.json'), JSON.stringify({ images: { moshiBase: 'debian12-python3' }, moshi: { shared: { project: 'their-project' } } }));
    const tsx = join(ROOT, 'node_modules/.bin/tsx');
    const { status, stdout } = spawnSync(tsx, [join(ROOT, 'scripts/images.ts'), 'validate'], { cwd: work, env: ENV, encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout.trim().split('\n').sort()).toEqual(
      imageNames()
        .map((name) => `${name}: valid`)
        .sort(),
    );
    expect(readFileSync(join(work, '.cache/images-validate/moshi-srv/moshi-srv.pkr.hcl'), 'utf8')).toContain('their-project');
  });
});

function edit(folder: string, from: string, to: string): void {
  const file = join(folder, 'moshi-srv.pkr.hcl');
  const text = readFileSync(file, 'utf8');
  if (!text.includes(from)) throw new Error(`no ${from} in ${file}`);
  writeFileSync(
    file,
    text.replace(from, () => to),
  );
}
