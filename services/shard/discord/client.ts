import { Client, GatewayIntentBits, Options, REST, Routes } from 'discord.js';
import type { Clock } from '../../runtime/clock';
import { StartFailure } from '../../runtime/start-failure';
import type { Log } from '../posting/log';
import type { Shards } from './shards';

export interface DiscordSettings {
  readonly token: string;
  readonly shards: Shards;
  /** REST address without the version. @default Discord's */
  readonly url?: string;
}

/** Knows servers, channels and roles, and of members only itself: nothing else is needed, and nothing else is kept. */
export function discordClient({ shards, url }: DiscordSettings): Client {
  const only = (self: (item: { id: string; client: Client }) => boolean) => ({ maxSize: 0, keepOverLimit: self as (item: unknown) => boolean });
  const isSelf = ({ id, client }: { id: string; client: Client }) => id === client.user?.id;
  return new Client({
    intents: [GatewayIntentBits.Guilds],
    ...(shards === 'auto' ? { shards: 'auto' as const } : { shards: [...shards.ids], shardCount: shards.total }),
    waitGuildTimeout: 5000,
    rest: { ...(url && { api: url }) },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      AutoModerationRuleManager: 0,
      GuildBanManager: 0,
      GuildEmojiManager: 0,
      GuildInviteManager: 0,
      GuildMemberManager: only(isSelf),
      GuildScheduledEventManager: 0,
      GuildStickerManager: 0,
      MessageManager: 0,
      PresenceManager: 0,
      ReactionManager: 0,
      StageInstanceManager: 0,
      ThreadMemberManager: 0,
      UserManager: only(isSelf),
      VoiceStateManager: 0,
    }),
  });
}

/** REST for messages: it waits for nothing and repeats nothing by itself, so that its user keeps the pace. */
export function messageRest({ token, url }: DiscordSettings): REST {
  return new REST({ ...(url && { api: url }), retries: 0, rejectOnRateLimit: () => true }).setToken(token);
}

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/** Connects, once Discord answers at all. Rejects when it refuses the token, or when the process ends. */
export async function connect(
  client: Client,
  { token, url }: DiscordSettings,
  { clock, log, ending }: { clock: Clock; log: Log; ending: AbortSignal },
): Promise<void> {
  const rest = new REST({ ...(url && { api: url }), retries: 0 }).setToken(token);
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      await rest.get(Routes.gatewayBot(), { signal: ending });
      break;
    } catch (error) {
      ending.throwIfAborted();
      if ((error as { status?: number }).status === 401) throw new StartFailure('Discord refuses DISCORD_BOT_TOKEN: take a new one from the developer portal');
      log.warn({ error }, `Discord does not answer; the next try is in ${wait / 1000} s`);
      await clock.sleep(wait, ending);
    }
  }
  await client.login(token);
}
