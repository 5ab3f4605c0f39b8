import { type APIChannel, type Channel, type Client, type GuildBasedChannel, PermissionFlagsBits, type REST, Routes, Status } from 'discord.js';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../runtime/clock';
import { Pace } from '../posting/pace';
import type { ChannelState, Channels } from '../posting/ports';
import { within } from '../within';
import { shardOfGuild } from './shards';

/** What the bot needs where it posts, by the name that people see. */
export function neededPermissions(isThread: boolean): readonly (readonly [string, bigint])[] {
  return [
    ['View Channel', PermissionFlagsBits.ViewChannel],
    isThread ? ['Send Messages in Threads', PermissionFlagsBits.SendMessagesInThreads] : ['Send Messages', PermissionFlagsBits.SendMessages],
    ['Embed Links', PermissionFlagsBits.EmbedLinks],
  ];
}

/** Those that the bot has not, in a channel that is known. undefined: nobody can say now. */
export async function missingPermissions(channel: GuildBasedChannel): Promise<string[] | undefined> {
  const { members } = channel.guild;
  const me = members.me ?? (await members.fetchMe().catch(() => undefined));
  const has = me && channel.permissionsFor(me);
  return has ? neededPermissions(channel.isThread()).flatMap(([name, bit]) => (has.has(bit) ? [] : [name])) : undefined;
}

const LOOKUP_MS = 15_000;
const LOOKUPS_PER_SECOND = 10;
const KNOWN_GUILDS = 50_000;
const MISSING_FOR_MS = 10 * 60_000;

/** Channels that this process's shards know. For any other Discord is asked where it is: on another process's shards, in an old thread, gone. */
export class DiscordChannels implements Channels {
  private readonly guildOf = new LRUCache<string, string>({ max: KNOWN_GUILDS });
  private readonly closed = new LRUCache<string, string>({ max: KNOWN_GUILDS, ttl: MISSING_FOR_MS });
  private readonly pace: Pace;

  constructor(
    private readonly client: Client,
    private readonly rest: Pick<REST, 'get'>,
    clock: Clock,
    private readonly ending: AbortSignal,
  ) {
    this.pace = new Pace(LOOKUPS_PER_SECOND, clock);
  }

  async state(channelId: string): Promise<ChannelState> {
    const known = this.client.channels.cache.get(channelId);
    if (known) return stateOf(known);
    if (!this.areConnected) return { kind: 'unknown', reason: 'the shards are connecting' };
    const reason = this.closed.get(channelId);
    return reason === undefined ? this.elsewhere(channelId) : { kind: 'closed', reason };
  }

  /** A channel that no shard of this process told of. */
  private async elsewhere(channelId: string): Promise<ChannelState> {
    try {
      const guildId = this.guildOf.get(channelId) ?? (await this.askForGuild(channelId));
      if (guildId === undefined) return { kind: 'closed', reason: 'not a channel of a server' };
      this.guildOf.set(channelId, guildId);
      if (!this.client.ws.shards.has(shardOfGuild(guildId, this.client.options.shardCount as number))) return { kind: 'elsewhere' };
      const channel = await this.client.channels.fetch(channelId);
      return channel ? stateOf(channel) : { kind: 'unknown', reason: 'its server is not available' };
    } catch (error) {
      const { status, message } = error as { status?: number; message: string };
      if (status !== 403 && status !== 404) return { kind: 'unknown', reason: message };
      const reason = status === 404 ? 'there is no such channel' : 'the bot is not in its server, or may not see it';
      this.closed.set(channelId, reason);
      return { kind: 'closed', reason };
    }
  }

  private async askForGuild(channelId: string): Promise<string | undefined> {
    await this.pace.turn(this.ending);
    const channel = (await within(LOOKUP_MS, this.ending, (signal) => this.rest.get(Routes.channel(channelId), { signal }))) as APIChannel;
    return 'guild_id' in channel ? channel.guild_id : undefined;
  }

  private get areConnected(): boolean {
    const { shards } = this.client.ws;
    return shards.size > 0 && shards.every(({ status }) => status === Status.Ready);
  }
}

async function stateOf(channel: Channel): Promise<ChannelState> {
  if (channel.isDMBased() || !channel.isTextBased()) return { kind: 'closed', reason: 'not a channel for messages' };
  const missing = await missingPermissions(channel);
  if (!missing) return { kind: 'unknown', reason: 'the bot’s own roles are not known' };
  return missing.length === 0 ? { kind: 'open' } : { kind: 'closed', reason: `missing permission: ${missing.join(', ')}` };
}
