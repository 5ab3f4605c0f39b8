import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { collect } from './bytes';
import { FetchFailure } from './failure';

/** The content of a file address. */
export async function readFileUrl(url: URL, signal: AbortSignal): Promise<Uint8Array> {
  try {
    const file = fileURLToPath(url);
    // a pipe or a device may never end, and then keeps the process from ending too
    if (!(await stat(file)).isFile()) throw new FetchFailure('is not a file', false);
    return await collect(createReadStream(file, { signal }));
  } catch (error) {
    throw error instanceof FetchFailure ? error : new FetchFailure((error as Error).message, false);
  }
}
