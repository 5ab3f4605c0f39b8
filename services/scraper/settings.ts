import type * as z from 'zod';
import type { scraperEnvironment } from '../contracts/filmlinkd-environment';

export type Environment = z.output<typeof scraperEnvironment>;

/** Where nothing else is set. Milliseconds. */
const OF_MODE = {
  general: { concurrency: 4, pause: 2000, publishSource: 'Normal' },
  vip: { concurrency: 1, pause: 30_000, publishSource: 'VIP' },
} as const;

export function paceOf({ MODE, CONCURRENCY, PAUSE_SECONDS }: Environment) {
  const { concurrency, pause, publishSource } = OF_MODE[MODE];
  return { publishSource, concurrency: CONCURRENCY ?? concurrency, pause: PAUSE_SECONDS === undefined ? pause : PAUSE_SECONDS * 1000 };
}
