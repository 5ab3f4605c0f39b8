import { SPECS } from './specs';

/** The images that this repository bakes. */
export type BakedImage = keyof typeof SPECS;
type Families = { readonly [Image in BakedImage]: (typeof SPECS)[Image]['family'] };

/**
 * The image families that this repository bakes, by image. Estates boot from them, the image specs publish to them and
 * the rehearsal accepts no other: an instance and its image cannot drift apart.
 */
export const FAMILIES = Object.fromEntries(Object.entries(SPECS).map(([image, { family }]) => [image, family])) as Families;

export type Family = Families[BakedImage];
