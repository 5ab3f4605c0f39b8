import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { imageCommands } from '../../services/testbench/pipeline/image-commands';
import { UsageError } from '../frame';

/** Copies the shipped bundles and compiles them, as the images are made. Resolves with their folder: below the other, for the embedded adapters find their library there. */
export async function copyBundles(from: string): Promise<string> {
  const folder = join(from, 'bench-pipeline');
  mkdirSync(folder, { recursive: true });
  for (const file of ['start.js', 'scraper.js', 'shard.js']) {
    if (!existsSync(join(from, file))) throw new UsageError(`${join(from, file)} is not there: run make build`);
    copyFileSync(join(from, file), join(folder, file));
  }
  for (const service of ['scraper', 'shard'] as const) await promisify(execFile)(process.execPath, [...imageCommands(service, folder).compile]);
  return folder;
}
