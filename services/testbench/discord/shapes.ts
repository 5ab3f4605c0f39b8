import { type APIUser, ChannelType } from 'discord-api-types/v10';
import type { Channel, Guild, User } from './world';

/** What Discord sends of a guild and what is in it. */

const LONG_AGO = '2020-01-01T00:00:00.000000+00:00';

export function userData({ id, name, bot }: User): APIUser {
  return { id, username: name, discriminator: '0', global_name: bot ? null : name, avatar: null, bot };
}

export function memberData(guild: Guild, userId: string) {
  const member = guild.members.get(userId);
  if (!member) throw new Error(`${userId} is no member of ${guild.id}`);
  return {
    user: userData(member.user),
    nick: null,
    avatar: null,
    roles: member.permissions === 0n ? [] : [roleId(userId)],
    joined_at: LONG_AGO,
    premium_since: null,
    deaf: false,
    mute: false,
    pending: false,
    flags: 0,
    communication_disabled_until: null,
  };
}

export function channelData({ id, guildId, name, type, parentId, overwrites }: Channel) {
  const common = { id, type, guild_id: guildId, name, parent_id: parentId ?? null, flags: 0, last_message_id: null };
  if (type === ChannelType.PublicThread) {
    const thread_metadata = { archived: false, auto_archive_duration: 1440, archive_timestamp: LONG_AGO, locked: false };
    return { ...common, owner_id: id, message_count: 0, member_count: 1, rate_limit_per_user: 0, thread_metadata };
  }
  const permission_overwrites = overwrites.map((one) => ({ id: one.id, type: one.type, allow: String(one.allow), deny: String(one.deny) }));
  return { ...common, position: 0, topic: null, nsfw: false, rate_limit_per_user: 0, permission_overwrites };
}

export function roleData(guild: Guild) {
  const role = (id: string, name: string, permissions: bigint, position: number) => ({
    id,
    name,
    permissions: permissions.toString(),
    position,
    color: 0,
    colors: { primary_color: 0, secondary_color: null, tertiary_color: null },
    hoist: false,
    managed: false,
    mentionable: false,
    flags: 0,
  });
  const own = [...guild.members.values()].filter(({ permissions }) => permissions !== 0n);
  return [role(guild.id, '@everyone', guild.everyone, 0), ...own.map(({ user, permissions }, i) => role(roleId(user.id), user.name, permissions, i + 1))];
}

/** As GET /guilds/{id} answers. */
export function guildSummary(guild: Guild) {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    splash: null,
    discovery_splash: null,
    banner: null,
    description: null,
    owner_id: guild.ownerId,
    afk_channel_id: null,
    afk_timeout: 300,
    verification_level: 0,
    default_message_notifications: 1,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    premium_tier: 0,
    premium_subscription_count: 0,
    premium_progress_bar_enabled: false,
    preferred_locale: 'en-US',
    system_channel_id: null,
    system_channel_flags: 0,
    rules_channel_id: null,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    application_id: null,
    vanity_url_code: null,
    features: [],
    emojis: [],
    stickers: [],
    roles: roleData(guild),
  };
}

/** As GUILD_CREATE has it: of the members only the bot, which is what comes without the intent for members. */
export function guildData(guild: Guild, botId: string) {
  const channels = [...guild.channels.values()];
  const threads = channels.filter(({ type }) => type === ChannelType.PublicThread);
  return {
    ...guildSummary(guild),
    joined_at: LONG_AGO,
    large: false,
    unavailable: false,
    member_count: guild.members.size,
    members: [memberData(guild, botId)],
    channels: channels.filter((channel) => !threads.includes(channel)).map(channelData),
    threads: threads.map(channelData),
    voice_states: [],
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

const roleId = (userId: string): string => (BigInt(userId) + 1n).toString();
