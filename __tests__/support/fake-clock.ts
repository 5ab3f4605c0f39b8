import type { Clock } from '../../services/runtime/clock';

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  private time: number;
  private readonly sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  constructor(start = 1_000_000) {
    this.time = start;
  }

  now = (): number => this.time;

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const done = new AbortController();
      const sleeper = {
        at: this.time + milliseconds,
        wake: () => {
          done.abort();
          resolve();
        },
      };
      this.sleepers.add(sleeper);
      const stop = () => {
        this.sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', stop, { signal: done.signal });
    });
  }

  /** Wakes who is due, in order, and lets each do what comes of it. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    await settled();
    for (;;) {
      const [next] = [...this.sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.time = Math.max(this.time, next.at);
      this.sleepers.delete(next);
      next.wake();
      await settled();
    }
    this.time = end;
  }
}

/** Everything that does not wait for time has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
