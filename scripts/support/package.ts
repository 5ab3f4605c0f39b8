import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UsageError } from '../../rehearsal/runner/failure';
import { BUILT, preparePythonTools, python } from './python';
import type { ServerSource } from './server-source';

/** Says what was built: file names hold the version as Python writes it, which may differ from the project's own spelling. */
const BUILT_FROM = join(BUILT, 'built-from.txt');

/** Builds the source and binary package of this version; returns their files. What was built before goes. */
export function buildPackage(source: ServerSource): string[] {
  const { folder, name, version } = source;
  preparePythonTools();
  rmSync(BUILT, { recursive: true, force: true });
  console.log(`Building ${name} ${version} from ${folder}`);
  const { code, output } = python(['-m', 'build', '--outdir', BUILT, folder]);
  if (code !== 0) throw new UsageError(`${name} ${version} cannot be built:\n${output.trim().split('\n').slice(-15).join('\n')}`);
  mkdirSync(BUILT, { recursive: true });
  writeFileSync(BUILT_FROM, nameOf(source));
  return builtPackage(source);
}

/** The files that the last build left. @throws UsageError when it left not all, or built another version than the source has now. */
export function builtPackage(source: ServerSource): string[] {
  const files = existsSync(BUILT_FROM) ? readdirSync(BUILT).filter((file) => /\.(whl|tar\.gz)$/.test(file)) : [];
  if (files.length === 0) throw new UsageError('Nothing is built yet: run make build first');
  const [wheels, sources] = ['.whl', '.tar.gz'].map((ending) => files.filter((file) => file.endsWith(ending)).length);
  if (wheels !== 1 || sources !== 1)
    throw new UsageError(`Expected one wheel and one source package, found ${files.join(', ') || 'none'} in ${BUILT}: run make build first`);
  const built = readFileSync(BUILT_FROM, 'utf8');
  if (built !== nameOf(source)) throw new UsageError(`What is built is ${built}, the source is ${nameOf(source)}: run make build first`);
  return files.sort().map((file) => join(BUILT, file));
}

function nameOf({ name, version }: ServerSource): string {
  return `${name} ${version}`;
}

export type Upload = 'published' | 'present';

/** What twine's messages come down to. */
const TROUBLES: readonly (readonly [RegExp, (url: string) => string])[] = [
  [/HTTPError: (401|403)/, (url) => `${url} refuses the credential. Run make auth; the account needs roles/artifactregistry.writer on the repository.`],
  [/NonInteractive|Credential not set|No credentials|DefaultCredentialsError/, (url) => `No credential was found for ${url}. Run make auth.`],
  [/HTTPError: 404/, (url) => `${url} is not there. Run make deploy STACKS='moshi-pypi-shared', or check shared.project and shared.region.`],
  [/ConnectionError|Max retries|NewConnectionError|NameResolutionError/, (url) => `${url} cannot be reached.`],
];

/** Uploads one file. One that is there already stays as it is: what is published never changes. */
export function upload(file: string, url: string): Upload {
  // verbose: without it twine leaves out what the server says, which alone tells a present version from a bad one
  const { code, output } = python(['-m', 'twine', 'upload', '--verbose', '--non-interactive', '--disable-progress-bar', '--repository-url', url, file]);
  if (code === 0) return 'published';
  if (/HTTPError: 409|already exists/i.test(output)) return 'present';
  const known = TROUBLES.find(([pattern]) => pattern.test(output));
  throw new UsageError(known ? known[1](url) : `twine cannot upload ${basename(file)} to ${url}:\n${output.trim().split('\n').slice(-5).join('\n')}`);
}
