import * as z from 'zod';
import { lid } from './lid';

/** Documents that the original keeps and ours must understand: unknown fields stay. */

const channels = z.array(z.object({ channelId: z.string() })).default([]);

/** Who is followed. The document's id may be anything; `letterboxdId` names the user. */
export const userDocument = z.looseObject({
  id: z.string(),
  letterboxdId: lid,
  displayName: z.string().default(''),
  image: z.string().default(''),
  userName: z.string().default(''),
  created: z.number().default(0),
  updated: z.number().default(0),
  checked: z.number().default(0),
  channelList: channels,
  archivedChannelList: channels,
  /** The newest that was posted everywhere. `list`: up to ten ids, oldest first. */
  previous: z
    .looseObject({ lid: lid.default('0'), list: z.array(lid).default([]), published: z.number().default(0), uri: z.string().optional() })
    .default({ lid: '0', list: [], published: 0 }),
  footer: z.looseObject({ icon: z.string().default(''), text: z.string().default('') }).optional(),
});
export type UserDocument = z.output<typeof userDocument>;

/** A channel whose users are asked for more often. */
export const vipDocument = z.looseObject({ id: z.string(), group: z.string().default(''), channelId: z.string() });
export type VipDocument = z.output<typeof vipDocument>;

/** Collections of the database; users have one for each environment, as in the original. */
export const FILMLINKD_COLLECTIONS = {
  users: (environment: 'dev' | 'prod') => (environment === 'prod' ? 'users' : 'users-dev'),
  vip: 'vip',
  /** Ours: entries on their way, with what became of them in each channel. */
  deliveries: (environment: 'dev' | 'prod') => (environment === 'prod' ? 'deliveries' : 'deliveries-dev'),
  /** Ours, below each delivery: what became of it in each channel. Like deliveries and leases it has a TTL policy on `expiresAt`. */
  outcomes: 'outcomes',
  /** Ours: which processes are there. */
  leases: (environment: 'dev' | 'prod') => (environment === 'prod' ? 'leases' : 'leases-dev'),
} as const;
