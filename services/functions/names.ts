import { createHash } from 'node:crypto';
import { WORKER_LABEL } from '../contracts/worker-metadata';

/** Everything that a machine is recognized by follows from the attempt's key: a redelivery arrives at the same. */

/** On every worker machine: the hash of its attempt's key, since a key is no legal label. */
export const KEY_LABEL = 'worker-key';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

export const keyLabelOf = (key: string): string => hash(key).slice(0, 40);

/** `<prefix>-<yyyymmdd>-<unix seconds>-<8 hex>`, UTC: two requests of one second differ in the end. */
export function instanceNameOf(prefix: string, key: string, requestedAt: Date): string {
  const day = requestedAt.toISOString().slice(0, 10).replaceAll('-', '');
  return `${prefix}-${day}-${Math.floor(requestedAt.getTime() / 1000)}-${hash(key).slice(0, 8)}`;
}

/** Google makes one machine of all inserts with one id. */
export function requestIdOf(key: string): string {
  const hex = hash(`insert ${key}`);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

interface Labelled {
  readonly labels?: Readonly<Record<string, string>>;
}

/** Ours at all? Nothing else is ever touched. */
export const isWorker = ({ labels }: Labelled): boolean => labels?.[WORKER_LABEL] !== undefined;

/** Is it this attempt's machine? */
export const belongsTo = (instance: Labelled, key: string): boolean => isWorker(instance) && instance.labels?.[KEY_LABEL] === keyLabelOf(key);
