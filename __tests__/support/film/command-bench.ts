import { Registry } from 'prom-client';
import { emoji } from '../../../services/contracts/filmlinkd-environment';
import type { CommandMessage, LogEntryMessage } from '../../../services/contracts/log-entry';
import { Accounts } from '../../../services/shard/commands/accounts';
import type { Call, CommandMeans, Place } from '../../../services/shard/commands/command';
import { serve } from '../../../services/shard/commands/commands';
import type { CommandName } from '../../../services/shard/commands/definitions';
import { Metrics } from '../../../services/shard/metrics';
import { Pace } from '../../../services/shard/posting/pace';
import { PacedSender } from '../../../services/shard/posting/sending';
import { Tmdb } from '../../../services/shard/tmdb';
import { RecordingLog } from '../recording-log';
import { ChannelDouble } from './channel-double';
import { LeapingClock } from './leaping-clock';
import { letterboxd, type Pairs } from './letterboxd-double';
import { MemoryUsers } from './memory-users';

export const HERE: Place = {
  channelId: 'c1',
  callerLacks: [],
  bot: new Map([
    ['View Channel', true],
    ['Send Messages', true],
    ['Embed Links', true],
  ]),
};

/** A bot whose Letterboxd answers these requests, and to which a test speaks. */
export class CommandBench {
  readonly users = new MemoryUsers();
  readonly clock = new LeapingClock(Date.UTC(2024, 1, 10));
  readonly discord = new ChannelDouble(this.clock);
  readonly log = new RecordingLog();
  readonly commands: CommandMessage[] = [];
  readonly entries: LogEntryMessage[] = [];
  readonly requests: readonly string[];
  /** What The Movie Database answers: a body, or a status. */
  tmdb: object | number = { id: 1000 };
  busFailure: Error | undefined;
  readonly means: CommandMeans;

  constructor(pairs: Pairs = {}) {
    const { client, requests } = letterboxd(pairs);
    this.requests = requests;
    const take = async <T>(list: T[], message: T) => {
      if (this.busFailure) throw this.busFailure;
      list.push(message);
    };
    const tmdb = async (url: string) => {
      if (url !== 'https://api.themoviedb.org/3/movie/latest?api_key=k') throw new Error(`not an address of TMDB: ${url}`);
      return typeof this.tmdb === 'number' ? new Response('', { status: this.tmdb }) : Response.json(this.tmdb);
    };
    this.means = {
      letterboxd: client,
      accounts: new Accounts({ letterboxd: client }),
      tmdb: new Tmdb({ url: 'https://api.themoviedb.org/3/', apiKey: 'k', fetch: tmdb }),
      users: this.users,
      sender: new PacedSender(this.discord, new Pace(50, this.clock), this.clock, new Metrics(new Registry())),
      publish: { command: (message) => take(this.commands, message), entry: (message) => take(this.entries, message) },
      emoji: emoji.parse({}),
      clock: this.clock,
      log: this.log,
      about: { version: '1.2.3', applicationId: () => '42', servers: async () => 7 },
      random: () => 0.5,
    };
  }

  /** @param random what chance gives */
  call(name: CommandName, options: Call['options'] = {}, more: Partial<Call> = {}, random = this.means.random) {
    return serve(name, { here: HERE, options, ...more }, { ...this.means, ...(random && { random }) });
  }

  /** The whole answer as text. */
  async says(...call: Parameters<CommandBench['call']>): Promise<string> {
    return (await this.call(...call)).embeds.map(({ title, description }) => [title, description].filter(Boolean).join('\n')).join('\n---\n');
  }
}
