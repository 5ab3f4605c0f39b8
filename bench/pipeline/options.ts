import type { CommandLine } from '../frame';

const HELP = `Measures filmlinkd's runtimes, and prints ratios and goals.

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

export const PIPELINE: CommandLine<Part> = { help: HELP, parts: PARTS, runs: 9 };
