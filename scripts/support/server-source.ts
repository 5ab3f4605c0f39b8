import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../rehearsal/runner/failure';
import { moshiConfig } from './config';

/** The Python project that the server is built from. */
export interface ServerSource {
  readonly folder: string;
  /** Its pyproject.toml. */
  readonly file: string;
  readonly text: string;
  readonly name: string;
  readonly version: string;
}

const SECTION = /^\[(?:project|tool\.poetry)\][^\n]*\n(?:(?!\[)[^\n]*\n?)*/m;

export function hasServerSource(): boolean {
  return existsSync(join(moshiConfig().shared.serverSource, 'pyproject.toml'));
}

/** The project in config's `serverSource`. */
export function serverSource(): ServerSource {
  const folder = moshiConfig().shared.serverSource;
  const file = join(folder, 'pyproject.toml');
  if (!existsSync(file)) throw new UsageError(`${file} is not there: clone the server's repository, or set shared.serverSource in estates.json`);
  const text = readFileSync(file, 'utf8');
  const section = SECTION.exec(text)?.[0] ?? '';
  const [name, version] = ['name', 'version'].map((key) => new RegExp(`^${key}\\s*=\\s*["']([^"']+)["']`, 'm').exec(section)?.[1]);
  if (!name || !version) throw new UsageError(`${file} says no name and version in [project]: a version that is computed elsewhere cannot be raised here`);
  return { folder, file, text, name, version };
}

/** The same file with another version, and nothing else changed. */
export function withVersion({ text }: ServerSource, version: string): string {
  return text.replace(SECTION, (section) => section.replace(/^(version\s*=\s*["'])[^"']+/m, `$1${version}`));
}
