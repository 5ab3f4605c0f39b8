import {
  type APIApplicationCommandInteractionDataOption,
  ApplicationCommandType,
  InteractionType,
  ApplicationCommandOptionType as Option,
} from 'discord-api-types/v10';
import type { OptionDefinition } from './command-definition';
import type { Command } from './commands';
import type { Interaction } from './interaction';
import { has } from './permissions';
import { channelData, memberData, userData } from './shapes';
import type { Channel, DiscordWorld, User } from './world';

export type OptionValue = string | number | boolean;

/** Somebody gives a command. */
export interface Invocation {
  /** Such as `follow`. */
  readonly command: string;
  /** By name; the id of a channel, user or role. */
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** Who gives it; must be a member. */
  readonly user: User;
  /** Where; undefined: in a direct message to the bot. */
  readonly channel?: Channel;
  /** As if the client still showed a command that is not registered (any more), or this person might give it: nothing is checked. */
  readonly unchecked?: boolean;
}

/** Why Discord's client would not let the person do it; undefined: it would. */
export function objection(world: DiscordWorld, command: Command | undefined, { command: name, options = {}, user, channel }: Invocation): string | undefined {
  if (!command) return `the bot has registered no command ${name}`;
  if (!channel) return command.dm_permission === false || command.contexts?.includes(1) === false ? `${name} is for guilds only` : undefined;
  const held = world.permissions(channel.guildId, user.id, channel);
  if (!has(held, 'ViewChannel') || !has(held, 'UseApplicationCommands')) return `${user.name} may not give commands in ${channel.name}`;
  const needed = BigInt(command.default_member_permissions ?? 0);
  const inGuild = world.permissions(channel.guildId, user.id);
  if ((inGuild & needed) !== needed || command.default_member_permissions === '0') return `${user.name} may not give ${name}`;
  for (const { name: option, required } of command.options ?? []) if (required && !(option in options)) return `${name} needs the option ${option}`;
  for (const [option, value] of Object.entries(options)) {
    const definition = command.options?.find((one) => one.name === option);
    if (!definition) return `${name} has no option ${option}`;
    const wrong = mistake(world, definition, value, channel.guildId);
    if (wrong) return `${name}, option ${option}: ${wrong}`;
  }
  return undefined;
}

function mistake(world: DiscordWorld, definition: OptionDefinition, value: OptionValue, guildId: string): string | undefined {
  const { type, choices, channel_types, min_length = 0, max_length = 6000, min_value = -Infinity, max_value = Infinity } = definition;
  if (typeof value !== KIND[type]) return `must be a ${KIND[type]}`;
  if (choices?.length && !choices.some((one) => one.value === value)) return `${value} is not among its choices`;
  if (type === Option.String && (String(value).length < min_length || String(value).length > max_length)) return 'has the wrong length';
  if (typeof value === 'number' && (value < min_value || value > max_value)) return `must be ${min_value} to ${max_value}`;
  if (type !== Option.Channel) return undefined;
  const channel = world.channel(String(value));
  if (channel?.guildId !== guildId) return 'is no channel of this guild';
  return channel_types?.length && !channel_types.includes(channel.type) ? 'is a channel of another type' : undefined;
}

const KIND: Readonly<Record<number, string>> = {
  [Option.String]: 'string',
  [Option.Integer]: 'number',
  [Option.Number]: 'number',
  [Option.Boolean]: 'boolean',
  [Option.User]: 'string',
  [Option.Channel]: 'string',
  [Option.Role]: 'string',
  [Option.Mentionable]: 'string',
};

/** What the gateway sends of it. `focused`: the option that is being typed. */
export function interactionData(
  world: DiscordWorld,
  command: Command | undefined,
  { command: name, options = {}, user, channel }: Invocation,
  { id, token, channelId, isAutocomplete }: Interaction,
  focused?: string,
) {
  const given = Object.entries(options).map(([option, value]) => ({
    name: option,
    type: command?.options?.find((one) => one.name === option)?.type ?? typeOf(value),
    value,
    ...(option === focused ? { focused: true } : {}),
  })) as APIApplicationCommandInteractionDataOption[];
  const resolved = channel ? resolve(world, user, given) : {};
  const guild = channel && world.guild(channel.guildId);
  return {
    id,
    application_id: world.bot.id,
    type: isAutocomplete ? InteractionType.ApplicationCommandAutocomplete : InteractionType.ApplicationCommand,
    token,
    version: 1,
    data: {
      id: command?.id ?? '1',
      name,
      type: ApplicationCommandType.ChatInput,
      options: given,
      ...resolved,
      ...(command?.guild_id ? { guild_id: command.guild_id } : {}),
    },
    channel_id: channelId,
    locale: 'en-US',
    entitlements: [],
    attachment_size_limit: 10_485_760,
    ...(guild && channel
      ? {
          guild_id: guild.id,
          guild: { id: guild.id, locale: 'en-US', features: [] },
          guild_locale: 'en-US',
          channel: { ...channelData(channel), permissions: world.permissions(guild.id, user.id, channel).toString() },
          member: { ...memberData(guild, user.id), permissions: world.permissions(guild.id, user.id, channel).toString() },
          app_permissions: world.permissions(guild.id, world.bot.id, channel).toString(),
          authorizing_integration_owners: { '0': guild.id },
          context: 0,
        }
      : {
          channel: { id: channelId, type: 1 },
          user: userData(user),
          app_permissions: '0',
          authorizing_integration_owners: { '0': '0' },
          context: 1,
        }),
  };
}

/** Channels that are named come along, with what the person may do there. */
function resolve(world: DiscordWorld, user: User, given: readonly APIApplicationCommandInteractionDataOption[]): object {
  const channels = given.flatMap((option) => {
    const named = option.type === Option.Channel ? world.channel(option.value) : undefined;
    return named ? [[named.id, { ...channelData(named), permissions: world.permissions(named.guildId, user.id, named).toString() }] as const] : [];
  });
  return channels.length > 0 ? { resolved: { channels: Object.fromEntries(channels) } } : {};
}

const typeOf = (value: OptionValue): Option => (typeof value === 'string' ? Option.String : typeof value === 'boolean' ? Option.Boolean : Option.Number);
