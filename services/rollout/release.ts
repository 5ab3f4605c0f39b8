import { createHash } from 'node:crypto';
import type { RolloutGroup } from '../contracts/rollout';

/** `sha256:...` by image. */
export type Digests = ReadonlyMap<string, string>;

export function isSame(one: Digests, other: Digests): boolean {
  return one.size === other.size && [...one].every(([image, digest]) => other.get(image) === digest);
}

/** What a group has been given, short enough for a version's name: changes with any of its own images, and with no other. */
export function releaseOf({ images }: RolloutGroup, digests: Digests): string {
  const text = [...images].sort().map((image) => `${image}@${digests.get(image)}`);
  return `release-${createHash('sha256').update(text.join('\n')).digest('hex').slice(0, 16)}`;
}
