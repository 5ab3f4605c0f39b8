import { createHash } from 'node:crypto';
import type { RolloutGroup } from '../contracts/rollout';

/** `sha256:...` by image. */
export type Digests = ReadonlyMap<string, string>;

export function isSame(one: Digests, other: Digests): boolean {
  return one.size === other.size && [...one].every(([image, digest]) => other.get(image) === digest);
}

const STAMP = 'release-';

/** Whether a rollout has named the version; `gcloud ... rolling-action replace` names it `0/<time>`. */
export const isStamp = (version: string | undefined): boolean => version?.startsWith(STAMP) === true;

/** What a group has been given, short enough for a version's name: changes with any of its own images, and with no other. */
export function releaseOf({ images }: RolloutGroup, digests: Digests): string {
  const text = [...images].sort().map((image) => `${image}@${digests.get(image)}`);
  return `${STAMP}${createHash('sha256').update(text.join('\n')).digest('hex').slice(0, 16)}`;
}
