import { GatewayCloseCodes, GatewayIntentBits, GatewayOpcodes } from 'discord-api-types/v10';
import * as z from 'zod';

/** What clients send over the gateway. */

const shard = z.tuple([z.int().min(0), z.int().min(1)]);

const identify = z.object({
  token: z.string(),
  properties: z.looseObject({ os: z.string(), browser: z.string(), device: z.string() }),
  intents: z.int().min(0),
  shard: shard.default([0, 1]),
  compress: z.boolean().nullish(),
});
export type Identify = z.output<typeof identify>;

const resume = z.object({ token: z.string(), session_id: z.string(), seq: z.int().min(0) });
export type Resume = z.output<typeof resume>;

export const payload = z.discriminatedUnion('op', [
  z.object({ op: z.literal(GatewayOpcodes.Heartbeat), d: z.int().nullable() }),
  z.object({ op: z.literal(GatewayOpcodes.Identify), d: identify }),
  z.object({ op: z.literal(GatewayOpcodes.Resume), d: resume }),
  z.object({ op: z.literal(GatewayOpcodes.PresenceUpdate), d: z.looseObject({}) }),
]);
export type Payload = z.output<typeof payload>;

/** Of a client; else the code to close with. */
export function readPayload(data: string): Payload | GatewayCloseCodes {
  if (data.length > 4096) return GatewayCloseCodes.DecodeError;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return GatewayCloseCodes.DecodeError;
  }
  const { success, data: read, error } = payload.safeParse(value);
  if (success) return read;
  return error.issues.some(({ code, path }) => code === 'invalid_union' && path[0] === 'op') ? GatewayCloseCodes.UnknownOpcode : GatewayCloseCodes.DecodeError;
}

/** They must be switched on for the application. */
const PRIVILEGED = GatewayIntentBits.GuildMembers | GatewayIntentBits.GuildPresences | GatewayIntentBits.MessageContent;
const KNOWN = Object.values(GatewayIntentBits).reduce<number>((all, bit) => (typeof bit === 'number' ? all | bit : all), 0);

/** Why Discord would not have this session. */
export function refusalOf({ token, intents, shard: [id, count] }: Identify, expected: { token: string; privileged: boolean }): GatewayCloseCodes | undefined {
  if (token !== expected.token) return GatewayCloseCodes.AuthenticationFailed;
  if (id >= count) return GatewayCloseCodes.InvalidShard;
  if ((intents & ~KNOWN) !== 0) return GatewayCloseCodes.InvalidIntents;
  if (!expected.privileged && (intents & PRIVILEGED) !== 0) return GatewayCloseCodes.DisallowedIntents;
  return undefined;
}
