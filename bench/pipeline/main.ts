import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Emulator } from '../../services/testbench/google/emulators';
import { bench, type Goal, type Options, type Progress } from '../frame';
import { copyBundles } from './bundles';
import { BURST, type FullPath, MEMBERS, measureFullPath, STREAM } from './full-path';
import { type Part, PIPELINE } from './options';
import { busGoals, busTable, pathTable, startsGoals, startsTable } from './report';
import { CORES, measureStarts, REST, WORLD } from './starts';
import { MESSAGES, measureThroughput } from './throughput';

const BUNDLES = join(__dirname, '../../.cache');

async function measure({ runs, parts }: Options<Part>, signal: AbortSignal, progress: Progress): Promise<Goal[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-pipeline-'));
  const goals: Goal[] = [];
  try {
    if (parts.includes('bus')) {
      progress("Pub/Sub's emulator starts");
      const emulator = await Emulator.start('pubsub');
      const figures = await measureThroughput(runs, signal, progress).finally(() => emulator.stop());
      console.log(
        `\nThrough Pub/Sub's emulator, published to acknowledged, medians of ${runs} rounds of ${MESSAGES.toLocaleString('en')} messages:\n\n${busTable(figures)}\n`,
      );
      goals.push(...busGoals(figures));
    }
    if (parts.length === 1 && parts[0] === 'bus') return goals;
    progress('compiling the bundles, as the images do');
    const bundles = await copyBundles(BUNDLES);
    if (parts.includes('starts')) {
      const starts = await measureStarts({ rounds: runs, folder, bundles, signal, progress });
      const limit = starts.isLimited
        ? `${CORES} of a core each, by the kernel`
        : 'NO LIMIT OF CPU: it could not be set, the kernel wants root and control groups';
      const world = `${WORLD.guilds} servers with ${WORLD.channels} channels each, ${WORLD.users} users`;
      console.log(`\nStarts as shipped, on the emulators, medians of ${runs}; ${limit}; ${world}; ${REST} s of rest:\n\n${startsTable(starts)}\n`);
      goals.push(...startsGoals(starts));
    }
    if (parts.includes('path')) {
      const paths: [string, FullPath][] = [];
      for (const [name, bus, store] of [
        ['Pub/Sub, Firestore (emulators)', 'pubsub', 'firestore'],
        ['embedded', 'embedded', 'embedded'],
      ] as const) {
        progress(`the whole way: ${name}`);
        const own = mkdtempSync(join(folder, 'path-'));
        paths.push([name, await measureFullPath({ folder: own, bundles, bus, store, signal, progress })]);
      }
      const how = `${MEMBERS} users; a rate of ${BURST} entries at once, latencies of ${STREAM.entries} at ${STREAM.perSecond} a second; the shard posts 50 a second at most`;
      console.log(`\nLetterboxd to Discord, one scraper, one shard, ${how}:\n\n${pathTable(paths)}\n`);
    }
    return goals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void bench(PIPELINE, measure);
