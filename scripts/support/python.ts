import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { UsageError } from '../../rehearsal/runner/failure';

/** What builds and publishes packages, in versions that were tried together. */
export const TOOLS = ['build==1.6.1', 'twine==7.0.0', 'keyring==25.7.0', 'keyrings.google-artifactregistry-auth==1.1.2'];

const VENV = '.cache/python';
const STAMP = join(VENV, 'tools.txt');

/** Where `make build` leaves packages. */
export const BUILT = resolve('.cache/package');

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Whether the tools are there, in their versions. */
export function pythonToolsReady(): boolean {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === TOOLS.join('\n');
}

/** Puts the tools into a virtual environment of this repository's own. Does nothing when they are there. */
export function preparePythonTools(): void {
  if (pythonToolsReady()) return;
  rmSync(VENV, { recursive: true, force: true });
  mkdirSync('.cache', { recursive: true });
  must(run('python3', ['-m', 'venv', VENV]), 'python3 cannot make a virtual environment: install Python 3.11 with its venv module');
  console.log(`Installing ${TOOLS.join(', ')} in ${VENV}`);
  must(python(['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...TOOLS]), `the Python tools cannot be installed in ${VENV}`);
  writeFileSync(STAMP, TOOLS.join('\n'));
}

/** Runs the environment's Python. */
export function python(args: readonly string[]): Ran {
  return run(join(VENV, 'bin/python'), args);
}

function run(program: string, args: readonly string[]): Ran {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (error && 'code' in error && error.code === 'ENOENT') throw new UsageError(`${program} is not on PATH: install Python 3.11 or newer`);
  if (error) throw error;
  return { code: status ?? 130, output: stripVTControlCharacters(stdout + stderr) };
}

function must({ code, output }: Ran, problem: string): void {
  if (code !== 0) throw new UsageError(`${problem}\n${output.trim()}`);
}
