/** It stopped; the message says where, and how to go on or back. */
export class RolloutError extends Error {
  override name = 'RolloutError';
}

/** Somebody else delivers: this one stops, and nothing needs mending. */
export class Overtaken extends RolloutError {
  override name = 'Overtaken';
}
