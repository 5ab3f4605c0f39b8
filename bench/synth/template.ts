import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../frame';
import { type BarrelNames, barrelNames, toBarrelImports } from './barrel-imports';
import type { Command } from './measure';

/** What main.ts reaches. */
export const SOURCES = ['main.ts', 'config', 'constructs', 'estates', 'packer/hcl', 'packer/images', 'packer/versions.ts', 'services/contracts', '.gen'];
/** What the stacks take along, made by make. */
const SHIPPED = '.cache/functions.zip';
const PROJECT = ['package.json', 'package-lock.json', 'tsconfig.json', 'cdktf.json'];

/**
 * A project as `cdktf init --template=typescript` makes it, in `.cache/bench-template`, with this repository's stacks: the
 * same sources, importing each provider from its root. Returns its cdktf.json's `app`.
 */
export function createTemplateProject(root: string, progress: (text: string) => void): Command {
  const template = join(root, 'bench/template');
  const folder = join(root, '.cache/bench-template');
  if (!isInstalled(folder, template)) install(folder, template, progress);

  for (const name of readdirSync(folder)) if (name !== 'node_modules') rmSync(join(folder, name), { recursive: true });
  for (const name of PROJECT) cpSync(join(template, name), join(folder, name));
  for (const name of SOURCES) if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name), { recursive: true });
  rewriteImports(folder);
  cpSync(join(root, SHIPPED), join(folder, SHIPPED), { recursive: true });
  return { line: JSON.parse(readFileSync(join(folder, 'cdktf.json'), 'utf8')).app, cwd: folder };
}

/** npm writes node_modules/.package-lock.json last. */
function isInstalled(folder: string, template: string): boolean {
  const lock = join(folder, 'package-lock.json');
  return (
    existsSync(join(folder, 'node_modules/.package-lock.json')) &&
    existsSync(lock) &&
    readFileSync(lock).equals(readFileSync(join(template, 'package-lock.json')))
  );
}

function install(folder: string, template: string, progress: (text: string) => void): void {
  progress('npm ci for the template, once, into .cache/bench-template (360 MB)');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of PROJECT) cpSync(join(template, name), join(folder, name));
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (error || status !== 0) throw new UsageError(`npm ci failed in .cache/bench-template${error ? `: ${error.message}` : ''}. It needs npm and its registry.`);
}

/** Every import of a provider, in place. */
function rewriteImports(folder: string): void {
  const known = new Map<string, BarrelNames>();
  const namesOf = (provider: string): BarrelNames => {
    const names = known.get(provider) ?? barrelNames(readFileSync(join(folder, 'node_modules', provider, 'lib/index.d.ts'), 'utf8'));
    known.set(provider, names);
    return names;
  };
  for (const path of SOURCES.flatMap((name) => typescriptFiles(join(folder, name)))) {
    writeFileSync(path, toBarrelImports(readFileSync(path, 'utf8'), namesOf));
  }
}

function typescriptFiles(path: string): string[] {
  if (path.endsWith('.ts')) return [path];
  return existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }).flatMap((name) => (name.endsWith('.ts') ? [join(path, name)] : [])) : [];
}
