import { build } from 'esbuild';
import { median, type Sample, type Stopwatch } from './measure';

export interface Size {
  readonly resources: number;
  readonly stacks: number;
}

export interface Growth extends Size {
  /** Building, checking and writing; without starting Node and loading modules. */
  readonly seconds: number;
  readonly msPerResource: number;
  /** The whole process. */
  readonly process: Sample;
}

/** A hundred resources to a stack: twice moshi's biggest. The last two show what one stack that large costs. */
const SIZES: readonly Size[] = [
  { resources: 100, stacks: 1 },
  { resources: 1_000, stacks: 10 },
  { resources: 5_000, stacks: 50 },
  { resources: 20_000, stacks: 200 },
  { resources: 1_000, stacks: 1 },
  { resources: 20_000, stacks: 1 },
];
/** Of each size. */
export const GROWTH_RUNS = 3;

/** Measures synth at every size, each run in a process of its own, the sizes in turn. */
export async function measureGrowth(root: string, stopwatch: Stopwatch, progress: (text: string) => void): Promise<Growth[]> {
  const outfile = '.cache/bench-growth.js';
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/synth/growth-app.ts'],
    bundle: true,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    outfile,
  });
  const runs = SIZES.map((): (Sample & { synth: number })[] => []);
  for (let round = 1; round <= GROWTH_RUNS; round++) {
    for (const [index, size] of SIZES.entries()) {
      const { stdout, ...sample } = await stopwatch.run({ line: `node ${outfile} ${size.resources} ${size.stacks}`, cwd: root }, stopwatch.newFolder());
      const result: { resources: number; seconds: number } = JSON.parse(stdout);
      if (result.resources !== size.resources) throw new Error(`growth-app.ts made ${result.resources} resources instead of ${size.resources}`);
      runs[index]?.push({ ...sample, synth: result.seconds });
      progress(
        `round ${round} of ${GROWTH_RUNS}: ${size.resources} resources in ${size.stacks === 1 ? 'one stack' : `${size.stacks} stacks`} ${result.seconds.toFixed(2)} s`,
      );
    }
  }
  return SIZES.map((size, index) => {
    const own = runs[index] ?? [];
    const seconds = median(own.map(({ synth }) => synth));
    const process = { seconds: median(own.map((run) => run.seconds)), peakMb: median(own.map((run) => run.peakMb)) };
    return { ...size, seconds, msPerResource: (seconds * 1000) / size.resources, process };
  });
}
