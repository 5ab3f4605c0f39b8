import {
  type AutocompleteInteraction,
  type ChatInputCommandInteraction,
  type Client,
  Events,
  type GuildBasedChannel,
  type Interaction,
  MessageFlags,
  PermissionsBitField,
} from 'discord.js';
import { suggestions } from '../commands/autocomplete';
import type { Call, CommandMeans, Place } from '../commands/command';
import { COMMANDS, type Served, serve } from '../commands/commands';
import type { CommandName } from '../commands/definitions';
import { explanation, Refusal } from '../commands/refusal';
import type { Metrics } from '../metrics';
import { messages } from '../text/embed';
import { within } from '../within';
import { neededPermissions } from './channels';

/** Nobody waits longer for an answer. */
const LONGEST_MS = 60_000;
/** To tell who waits that nothing comes any more. */
const LAST_WORD_MS = 1500;

/** Answers slash commands as Discord wants it: put off at once, then filled in, further pages after it. */
export class Interactions {
  private readonly underWay = new Set<Promise<void>>();
  private readonly ending = new AbortController();

  constructor(
    client: Client,
    private readonly means: CommandMeans,
    private readonly metrics: Metrics,
  ) {
    client.on(Events.InteractionCreate, (interaction) => {
      const work = this.answer(interaction)
        .catch((error) => means.log.warn({ error }, 'an interaction is not answered'))
        .finally(() => this.underWay.delete(work));
      this.underWay.add(work);
    });
  }

  /** Lets the commands that run end, within so many milliseconds; whoever waits for one that does not is told. */
  async close(limit: number): Promise<void> {
    const timer = setTimeout(() => this.ending.abort(new Refusal('The bot starts anew. Please try again in a minute.')), limit);
    await Promise.race([Promise.all(this.underWay), new Promise((resolve) => setTimeout(resolve, limit + LAST_WORD_MS).unref())]);
    clearTimeout(timer);
  }

  private async answer(interaction: Interaction): Promise<void> {
    if (interaction.isAutocomplete()) return this.suggest(interaction);
    if (!interaction.isChatInputCommand()) return;
    if (!interaction.inGuild()) return refuse(interaction, 'The bot works in servers only.');
    if (!(interaction.commandName in COMMANDS)) return refuse(interaction, 'The bot does not know this command any more.');
    await interaction.deferReply();
    await this.fill(interaction, interaction.commandName as CommandName);
  }

  /** Whatever goes wrong, also with the answer itself, the person hears of it: nothing stays "thinking" for ever. */
  private async fill(interaction: ChatInputCommandInteraction<'cached' | 'raw'>, command: CommandName): Promise<void> {
    let isShown = false;
    try {
      const { embeds, afterwards, result } = await this.served(command, interaction);
      const [first = [], ...others] = messages(embeds);
      await interaction.editReply({ embeds: first, ...QUIET });
      isShown = true;
      this.metrics.commands.inc({ command, result });
      for (const page of others) await interaction.followUp({ embeds: page, ...QUIET });
      await afterwards?.(this.ending.signal);
    } catch (error) {
      this.means.log.warn({ command, error }, isShown ? 'a command was answered, and its rest failed' : 'an answer cannot be shown');
      if (isShown) {
        await interaction.followUp({ content: `That is all that worked: ${(error as Error).message}`.slice(0, 2000), ...QUIET });
      } else {
        this.metrics.commands.inc({ command, result: 'failed' });
        await interaction.editReply({ content: explanation(error), ...QUIET });
      }
    }
  }

  /** Rejects when it takes too long, or the process ends: what it still does then is not shown. */
  private served(command: CommandName, interaction: ChatInputCommandInteraction<'cached' | 'raw'>): Promise<Served> {
    return within(
      LONGEST_MS,
      this.ending.signal,
      (signal) =>
        new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          serve(command, callOf(interaction), this.means).then(resolve, reject);
        }),
    );
  }

  private async suggest(interaction: AutocompleteInteraction): Promise<void> {
    const { name: option, value: text } = interaction.options.getFocused(true);
    await interaction.respond(await suggestions({ command: interaction.commandName, option, text, channelId: usedChannel(interaction) }, this.means));
  }
}

/** Nobody is pinged. */
const QUIET = { allowedMentions: { parse: [] } };

/** The channel that was chosen so far, if it is of this server and the person may use it, or where they type. Discord gives its id only. */
function usedChannel(interaction: AutocompleteInteraction): string | undefined {
  const chosen = interaction.options.get('channel')?.value;
  if (typeof chosen !== 'string') return interaction.channelId;
  const channel = interaction.inGuild() ? interaction.guild?.channels.cache.get(chosen) : undefined;
  return channel && interaction.inGuild() && chosenPlace(channel, interaction).callerLacks.length === 0 ? chosen : undefined;
}

async function refuse(interaction: ChatInputCommandInteraction, content: string): Promise<void> {
  await interaction.reply({ content, flags: MessageFlags.Ephemeral });
}

function callOf(interaction: ChatInputCommandInteraction<'cached' | 'raw'>): Call {
  const { channel, options, appPermissions, memberPermissions } = interaction;
  const isThread = channel?.isThread() ?? false;
  const here: Place = {
    channelId: interaction.channelId,
    callerLacks: lacking(memberPermissions, isThread),
    bot: permissionsOf(appPermissions, isThread),
  };
  const chosen = options.getChannel('channel');
  const values = options.data
    .filter(({ name }) => name !== 'channel')
    .map(({ name, value }) => [name, typeof value === 'number' ? String(value) : value] as const);
  return { here, ...(chosen && { chosen: chosenPlace(chosen as Resolved, interaction) }), options: Object.fromEntries(values) };
}

/** A channel as the option gives it: from the memory of this process, or with what Discord says of it. */
type Resolved = GuildBasedChannel | { readonly id: string; readonly type: number; readonly permissions?: string };

function chosenPlace(
  channel: Resolved,
  { guildId, guild, member }: Pick<ChatInputCommandInteraction<'cached' | 'raw'>, 'guildId' | 'guild' | 'member'>,
): Place {
  if (!('guild' in channel)) {
    const caller = new PermissionsBitField(BigInt(channel.permissions ?? 0));
    return { channelId: channel.id, callerLacks: lacking(caller, isThreadType(channel.type)), bot: new Map() };
  }
  const isThread = channel.isThread();
  const caller = channel.guild.id === guildId && typeof member.permissions !== 'string' ? channel.permissionsFor(member as never) : null;
  const me = guild?.members.me;
  return { channelId: channel.id, callerLacks: lacking(caller, isThread), bot: me ? permissionsOf(channel.permissionsFor(me), isThread) : new Map() };
}

const isThreadType = (type: number): boolean => type >= 10 && type <= 12;

/** Nobody is let into another channel by the bot who may not see it and write in it. */
function lacking(permissions: Readonly<PermissionsBitField> | null, isThread: boolean): string[] {
  return [...permissionsOf(permissions, isThread)].flatMap(([name, has]) => (has || name === 'Embed Links' ? [] : [name]));
}

function permissionsOf(permissions: Readonly<PermissionsBitField> | null, isThread: boolean): Map<string, boolean> {
  return new Map(neededPermissions(isThread).map(([name, bit]) => [name, permissions?.has(bit) ?? false]));
}
