import { createHash } from 'node:crypto';

/** Discord takes no longer ones. */
const LENGTH = 25;

/** The same for every attempt to post an entry in a channel: within its window Discord answers a second one with the first message. */
export function nonceOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('base64url').slice(0, LENGTH);
}
