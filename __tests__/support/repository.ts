import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const ROOT = join(__dirname, '../..');

/** What `make synth` starts and takes along. */
const BUNDLES = ['.cache/main.js', '.cache/functions.zip', '.cache/launcher.js'];

/** Files that belong to the repository: what git tracks or would add. */
export function repositoryFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
  return [...new Set(listed.split('\n'))].filter((file) => file !== '' && existsSync(join(ROOT, file))).sort();
}

/** A copy of the repository to change and break, with the installed packages. It goes with the run's temporary folder. */
export class RepositoryCopy {
  readonly root = mkdtempSync(join(tmpdir(), 'copy-'));

  constructor() {
    // With their times, and what `make` has made of them: it is made again only in copies that change a source.
    for (const file of [...repositoryFiles(), ...BUNDLES.filter((bundle) => existsSync(join(ROOT, bundle)))]) {
      mkdirSync(dirname(join(this.root, file)), { recursive: true });
      cpSync(join(ROOT, file), join(this.root, file), { preserveTimestamps: true });
    }
    for (const made of ['node_modules', '.gen']) symlinkSync(join(ROOT, made), join(this.root, made));
    utimesSync(join(this.root, 'package-lock.json'), 0, 0); // a new one makes `make` install again: through the link, over everybody's packages
    this.run('git', ['init', '--quiet']); // tests inside the copy ask git which files belong to it
  }

  /** Replaces the first occurrence of `from`, which must exist. */
  replace(file: string, from: string, to: string): void {
    const text = this.read(file);
    if (!text.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}`);
    this.write(
      file,
      text.replace(from, () => to),
    );
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), 'utf8');
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.root, file)), { recursive: true });
    writeFileSync(join(this.root, file), text);
  }

  /** Runs a program in the copy. */
  run(program: string, args: readonly string[], env: Record<string, string | undefined> = {}): { code: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: this.root, encoding: 'utf8', env: { ...process.env, ...env } });
    return { code: status, output: `${stdout}${stderr}` };
  }

  /** Synthesizes as `make synth` does. */
  synth(env: Record<string, string | undefined> = {}): { code: number | null; output: string } {
    return this.run('sh', ['-c', JSON.parse(this.read('cdktf.json')).app], { ESTATES_CONFIG: undefined, TF_CLOUD_ORGANIZATION: undefined, ...env });
  }

  /** Every file below a folder with its content, by path from that folder. */
  tree(folder: string): ReadonlyMap<string, string> {
    if (!existsSync(join(this.root, folder))) return new Map();
    const files = readdirSync(join(this.root, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return new Map(
      files
        .map(
          ({ parentPath, name }) => [join(parentPath, name).slice(join(this.root, folder).length + 1), readFileSync(join(parentPath, name), 'utf8')] as const,
        )
        .sort(),
    );
  }
}
