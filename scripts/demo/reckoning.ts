/** An entry in a channel. */
export interface Post {
  readonly entry: string;
  readonly channel: string;
}

export interface Reckoning {
  /** Entries in channels that should be there and are not. */
  readonly lost: readonly Post[];
  /** Those that are there more than once: each surplus message. */
  readonly twice: readonly Post[];
  /** Messages that nobody waits for: of another entry, or in another channel. */
  readonly astray: readonly Post[];
}

const key = ({ entry, channel }: Post): string => `${entry} ${channel}`;

/** Compares what should be in the channels with the messages that are there. */
export function reckon(expected: Iterable<Post>, messages: Iterable<Post>): Reckoning {
  const wanted = new Map([...expected].map((post) => [key(post), post]));
  const there = new Set<string>();
  const twice: Post[] = [];
  const astray: Post[] = [];
  for (const message of messages) {
    if (!wanted.has(key(message))) astray.push(message);
    else if (there.has(key(message))) twice.push(message);
    there.add(key(message));
  }
  return { lost: [...wanted].filter(([id]) => !there.has(id)).map(([, post]) => post), twice, astray };
}
