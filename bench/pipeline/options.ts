import { parseArgs } from 'node:util';
import { UsageError } from '../synth/options';

export const HELP = `Measures filmlinkd's runtimes, and prints ratios and goals.

  make bench-pipeline               everything; exit code 1 when a goal is missed
  npx tsx bench/pipeline/main.ts [options]

  --runs N       rounds of the bus, and starts of each service (default 9)
  --only PART    'bus', 'starts' or 'path'
  --no-goals     measure only: exit code 0 whatever the figures
  --help

Needs gcloud with the emulators of Pub/Sub and Firestore, a Java runtime, and the bundles of make build. Half a core
for the starts is the kernel's: as root, on Linux. What is measured, and the last figures: bench/README.md.
Times mean something on a machine that does nothing else.`;

const PARTS = ['bus', 'starts', 'path'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  readonly help: boolean;
  readonly runs: number;
  readonly parts: readonly Part[];
  readonly goals: boolean;
}

/** Throws {@link UsageError} when the command line is not usable. */
export function parseOptions(args: readonly string[]): Options {
  const { help = false, runs = '9', only, 'no-goals': noGoals = false } = parse(args);
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
