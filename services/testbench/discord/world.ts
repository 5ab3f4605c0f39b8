import { ChannelType, GatewayDispatchEvents } from 'discord-api-types/v10';
import { bits, EVERYONE, EVERYTHING, exactly, type Overwrite, type Permission, permissionsIn } from './permissions';
import { channelData, guildData } from './shapes';
import { Snowflakes } from './snowflakes';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly bot: boolean;
}

export interface Channel {
  readonly id: string;
  readonly guildId: string;
  readonly name: string;
  readonly type: ChannelType.GuildText | ChannelType.GuildAnnouncement | ChannelType.PublicThread | ChannelType.GuildVoice | ChannelType.GuildCategory;
  /** Of a thread: the channel that it is in, whose permissions it has. */
  readonly parentId: string | undefined;
  overwrites: Overwrite[];
}

export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly everyone: bigint;
  /** Each has a role of his own, which has his id plus one. */
  readonly members: Map<string, { readonly user: User; permissions: bigint }>;
  readonly channels: Map<string, Channel>;
}

export interface ChannelOptions {
  readonly name?: string;
  /** @default GuildText */
  readonly type?: Channel['type'];
  /** Of a thread, which it makes of the channel. */
  readonly parentId?: string;
  /** Exactly what the bot may do there. @default as everyone */
  readonly bot?: readonly Permission[];
}

/** What the gateway tells whose shard the guild is on. */
export type Dispatch = (event: GatewayDispatchEvents, guildId: string, data: object) => void;

export const roleOf = (userId: string): string => (BigInt(userId) + 1n).toString();

/** Guilds, channels and members. The bot is in every guild. */
export class DiscordWorld {
  readonly guilds = new Map<string, Guild>();
  readonly users = new Map<string, User>();
  readonly ids: Snowflakes;
  /** Also the id of the application. */
  readonly bot: User;
  private readonly owner: User;

  constructor(
    readonly now: () => number,
    private readonly dispatch: Dispatch,
  ) {
    this.ids = new Snowflakes(now);
    this.bot = this.addUser('filmlinkd', true);
    this.owner = this.addUser('owner');
  }

  addUser(name: string, bot = false): User {
    const user = { id: this.ids.next(), name, bot };
    this.ids.next(); // his role's
    this.users.set(user.id, user);
    return user;
  }

  /** @param options.id decides the shard. @default the next shard's */
  addGuild({ name = 'guild', id = this.ids.nextGuild(), everyone = EVERYONE }: { name?: string; id?: string; everyone?: readonly Permission[] } = {}): Guild {
    const members = new Map([this.bot, this.owner].map((user) => [user.id, { user, permissions: 0n }]));
    const guild = { id, name, ownerId: this.owner.id, everyone: bits(everyone), members, channels: new Map() };
    this.guilds.set(id, guild);
    this.dispatch(GatewayDispatchEvents.GuildCreate, id, guildData(guild, this.bot.id));
    return guild;
  }

  /** The bot is thrown out. */
  removeGuild(id: string): void {
    this.guilds.delete(id);
    this.dispatch(GatewayDispatchEvents.GuildDelete, id, { id });
  }

  /** @param permissions beyond everyone's, in the whole guild */
  addMember(guildId: string, user: User, permissions: readonly Permission[] = []): User {
    this.guild(guildId).members.set(user.id, { user, permissions: bits(permissions) });
    return user;
  }

  addChannel(guildId: string, { name = 'channel', type, parentId, bot }: ChannelOptions = {}): Channel {
    const channel: Channel = {
      id: this.ids.next(),
      guildId,
      name,
      type: type ?? (parentId === undefined ? ChannelType.GuildText : ChannelType.PublicThread),
      parentId,
      overwrites: bot ? [exactly(this.bot.id, bot)] : [],
    };
    this.guild(guildId).channels.set(channel.id, channel);
    const event = isThread(channel) ? GatewayDispatchEvents.ThreadCreate : GatewayDispatchEvents.ChannelCreate;
    this.dispatch(event, guildId, channelData(channel));
    return channel;
  }

  removeChannel(id: string): void {
    const channel = this.channel(id);
    if (!channel) return;
    this.guild(channel.guildId).channels.delete(id);
    const event = isThread(channel) ? GatewayDispatchEvents.ThreadDelete : GatewayDispatchEvents.ChannelDelete;
    this.dispatch(event, channel.guildId, channelData(channel));
  }

  /** Exactly these for the bot, or whom else; `undefined`: as everyone again. */
  permit(channelId: string, permissions: readonly Permission[] | undefined, userId = this.bot.id): void {
    const channel = this.channel(channelId);
    if (!channel) throw new Error(`there is no channel ${channelId}`);
    channel.overwrites = [...channel.overwrites.filter(({ id }) => id !== userId), ...(permissions ? [exactly(userId, permissions)] : [])];
    this.dispatch(GatewayDispatchEvents.ChannelUpdate, channel.guildId, channelData(channel));
  }

  channel(id: string): Channel | undefined {
    for (const { channels } of this.guilds.values()) {
      const channel = channels.get(id);
      if (channel) return channel;
    }
    return undefined;
  }

  guild(id: string): Guild {
    const guild = this.guilds.get(id);
    if (!guild) throw new Error(`the bot is in no guild ${id}`);
    return guild;
  }

  /** What somebody may do: nothing, who is no member. Without a channel: in the guild. */
  permissions(guildId: string, userId: string, channel?: Channel): bigint {
    const guild = this.guild(guildId);
    const member = guild.members.get(userId);
    if (!member) return 0n;
    if (userId === guild.ownerId) return EVERYTHING;
    const parent = channel?.parentId === undefined ? channel : guild.channels.get(channel.parentId);
    return permissionsIn({
      guildId,
      everyone: guild.everyone,
      own: member.permissions,
      roleId: roleOf(userId),
      memberId: userId,
      isOwner: false,
      overwrites: [...(parent?.overwrites ?? [])],
    });
  }
}

export const isThread = ({ type }: Channel): boolean => type === ChannelType.PublicThread;
