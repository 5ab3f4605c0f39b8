import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from '../../rehearsal/runner/failure';

export interface CommandLine {
  readonly positionals: readonly string[];
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean;
  /** Do not ask. */
  readonly yes: boolean;
  /** The command's own options, by name; true for one without a value. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** A command's own options beside `--help`, `--dry-run` and `--yes`: whether they take a value. */
export type Options = Readonly<Record<string, 'value' | 'flag'>>;

export interface CommandOptions {
  /** Whether it takes words besides options. @default false: such a word is a forgotten option, and refused */
  readonly positionals?: boolean;
  /** The exit code of one that did not start, where 2 means something else. @default 2 */
  readonly notStarted?: number;
}

/** Only the repository's root has it: what is relative (settings, state, what is made) is relative to that. */
const ROOT_FILE = 'cdktf.json';

/** Runs a command of this folder: `--help`, `--dry-run` and `--yes` everywhere, and errors that a person can act on: exit code 2, or another. */
export async function command(
  help: string,
  run: (line: CommandLine) => number | Promise<number>,
  own: Options = {},
  { positionals: takesWords = false, notStarted = 2 }: CommandOptions = {},
): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}); // whoever reads us may stop early, as head does
  try {
    const { values, positionals } = parse(own);
    const { help: asked, 'dry-run': dryRun, yes, ...options } = values;
    if (asked) console.log(help);
    else {
      if (!takesWords && positionals.length > 0) throw new UsageError(`${positionals.join(' ')}: unexpected. ${takes(own)} See --help.`);
      if (!existsSync(ROOT_FILE))
        throw new UsageError(`Run this in the root of the repository, where ${ROOT_FILE} is: settings and state are read from there.`);
      process.exitCode = await run({ positionals, dryRun: dryRun === true, yes: yes === true, options });
    }
  } catch (error) {
    if (!(error instanceof UsageError || isAboutAFile(error))) throw error;
    console.error(error.message);
    process.exitCode = notStarted;
  }
}

/** The options of its own, which a word without a name may have been meant for. */
function takes(own: Options): string {
  const names = Object.entries(own).map(([name, kind]) => `--${name}${kind === 'value' ? ' VALUE' : ''}`);
  return names.length > 0 ? `It takes ${names.join(', ')}.` : 'It takes options only.';
}

/** The operating system refused a file: its message names reason and path, and a trace of ours says nothing more. */
function isAboutAFile(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === 'object' && error !== null && 'code' in error && 'syscall' in error && 'path' in error;
}

function parse(own: Options): { values: Record<string, string | boolean | undefined>; positionals: string[] } {
  try {
    const more = Object.entries(own).map(([name, kind]) => [name, { type: kind === 'flag' ? 'boolean' : 'string' }] as const);
    return parseArgs({
      args: process.argv.slice(2),
      allowPositionals: true,
      options: {
        ...Object.fromEntries(more),
        help: { type: 'boolean', short: 'h' },
        'dry-run': { type: 'boolean' },
        yes: { type: 'boolean', short: 'y' },
      },
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
