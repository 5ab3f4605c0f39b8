/**
 * The image families that this repository bakes, by image. Estates boot from them, the image specs publish to them and
 * the rehearsal accepts no other: an instance and its image cannot drift apart.
 */
export const FAMILIES = {
  'debian11-python3': 'python3',
  'moshi-srv': 'moshi-srv',
  'docker-worker': 'docker-worker',
} as const;

export type BakedImage = keyof typeof FAMILIES;
export type Family = (typeof FAMILIES)[BakedImage];
