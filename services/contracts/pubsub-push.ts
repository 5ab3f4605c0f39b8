import * as z from 'zod';

/** What Pub/Sub sends to a push subscription's address. */
export const pubsubPush = z.object({
  message: z.object({
    messageId: z.string(),
    publishTime: z.iso.datetime({ offset: true }),
    /** Base64. */
    data: z.string().default(''),
    attributes: z.record(z.string(), z.string()).default({}),
  }),
  subscription: z.string(),
  /** Only where the subscription has a dead-letter topic. */
  deliveryAttempt: z.int().optional(),
});
export type PubsubPush = z.output<typeof pubsubPush>;
