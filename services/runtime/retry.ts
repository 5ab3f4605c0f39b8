import type { Clock } from './clock';

export interface Retry {
  readonly clock: Clock;
  /** Ends the waiting; its reason is what is thrown then. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the last error is thrown. @default never */
  readonly patience?: number;
  /** Wait after the first failure, milliseconds; it doubles with each. @default 500 */
  readonly first?: number;
  /** Longest wait, milliseconds. @default 30000 */
  readonly longest?: number;
  /** @default everything is worth another try */
  readonly worthIt?: (error: unknown) => boolean;
  /** 0 to 1, for the pauses. @default Math.random */
  readonly random?: () => number;
  readonly onFailure?: (error: unknown, waitMilliseconds: number) => void;
}

/** Does `work` until it succeeds, waiting twice as long after each failure, with a random part. */
export async function retrying<T>(work: () => Promise<T>, retry: Retry): Promise<T> {
  const { clock, signal, patience = Number.POSITIVE_INFINITY, first = 500, longest = 30_000, worthIt = () => true, random = Math.random, onFailure } = retry;
  const end = clock.now() + patience;
  for (let wait = first; ; wait = Math.min(wait * 2, longest)) {
    try {
      signal?.throwIfAborted();
      return await work();
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const pause = wait * (0.5 + random() / 2);
      if (!worthIt(error) || clock.now() + pause > end) throw error;
      onFailure?.(error, Math.round(pause));
      await clock.sleep(pause, signal);
    }
  }
}
