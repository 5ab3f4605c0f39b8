import { setTimeout as delay } from 'node:timers/promises';

/** The time, and waiting: tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Rejects with the signal's reason when that comes first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** A longer timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  async sleep(milliseconds, signal) {
    const end = Date.now() + milliseconds;
    let left = milliseconds;
    do {
      // also for nothing: a loop that pauses for 0 ms must let signals and answers in
      await delay(Math.min(left, LONGEST_TIMER_MS), undefined, { signal }).catch((error) => {
        throw signal?.aborted ? signal.reason : error;
      });
      left = end - Date.now();
    } while (left > 0);
    signal?.throwIfAborted();
  },
};
