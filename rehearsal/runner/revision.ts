import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure, UsageError } from './failure';
import { run } from './process';

export interface RevisionOptions {
  /** The working tree. */
  readonly root: string;
  /** A commit, tag or branch. */
  readonly revision: string;
  /** Where its files go; created. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Told before something that takes long. */
  readonly say: (text: string) => void;
}

/** Copies a git revision out of the repository, without touching the repository, and gives it its npm packages. */
export async function extractRevision({ root, revision, folder, env, signal, say }: RevisionOptions): Promise<void> {
  const must = async (phase: string, command: string, args: string[], cwd: string) => {
    const { code, stdout, stderr } = await run(command, args, { cwd, env, signal });
    if (code !== 0) throw new Failure(phase, stderr.trim() || stdout.trim());
  };
  const { code } = await run('git', ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], { cwd: root, env, signal });
  if (code !== 0)
    throw new UsageError(`'${revision}' is neither a file nor a git revision: name an override file, or a commit, tag or branch (git log --oneline)`);

  mkdirSync(folder, { recursive: true });
  const archive = `${folder}.tar`;
  await must('git archive', 'git', ['archive', '--format=tar', `--output=${archive}`, revision], root);
  await must('tar', 'tar', ['-xf', archive, '-C', folder], root);

  if (lockFile(root) === lockFile(folder)) {
    linkPackages(join(root, 'node_modules'), join(folder, 'node_modules'));
  } else {
    say(`${revision} has another package-lock.json: npm ci in a scratch copy first, which takes a while`);
    await must('npm ci', 'npm', ['ci', '--no-audit', '--no-fund'], folder);
  }
}

function lockFile(folder: string): string | undefined {
  const file = join(folder, 'package-lock.json');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/**
 * Makes `to` a folder of links to the packages in `from`. Workspaces are links already, out of `node_modules`: those are
 * kept as they are, so that the revision finds its own workspaces and not the working tree's.
 */
function linkPackages(from: string, to: string): void {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    const [source, link] = [join(from, name), join(to, name)];
    if (name.startsWith('@')) linkPackages(source, link);
    else symlinkSync(isWorkspace(source) ? readlinkSync(source) : source, link);
  }
}

function isWorkspace(path: string): boolean {
  return lstatSync(path).isSymbolicLink() && !resolve(dirname(path), readlinkSync(path)).includes('/node_modules/');
}
