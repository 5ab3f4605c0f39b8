export interface Backoff {
  /** Milliseconds after the first failure; it doubles with each. */
  readonly first: number;
  /** Milliseconds. */
  readonly longest: number;
}

/** How long to wait after so many failures: with a random half, so that those who failed together do not come back together. */
export function backoff({ first, longest }: Backoff, failures: number, random: () => number = Math.random): number {
  return Math.min(first * 2 ** Math.min(failures - 1, 40), longest) * (0.5 + random() / 2);
}
