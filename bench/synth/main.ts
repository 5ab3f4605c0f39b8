import { join } from 'node:path';
import { bench, type Goal, type Options, type Progress } from '../frame';
import { compareWays } from './comparison';
import { comparisonGoals, growthGoals } from './goals';
import { GROWTH_RUNS, measureGrowth } from './growth';
import { Stopwatch } from './measure';
import { type Part, SYNTH } from './options';
import { comparisonTable, growthTable } from './tables';

const ROOT = join(__dirname, '../..');

async function measure({ runs, parts }: Options<Part>, signal: AbortSignal, progress: Progress): Promise<Goal[]> {
  const stopwatch = new Stopwatch(signal);
  const goals: Goal[] = [];
  try {
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

void bench(SYNTH, measure);
