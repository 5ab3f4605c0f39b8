import type { Logger } from '../runtime/logging';

/** What the functions write with. */
export type Log = Pick<Record<keyof Logger, (fields: object, message: string) => void>, 'info' | 'warn' | 'error'>;
