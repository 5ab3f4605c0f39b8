import * as z from 'zod';
import type { Outcome } from './deliveries';
import { parseStored } from './records';

const DAY = 86_400_000;
/** Milliseconds. An outcome outlives its entry: while the entry is known nothing of it is posted again. */
export const FORGOTTEN_AFTER = { entry: 30 * DAY, outcome: 32 * DAY } as const;

const outcome = z.discriminatedUnion('state', [
  z.object({ state: z.literal('delivered'), messageId: z.string() }),
  z.object({ state: z.literal('undeliverable'), reason: z.string() }),
]);

export function outcomeFrom(value: unknown, place: string): Outcome {
  return parseStored(outcome, value, place);
}
