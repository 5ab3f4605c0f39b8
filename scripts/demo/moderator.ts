import { type APIEmbed, REST } from 'discord.js';
import { register } from '../../services/shard/commands/register';
import type { Channel } from '../../services/testbench/discord/world';
import type { Entry, Film, Member } from '../../services/testbench/letterboxd/world';
import type { Pipeline } from '../../services/testbench/pipeline/pipeline';
import type { SampleWorld } from '../../services/testbench/sample/sample';
import { botOf, place } from './cast';
import type { Teller } from './teller';

/** Milliseconds. */
const FIRST_AFTER = 800;
const BETWEEN = 4000;
const LONGEST_ANSWER = 60;
/** Who is followed by a command, and by nobody before. */
const NEWCOMERS = ['quentin', 'rosa', 'sven', 'tilda', 'ugo', 'vera', 'wim', 'xenia', 'yuri', 'zoe'];

interface Given {
  readonly command: string;
  readonly options: Readonly<Record<string, string>>;
  /** What a real answer has, all of it: what the command was given is in refusals too. */
  readonly shows: readonly string[];
}

export interface ModeratorMeans {
  /** Whether all bots are there to answer. */
  readonly mayGive: () => boolean;
  /** Told of the entry of somebody who is about to be followed in a channel. */
  readonly onEntry: (entry: Entry, channel: Channel) => void;
}

/** Somebody at Discord who gives a command now and then, and waits for its answer. */
export class Moderator {
  given = 0;
  answered = 0;
  private timer: NodeJS.Timeout | undefined;
  private open: Promise<void> | undefined;

  constructor(
    private readonly pipeline: Pick<Pipeline, 'discord' | 'letterboxd'>,
    private readonly world: SampleWorld,
    private readonly teller: Teller,
    private readonly means: ModeratorMeans,
  ) {}

  /** Tells Discord of the commands, as `make commands-register` does. How many there are. */
  async register(): Promise<number> {
    const { url, token, world } = this.pipeline.discord;
    return (await register({ rest: new REST({ api: url }).setToken(token), applicationId: world.bot.id })).length;
  }

  get isWaiting(): boolean {
    return this.open !== undefined;
  }

  begin(): void {
    const again = (after: number) => {
      this.timer = setTimeout(() => {
        if (!this.open && this.means.mayGive()) this.open = this.give().finally(() => (this.open = undefined));
        again(BETWEEN);
      }, after);
    };
    again(FIRST_AFTER);
  }

  /** Resolves when the last command is answered, or will not be. */
  async end(): Promise<void> {
    clearTimeout(this.timer);
    await this.open;
  }

  private async give(): Promise<void> {
    const { world, teller } = this;
    const { discord } = this.pipeline;
    const channel = world.channels[this.given % world.channels.length] as Channel;
    const { command, options, shows } = this.next(channel);
    this.given += 1;
    teller.tell('moderator', `command ${[`/${command}`, ...Object.values(options)].join(' ')} given in ${place(discord, channel)}`);
    try {
      const interaction = discord.give({ command, options, user: world.moderator, channel });
      const { embeds, content } = await interaction.reply();
      const said = (embeds[0]?.title ?? embeds[0]?.description ?? content).split('\n')[0]?.replaceAll('**', '') ?? '';
      const named = said.replace(/<#(\d+)>/g, (_, id) => `#${discord.world.channel(id)?.name}`);
      const text = named.length > LONGEST_ANSWER ? `${named.slice(0, LONGEST_ANSWER)}...` : named;
      if (!shows.every((part) => textOf(embeds).includes(part))) return teller.tell(botOf(channel), `warns: command /${command} is not served: ${text}`);
      this.answered += 1;
      teller.tell(botOf(channel), `command /${command} answered: ${text}`);
    } catch (error) {
      teller.tell(botOf(channel), `warns: command /${command} is not answered: ${(error as Error).message}`);
    }
  }

  private next(channel: Channel): Given {
    const { world, given } = this;
    const member = world.members[given % world.members.length] as Member;
    const film = world.films[given % world.films.length] as Film;
    switch (given % 5) {
      case 0: {
        const turn = given / 5;
        const name = `${NEWCOMERS[turn % NEWCOMERS.length]}${turn < NEWCOMERS.length ? '' : turn}`;
        const { world: letterboxd } = this.pipeline.letterboxd;
        this.means.onEntry(letterboxd.addEntry(letterboxd.addMember(name), film, { rating: 4 }), channel);
        return { command: 'follow', options: { account: name }, shows: [name, `<#${channel.id}>`] };
      }
      case 1:
        return { command: 'film', options: { 'film-name': film.title }, shows: [film.title, String(film.year), ...(film.genres ?? [])] };
      case 2: {
        // others may have logged nothing yet
        const last = world.entries.at(-1);
        const { userName, displayName } = last?.member ?? member;
        return { command: 'diary', options: { account: userName }, shows: [displayName, last?.film.title ?? ''] };
      }
      case 3: {
        const followed = world.follows.filter((follow) => follow.channel === channel).map((follow) => follow.member.userName);
        return { command: 'following', options: {}, shows: [`<#${channel.id}>`, ...followed] };
      }
      default:
        return { command: 'user', options: { account: member.userName }, shows: [member.displayName, ...(member.favourites ?? []).map(({ title }) => title)] };
    }
  }
}

/** All that somebody reads there. */
function textOf(embeds: readonly APIEmbed[]): string {
  return embeds.flatMap(({ title, description }) => [title, description]).join('\n');
}
