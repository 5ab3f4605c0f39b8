import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** What tags were when somebody looked them up. From the repository's root, where synth runs. */
export const IMAGE_LOCK = 'estates/vulpine/image-lock.json';

/** The command that looks them up. */
export const LOCK_COMMAND = 'make vulpine-images-lock';

const lock = z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/, 'not a digest'));

/** Digests by image and tag, as `make vulpine-images-lock` wrote them. */
export function lockedImages(text = readFileSync(IMAGE_LOCK, 'utf8')): Readonly<Record<string, string>> {
  const { data, error } = lock.safeParse(JSON.parse(text));
  if (error) throw new Error(`${IMAGE_LOCK}: ${error.issues.map(({ path, message }) => `${path.join('.')} is ${message}`).join('; ')}; run ${LOCK_COMMAND}`);
  return data;
}
