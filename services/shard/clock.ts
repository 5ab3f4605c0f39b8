import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './posting/ports';

export const systemClock: Clock = {
  now: Date.now,
  async sleep(milliseconds, signal) {
    await delay(milliseconds, undefined, { signal }).catch((error) => {
      throw signal?.aborted ? signal.reason : error;
    });
  },
};
