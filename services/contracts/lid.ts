import * as z from 'zod';

/** Those of Letterboxd have less than half of it. */
const LONGEST = 32;

/** Letterboxd's ids. The empty one is older than all others; "0" is what a user has who was never posted. */
export const lid = z
  .string('is missing')
  .regex(/^[0-9A-Za-z]*$/, 'not a Letterboxd id: letters and digits')
  .max(LONGEST, `longer than ${LONGEST} characters`);

/** Older ids are shorter; in ids of one length digits come before lower-case letters, and those before upper-case ones. */
export function compareLids(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i += 1) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return 0;
}

/** 0-9, a-z, A-Z: unlike the order of ASCII, in which upper case comes first. */
function rank(code: number): number {
  if (code < 58) return code;
  return code >= 97 ? code - 32 : code + 32;
}
