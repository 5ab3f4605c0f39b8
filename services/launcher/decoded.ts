import { FetchFailure } from './failure';

/** A part of an address, without its escapes. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new FetchFailure('has a % in its address that stands for no character', false);
  }
}
