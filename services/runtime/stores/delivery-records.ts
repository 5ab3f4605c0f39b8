import * as z from 'zod';

const DAY = 86_400_000;
/** Milliseconds. An outcome outlives its entry: while the entry is known nothing of it is posted again. */
export const FORGOTTEN_AFTER = { entry: 30 * DAY, outcome: 32 * DAY } as const;

/** What became of an entry in a channel, as it is stored. */
export const storedOutcome = z.discriminatedUnion('state', [
  z.object({ state: z.literal('delivered'), messageId: z.string() }),
  z.object({ state: z.literal('undeliverable'), reason: z.string() }),
]);
