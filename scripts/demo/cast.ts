import type { APIMessage } from 'discord-api-types/v10';
import type { FakeDiscord } from '../../services/testbench/discord/discord';
import { shardOf } from '../../services/testbench/discord/snowflakes';
import type { Channel } from '../../services/testbench/discord/world';
import type { Entry } from '../../services/testbench/letterboxd/world';

/** Processes of the bot: each has one shard. */
export const BOTS: readonly string[] = ['shard-0', 'shard-1'];
export const SCRAPERS = { general: 'general', vip: 'vip' } as const;

/** Which process posts in a channel. */
export const botOf = ({ guildId }: Channel): string => BOTS[shardOf(guildId, BOTS.length)] as string;

/** `#diary in Cinema 2` */
export function place(discord: FakeDiscord, { name, guildId }: Channel): string {
  return `#${name} in ${discord.world.guild(guildId).name}`;
}

export const channelOf = (discord: FakeDiscord, message: APIMessage): Channel => discord.world.channel(message.channel_id) as Channel;

/** `"The Paper Bridge" of ada` */
export const titled = ({ film, member }: Entry): string => `"${film.title}" of ${member.userName}`;
