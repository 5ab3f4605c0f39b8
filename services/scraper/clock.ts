import { setTimeout as delay } from 'node:timers/promises';

/** Time, as the scraper sees it: tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the signal's reason when that comes first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  async sleep(milliseconds, signal) {
    await delay(milliseconds, undefined, { signal }).catch((error) => {
      throw signal?.aborted ? signal.reason : error;
    });
  },
};

/** Does `turn` again and again, `pause` milliseconds apart, until the signal. A turn that fails is told; the next one comes all the same. */
export async function repeat(clock: Clock, pause: number, signal: AbortSignal, turn: () => Promise<void>, onError: (error: Error) => void): Promise<void> {
  while (!signal.aborted) {
    await turn().catch((error) => {
      if (!signal.aborted) onError(error as Error);
    });
    await clock.sleep(pause, signal).catch(() => {}); // ending: the loop sees it
  }
}
