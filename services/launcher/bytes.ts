import { LARGEST_DOCUMENT } from '../contracts/egf2-config';
import { FetchFailure } from './failure';

/** Everything that `parts` yields, after decompression. Throws when it is more than a document may be, without waiting for the rest. */
export async function collect(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const part of parts) {
    size += part.length;
    if (size > LARGEST_DOCUMENT) throw tooLarge();
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

export function tooLarge(): FetchFailure {
  return new FetchFailure(`is too large: more than ${LARGEST_DOCUMENT / 1024} KiB`, false);
}
