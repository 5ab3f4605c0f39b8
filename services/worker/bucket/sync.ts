import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../runtime/clock';
import { type Retry, retrying } from '../../runtime/retry';
import { TaskFailure, textOf } from '../failure';
import { isTransient } from '../http';
import type { Log } from '../log';
import { Crc32c } from './crc32c';
import type { Storage, StoredObject } from './storage';

export interface SyncContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long what fails is tried again, milliseconds. */
  readonly patience: number;
}

/** Makes the folder that the container sees, and fills it from the bucket, if there is one. */
export async function prepareShared(storage: Storage, bucket: string | undefined, folder: string, context: SyncContext & { readonly log: Log }): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new TaskFailure('not-started', `the shared folder cannot be made: ${textOf(error)}`);
  }
  if (!bucket) return;
  const copied = await syncBucket(storage, bucket, folder, context);
  context.log.info({ bucket, folder, ...copied }, 'The shared bucket is copied');
}

/** Copies a whole bucket into a folder; every object is checked against its checksum. */
export async function syncBucket(storage: Storage, bucket: string, folder: string, context: SyncContext): Promise<{ objects: number; bytes: number }> {
  const retry: Retry = { ...context, worthIt: (error) => !(error instanceof Unusable || error instanceof TaskFailure) && isTransient(error) };
  const sum = { objects: 0, bytes: 0 };
  try {
    let pageToken: string | undefined;
    do {
      const page = await retrying(() => storage.list(bucket, pageToken, context.signal), retry);
      for (const object of page.items) {
        if (object.name.endsWith('/')) continue; // what consoles make to show a folder
        const file = join(folder, safePath(object.name));
        await retrying(() => download(storage, bucket, object, file, context.signal), retry);
        sum.objects += 1;
        sum.bytes += object.size;
      }
      pageToken = page.nextPageToken;
    } while (pageToken);
    return sum;
  } catch (error) {
    if (error instanceof TaskFailure) throw error;
    throw new TaskFailure('bucket-unreadable', `gs://${bucket} cannot be copied to ${folder}: ${textOf(error)}`);
  }
}

/** Another try would end the same way. */
class Unusable extends Error {}

/** An object's name as a path below a folder. Whoever may write to the bucket must not write elsewhere on the machine. */
export function safePath(name: string): string {
  const parts = name.split('/');
  if (name.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new Unusable(`the object ${JSON.stringify(name)} has a name that is no path below a folder; rename it in the bucket`);
  }
  return name;
}

async function download(storage: Storage, bucket: string, object: StoredObject, file: string, signal: AbortSignal): Promise<void> {
  const response = await storage.read(bucket, object, signal);
  const partial = `${file}.partial-${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true })
      .catch((error) => full(error, object, file))
      .catch(local);
    const checked = checksum(object);
    await pipeline(
      async function* () {
        for await (const piece of response.body ?? []) {
          checked.update(piece);
          yield piece;
        }
      },
      createWriteStream(partial, { mode: 0o644 }),
    ).catch((error) => full(error, object, file));
    if (!checked.matches()) throw new Error(`${object.name} does not have its checksum`);
    await rename(partial, file).catch(local);
  } finally {
    await rm(partial, { force: true });
  }
}

/** A disk does not grow by waiting. */
function full(error: unknown, { name, size }: StoredObject, file: string): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    throw new TaskFailure('not-started', `no space is left for ${name} of the shared bucket (${size} bytes) at ${file}: the task needs a larger diskGb`);
  throw error;
}

function local(error: unknown): never {
  if (error instanceof TaskFailure) throw error;
  throw new Unusable(textOf(error));
}

/** MD5 is native and quick; composite objects have only CRC-32C. */
function checksum({ md5Hash, crc32c, contentEncoding }: StoredObject): { update(piece: Uint8Array): void; matches(): boolean } {
  // The sums are of the compressed bytes, which fetch does not show; gzip has its own, checked where it is unpacked.
  if (contentEncoding === 'gzip') return { update: () => {}, matches: () => true };
  if (md5Hash) {
    const md5 = createHash('md5');
    return { update: (piece) => md5.update(piece), matches: () => md5.digest('base64') === md5Hash };
  }
  const crc = new Crc32c();
  return { update: (piece) => crc.update(piece), matches: () => crc.digest() === crc32c };
}
