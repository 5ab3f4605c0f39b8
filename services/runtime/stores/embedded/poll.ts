import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between looks at the file: what a change waits at most. */
const LOOK = 200;
const LOOK_AFTER_ERROR = 1000;

/** Looks again and again until stopped, which waits for a look that runs. */
export function poll(look: () => Promise<void>, onError: (error: Error) => void): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    while (!signal.aborted) {
      const pause = await look().then(
        () => LOOK,
        (error) => {
          onError(error as Error);
          return LOOK_AFTER_ERROR;
        },
      );
      await sleep(pause, undefined, { signal }).catch(() => {}); // stopped
    }
  };
  const running = run();
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}
