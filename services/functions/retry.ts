import type { Clock } from './clock';

/** Worth another try: the other side did not answer, or asked for patience. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

export interface RetryOptions {
  readonly clock: Clock;
  /** Seconds after which no further try begins. */
  readonly seconds: number;
  /** 0 to 1. @default Math.random */
  readonly random?: () => number;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8000;

/** Tries again after every {@link Unavailable}, with growing random pauses; the last one is thrown. */
export async function retrying<T>(work: () => Promise<T>, { clock, seconds, random = Math.random }: RetryOptions): Promise<T> {
  const until = clock.now().getTime() + seconds * 1000;
  for (let tries = 0; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries);
      const pause = longest / 2 + (random() * longest) / 2;
      if (!(error instanceof Unavailable) || clock.now().getTime() + pause > until) throw error;
      await clock.sleep(pause);
    }
  }
}
