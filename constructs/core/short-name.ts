import { createHash } from 'node:crypto';

/** Hexadecimal digits that tell two names apart that begin alike. */
const DIGITS = 6;

/** The name where it fits, otherwise its beginning and a few digits that only this name has. */
export function shortName(name: string, max: number): string {
  if (name.length <= max) return name;
  const digits = createHash('sha256').update(name).digest('hex').slice(0, DIGITS);
  return `${name.slice(0, max - DIGITS - 1).replace(/-+$/, '')}-${digits}`;
}
