/** What was done to filmlinkd, and what became of the entries. */
export interface OnslaughtFigures {
  readonly expected: number;
  readonly posted: number;
  /** Entries in channels, such as `Entry 17 in 123`. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** Seconds between the first and the repeat, of the one that came latest. Discord knows a nonce for five minutes in these tests. */
  readonly longestGap: number;
  /** Entries that are everywhere and not recorded so. */
  readonly open: number;
  /** Sends that Discord knew by their nonce. */
  readonly repeats: number;
  readonly killsAfterAccept: number;
  readonly killsOfScrapers: number;
  readonly busRestarts: number;
  readonly socketsDropped: number;
  readonly discordFaults: number;
  readonly letterboxdFaults: number;
  readonly malformed: number;
  /** Kinds of malformed messages that are on the poison topic: each on two topics. */
  readonly parked: number;
  readonly seconds: number;
  /** What should not happen at all, such as a process that ends by itself. */
  readonly problems: readonly string[];
}

/** Of one run after another. */
export function together(all: readonly OnslaughtFigures[]): OnslaughtFigures {
  const [first, ...others] = all as [OnslaughtFigures, ...OnslaughtFigures[]];
  return others.reduce((sum, next) => {
    const add = (name: keyof OnslaughtFigures) => {
      const [before, more] = [sum[name], next[name]];
      if (typeof before !== 'number' || typeof more !== 'number') return [...(before as readonly string[]), ...(more as readonly string[])];
      return name === 'longestGap' ? Math.max(before, more) : before + more;
    };
    return Object.fromEntries(Object.keys(sum).map((name) => [name, add(name as keyof OnslaughtFigures)])) as unknown as OnslaughtFigures;
  }, first);
}
