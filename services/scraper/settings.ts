import type * as z from 'zod';
import type { scraperEnvironment } from '../contracts/filmlinkd-environment';
import type { BusSettings } from '../runtime/bus/open';
import type { StoresSettings } from '../runtime/stores/open';

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

/** The contract sees to it that there is a file where one is needed. */
export function busOf({ BUS, PROJECT, EMBEDDED_FILE = '' }: Environment): BusSettings {
  return BUS === 'embedded' ? { kind: 'embedded', file: EMBEDDED_FILE } : { kind: 'pubsub', project: PROJECT };
}

export function storesOf({ STORE, PROJECT, DATABASE, ENVIRONMENT, EMBEDDED_FILE = '' }: Environment): StoresSettings {
  if (STORE === 'embedded') return { kind: 'embedded', file: EMBEDDED_FILE };
  return { kind: 'firestore', project: PROJECT, database: DATABASE, environment: ENVIRONMENT };
}
