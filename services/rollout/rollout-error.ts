/** It stopped; the message says where, and how to go on or back. */
export class RolloutError extends Error {
  override name = 'RolloutError';
}

/** What an {@link Overtaken} says. A replacement by hand looks the same. */
export const ANOTHER = 'another delivery is under way, and this one stops; if none is under way, deliver again';

/** Somebody else delivers: this one stops, and nothing needs mending. */
export class Overtaken extends RolloutError {
  override name = 'Overtaken';
}
