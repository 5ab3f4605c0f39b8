import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { compareWays } from './comparison';
import { comparisonGoals, type Goal, growthGoals } from './goals';
import { GROWTH_RUNS, measureGrowth } from './growth';
import { Stopwatch } from './measure';
import { HELP, type Options, parseOptions, UsageError } from './options';
import { comparisonTable, goalLines, growthTable } from './tables';

const ROOT = join(__dirname, '../..');

async function measure({ runs, parts }: Options, signal: AbortSignal): Promise<Goal[]> {
  const progress = (text: string) => console.error(`  ${text}`);
  const stopwatch = new Stopwatch(signal);
  const goals: Goal[] = [];
  try {
    console.log(`node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} x ${cpus()[0]?.model}, ${(totalmem() / 1e9).toFixed(0)} GB`);
    if (parts.includes('comparison')) {
      const comparison = await compareWays(ROOT, runs, stopwatch, progress);
      console.log(`\nSynth of every stack, whole processes, medians of ${runs} rounds:\n\n${comparisonTable(comparison)}\n`);
      goals.push(...comparisonGoals(comparison));
    }
    if (parts.includes('growth')) {
      const growth = await measureGrowth(ROOT, stopwatch, progress);
      console.log(`\nSynth against the number of resources, policy checks on, median of ${GROWTH_RUNS}:\n\n${growthTable(growth)}\n`);
      goals.push(...growthGoals(growth));
    }
    return goals;
  } finally {
    stopwatch.cleanUp();
  }
}

async function main(signal: AbortSignal): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) {
      console.log(HELP);
      return 0;
    }
    const goals = await measure(options, signal);
    console.log(`Goals:\n\n${goalLines(goals)}`);
    return options.goals && goals.some(({ met }) => !met) ? 1 : 0;
  } catch (error) {
    if (signal.aborted) {
      console.error('interrupted; nothing is left running');
      return 130;
    }
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 2;
  }
}

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interruption.abort());
main(interruption.signal).then((code) => {
  process.exitCode = code;
});
