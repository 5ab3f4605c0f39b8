import type { CommandLine } from '../frame';

const HELP = `Measures synth as whole processes, interleaved in one run, and prints medians and ratios.

  make bench                        everything; exit code 1 when a goal is missed
  npx tsx bench/synth/main.ts [options]

  --runs N       rounds of the comparison with cdktf's template and the floor (default 5; growth: always 3)
  --only PART    'comparison' or 'growth'
  --no-goals     measure only: exit code 0 whatever the figures
  --help

The first run installs the template's packages into .cache/bench-template. What is measured, and the last figures:
bench/README.md. Times mean something on a machine that does nothing else.`;

const PARTS = ['comparison', 'growth'] as const;
export type Part = (typeof PARTS)[number];

export const SYNTH: CommandLine<Part> = { help: HELP, parts: PARTS, runs: 5 };
