import * as z from 'zod';
import { lid } from './lid';

/** Epoch milliseconds; 0: none. */
const time = z.number().min(0);

/** One diary entry, as it is posted. Field names and values are the original's: its bot can read our messages, and ours its. */
export const logEntry = z.object({
  lid: lid.min(1, 'is empty'),
  userName: z.string(),
  userLid: lid.min(1, 'is empty'),
  type: z.enum(['watch', 'review']),
  link: z.string(),
  publishedDate: time,
  filmTitle: z.string(),
  /** 0: unknown. */
  filmYear: z.number(),
  watchedDate: time,
  /** Address of the poster; empty: none. */
  image: z.string(),
  starCount: z.number(),
  rewatch: z.boolean(),
  liked: z.boolean(),
  containsSpoilers: z.boolean(),
  adult: z.boolean(),
  /** HTML; empty: no review. */
  review: z.string(),
  updatedDate: time,
  publishSource: z.enum(['Normal', 'VIP', 'Follow', 'Help']),
});
export type LogEntry = z.output<typeof logEntry>;

/** The body of messages on the log-entry topic. */
export const logEntryMessage = z.object({
  entry: logEntry,
  /** For this channel only; nothing is recorded. */
  channelId: z.string().optional(),
});
export type LogEntryMessage = z.output<typeof logEntryMessage>;

/** The body of messages on the command topic: somebody follows a user. `JSON.stringify` puts no space after colons, which the original needs. */
export const commandMessage = z.object({
  type: z.literal('FOLLOW'),
  /** The user's id. */
  user: lid.min(1, 'is empty'),
  /** The newest entry that is known of the user; "0": none. */
  entry: lid,
});
export type CommandMessage = z.output<typeof commandMessage>;

/** What could not be parsed, on the poison topic. */
export const poisonMessage = z.object({ topic: z.string(), messageId: z.string(), reason: z.string(), data: z.string() });
export type PoisonMessage = z.output<typeof poisonMessage>;
