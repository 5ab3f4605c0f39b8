import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { UsageError } from '../../rehearsal/runner/failure';

export interface CommandLine {
  readonly positionals: readonly string[];
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean;
  /** Do not ask. */
  readonly yes: boolean;
}

/** Runs a command of this folder: `--help`, `--dry-run` and `--yes` everywhere, and errors that a person can act on: exit code 2. */
export function command(help: string, run: (line: CommandLine) => number): void {
  process.stdout.on('error', () => {}); // whoever reads us may stop early, as head does
  try {
    const { values, positionals } = parse();
    if (values.help) console.log(help);
    else process.exitCode = run({ positionals, dryRun: values['dry-run'] ?? false, yes: values.yes ?? false });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, 'dry-run': { type: 'boolean' }, yes: { type: 'boolean', short: 'y' } },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\nSee --help.`);
  }
}

/** Runs a program with our terminal; returns its exit code. One that is missing is a {@link UsageError} with `install` as the way out. */
export function runProgram(program: string, args: readonly string[], install: string): number {
  const { status, signal, error } = spawnSync(program, args, { stdio: 'inherit' });
  if (error && 'code' in error && error.code === 'ENOENT') throw new UsageError(`${program} is not on PATH: ${install}`);
  if (error) throw error;
  return signal ? 130 : (status ?? 1);
}

/** What a program prints; its failure is a {@link UsageError} in its own words. */
export function outputOf(program: string, args: readonly string[], install: string): string {
  const { status, error, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error && 'code' in error && error.code === 'ENOENT') throw new UsageError(`${program} is not on PATH: ${install}`);
  if (error) throw error;
  if (status !== 0) throw new UsageError(`${program} ${args.join(' ')} failed:\n${stderr.trim() || stdout.trim()}`);
  return stdout;
}
