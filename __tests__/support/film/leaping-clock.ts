import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../../services/runtime/clock';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** Time that leaps to the next who wakes, as soon as nothing else happens. */
export class LeapingClock implements Clock {
  private time: number;
  private sleepers: Sleeper[] = [];
  private isLeaping = false;

  constructor(start = Date.UTC(2024, 0, 31)) {
    this.time = start;
  }

  now = (): number => this.time;

  pass(milliseconds: number): void {
    this.time += milliseconds;
  }

  sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal?.reason);
      const wake = () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      signal?.addEventListener('abort', stop, { once: true });
      this.sleepers.push({ until: this.time + milliseconds, wake });
      if (!this.isLeaping) void this.leap();
    });
  };

  private async leap(): Promise<void> {
    this.isLeaping = true;
    while (this.sleepers.length > 0) {
      for (let i = 0; i < 5; i += 1) await turn();
      this.sleepers.sort((a, b) => a.until - b.until);
      const next = this.sleepers.shift() as Sleeper;
      this.time = Math.max(this.time, next.until);
      next.wake();
    }
    this.isLeaping = false;
  }
}
