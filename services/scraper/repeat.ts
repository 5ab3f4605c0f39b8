import type { Clock } from '../runtime/clock';

/** Does `turn` again and again, `pause` milliseconds apart, until the signal. A turn that fails is told; the next one comes all the same. */
export async function repeat(clock: Clock, pause: number, signal: AbortSignal, turn: () => Promise<void>, onError: (error: Error) => void): Promise<void> {
  while (!signal.aborted) {
    await turn().catch((error) => {
      if (!signal.aborted) onError(error as Error);
    });
    await clock.sleep(pause, signal).catch(() => {}); // ending: the loop sees it
  }
}
