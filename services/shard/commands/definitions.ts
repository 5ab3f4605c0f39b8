import { ApplicationCommandOptionType, ChannelType, PermissionFlagsBits } from 'discord.js';

export interface OptionDefinition {
  readonly name: string;
  readonly description: string;
  readonly type: ApplicationCommandOptionType.String | ApplicationCommandOptionType.Boolean | ApplicationCommandOptionType.Channel;
  readonly required?: true;
  readonly autocomplete?: true;
  readonly channel_types?: readonly ChannelType[];
}

export interface CommandDefinition {
  readonly name: string;
  readonly description: string;
  readonly options?: readonly OptionDefinition[];
  /** Who may call it, unless a server says otherwise. @default everybody */
  readonly default_member_permissions?: string;
}

const { String: TEXT, Boolean: FLAG, Channel: CHANNEL } = ApplicationCommandOptionType;
const MANAGERS = { default_member_permissions: String(PermissionFlagsBits.ManageGuild) } as const;

const account: OptionDefinition = { name: 'account', description: 'User name on Letterboxd', type: TEXT, required: true, autocomplete: true };
const filmNameOption: OptionDefinition = { name: 'film-name', description: 'Name of the film', type: TEXT, required: true, autocomplete: true };
const channel: OptionDefinition = {
  name: 'channel',
  description: 'Another channel of this server; this one if left out',
  type: CHANNEL,
  channel_types: [ChannelType.GuildText, ChannelType.GuildAnnouncement, ChannelType.AnnouncementThread, ChannelType.PublicThread, ChannelType.PrivateThread],
};

/** All slash commands, as Discord is told of them. */
export const DEFINITIONS = [
  {
    name: 'help',
    description: 'What the bot can do, and whether it can do it here',
    options: [{ name: 'test', description: 'Post a few messages, to see whether they arrive', type: FLAG }],
  },
  { name: 'follow', description: 'Post the diary entries of an account in a channel', options: [account, channel], ...MANAGERS },
  { name: 'unfollow', description: 'Post them no longer', options: [account, channel], ...MANAGERS },
  { name: 'following', description: 'Whom a channel follows', options: [channel] },
  { name: 'refresh', description: 'Take over the current name and picture of an account', options: [account] },
  { name: 'diary', description: 'The last entries of an account', options: [account] },
  { name: 'user', description: 'About an account', options: [account] },
  {
    name: 'contributor',
    description: 'About somebody who makes films',
    options: [{ name: 'contributor-name', description: 'Their name', type: TEXT, required: true }],
  },
  { name: 'film', description: 'About a film', options: [filmNameOption] },
  {
    name: 'list',
    description: 'A list that an account has made',
    options: [account, { name: 'list-name', description: 'Name of the list', type: TEXT, required: true }],
  },
  { name: 'logged', description: 'What an account has logged of a film', options: [account, filmNameOption] },
  { name: 'roulette', description: 'Any film at all' },
] as const satisfies readonly CommandDefinition[];

export type CommandName = (typeof DEFINITIONS)[number]['name'];
