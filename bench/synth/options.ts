import { parseArgs } from 'node:util';

/** The user can mend it: shown without a stack trace. */
export class UsageError extends Error {}

export const HELP = `Measures synth as whole processes, interleaved in one run, and prints medians and ratios.

  make bench                        everything; exit code 1 when a goal is missed
  npx tsx bench/synth/main.ts [options]

  --runs N       rounds of the comparison with cdktf's template and the floor (default 5; growth: always 3)
  --only PART    'comparison' or 'growth'
  --no-goals     measure only: exit code 0 whatever the figures
  --help

The first run installs the template's packages into .cache/bench-template. What is measured, and the last figures:
bench/README.md. Times mean something on a machine that does nothing else.`;

export interface Options {
  readonly help: boolean;
  readonly runs: number;
  readonly parts: readonly Part[];
  readonly goals: boolean;
}

const PARTS = ['comparison', 'growth'] as const;
export type Part = (typeof PARTS)[number];

/** Throws {@link UsageError} when the command line is not usable. */
export function parseOptions(args: readonly string[]): Options {
  const { help = false, runs = '5', only, 'no-goals': noGoals = false } = parse(args);
  if (!/^[1-9]\d?$/.test(runs)) throw new UsageError(`--runs ${runs}: a number from 1 to 99`);
  const parts = PARTS.filter((part) => only === undefined || part === only);
  if (parts.length === 0) throw new UsageError(`--only ${only}: one of ${PARTS.join(', ')}`);
  return { help, runs: Number(runs), parts, goals: !noGoals };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { help: { type: 'boolean', short: 'h' }, runs: { type: 'string' }, only: { type: 'string' }, 'no-goals': { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\nSee --help.`);
  }
}
