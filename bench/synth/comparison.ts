import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../frame';
import { firstDifference } from './compare-folders';
import { createFloor } from './floor';
import { type Command, median, type Sample, type Stopwatch } from './measure';
import { createTemplateProject } from './template';

export type Way = 'ours' | 'template' | 'floor';

/** The medians of one way, and the range of its times. */
export interface Figures extends Sample {
  readonly fastest: number;
  readonly slowest: number;
}

export type Comparison = Readonly<Record<Way, Figures>>;

/** One round: what is short runs three times, in changing order, because the ratio of the two is a small one. */
const ROUND: readonly Way[] = ['ours', 'floor', 'template', 'ours', 'floor', 'floor', 'ours'];

/** Measures the three ways in turn, `runs` rounds. Stops when the template's output is not ours, byte for byte. */
export async function compareWays(root: string, runs: number, stopwatch: Stopwatch, progress: (text: string) => void): Promise<Comparison> {
  const ways: Record<Way, Command> = {
    ours: { line: JSON.parse(readFileSync(join(root, 'cdktf.json'), 'utf8')).app, cwd: root },
    template: createTemplateProject(root, progress),
    floor: await createFloor(root),
  };
  progress('comparing what ours and the template write (a warm-up too)');
  const [ourOutput, templateOutput] = [stopwatch.newFolder(), stopwatch.newFolder()];
  await stopwatch.run(ways.ours, ourOutput);
  await stopwatch.run(ways.template, templateOutput);
  const difference = firstDifference(ourOutput, templateOutput);
  if (difference) throw new UsageError(`ours and the template differ in ${difference}: the comparison would mean nothing`);

  const samples: Record<Way, Sample[]> = { ours: [], template: [], floor: [] };
  for (let round = 1; round <= runs; round++) {
    for (const way of ROUND) {
      const sample = await stopwatch.run(ways[way], stopwatch.newFolder());
      samples[way].push(sample);
      progress(`round ${round} of ${runs}: ${way} ${sample.seconds.toFixed(2)} s, ${sample.peakMb.toFixed(0)} MB`);
    }
  }
  return { ours: figures(samples.ours), template: figures(samples.template), floor: figures(samples.floor) };
}

function figures(samples: readonly Sample[]): Figures {
  const seconds = samples.map((sample) => sample.seconds);
  return {
    seconds: median(seconds),
    peakMb: median(samples.map((sample) => sample.peakMb)),
    fastest: Math.min(...seconds),
    slowest: Math.max(...seconds),
  };
}
