import type { APIMessage } from 'discord-api-types/v10';
import { count } from '../../rehearsal/runner/format';
import type { Channel } from '../../services/testbench/discord/world';
import type { Entry } from '../../services/testbench/letterboxd/world';
import { type LogLine, type Pipeline, TOPICS } from '../../services/testbench/pipeline/pipeline';
import { BOTS, botOf, channelOf, place, titled } from './cast';
import type { Fleet } from './fleet';
import type { Score } from './score';
import type { Teller } from './teller';

/** Tells what happens where it is seen: at Letterboxd, in the processes' logs, on the bus, at Discord, in the processes' counters. */
export class Commentary {
  /** Of each bot, how often it knew that a post was there. */
  private readonly known = new Map<string, number>();

  constructor(
    private readonly pipeline: Pipeline,
    private readonly score: Score,
    private readonly teller: Teller,
  ) {}

  /** Begins to listen to the bus and to Discord. @param accepted called for each message before Discord answers */
  async begin(accepted: (message: APIMessage) => Promise<void>): Promise<void> {
    const { bus, discord } = this.pipeline;
    discord.onAccepted = async (message) => {
      this.teller.tell(this.sender(message), `posted ${this.shown(message)}`);
      await accepted(message);
    };
    discord.onRepeated = (message) => {
      this.teller.tell(this.sender(message), `deduplicated ${this.shown(message)}: sent again, Discord answers with the first message: it is there once`);
    };
    await bus.provision([{ topic: TOPICS.LOG_ENTRY_TOPIC, subscription: 'demo' }]);
    bus.subscribe('demo', ({ id, data }) => {
      const again = this.score.publish(id, data);
      if (again !== undefined) this.teller.tell('scrapers', `published again ${this.score.titleOf(again)}: not known to be in every channel`);
    });
  }

  /** An entry appears at Letterboxd, and these channels follow. */
  logged(entry: Entry, channels: readonly Channel[]): void {
    this.score.log(entry, channels);
    this.teller.tell('letterboxd', `logged ${titled(entry)}, whom ${channels.length === 1 ? '1 channel follows' : `${channels.length} channels follow`}`);
  }

  /** A line of a process's log. */
  heard(name: string, { severity, message, entry, source }: LogLine): void {
    if (message.startsWith('Published: ')) this.teller.tell(name, `found and published (${source}) ${this.score.titleOf(String(entry))}`);
    else if (message.endsWith(': parked')) this.teller.tell(name, 'parked a message that it cannot read');
    else if (severity !== 'DEBUG' && severity !== 'INFO') this.teller.tell(name, `warns: ${message}`);
  }

  /** Asks the processes for their counters. */
  async measure(fleet: Fleet): Promise<void> {
    await fleet.measure();
    for (const bot of BOTS) {
      const before = this.known.get(bot) ?? 0;
      const now = fleet.counted('filmlinkd_posts_total', '{result="repeated"}', bot);
      if (now > before) this.teller.tell(bot, `deduplicated ${count(now - before, 'post')}: published again, recorded already`);
      this.known.set(bot, Math.max(now, before));
    }
  }

  private sender(message: APIMessage): string {
    return botOf(channelOf(this.pipeline.discord, message));
  }

  private shown(message: APIMessage): string {
    const { discord } = this.pipeline;
    return `${this.score.titleOf(this.score.entryOf(message))} in ${place(discord, channelOf(discord, message))}`;
  }
}
