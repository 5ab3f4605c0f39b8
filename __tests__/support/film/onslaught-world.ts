import type { Member } from '../../../services/testbench/letterboxd/world';
import type { Pipeline } from '../../../services/testbench/pipeline/pipeline';

const HOUR = 3_600_000;

/** Who logs films, who follows them where, and what of it is there. */
export class World {
  /** Ids of the channels into which an entry belongs, by its title. */
  private readonly belongs = new Map<string, readonly string[]>();
  private readonly followers = new Map<Member, readonly string[]>();

  constructor(private readonly pipeline: Pipeline) {}

  /** Entries in channels, when all are there. */
  get expected(): number {
    return [...this.belongs.values()].flat().length;
  }

  /** General users are in all channels but the VIP channel, VIP users in all but the first. */
  async populate(size: { readonly users: number; readonly guilds: number; readonly channels: number }): Promise<readonly Member[]> {
    const { discord, letterboxd, stores } = this.pipeline;
    const guilds = Array.from({ length: size.guilds }, () => discord.world.addGuild());
    const channels = Array.from({ length: size.channels }, (_, index) => discord.world.addChannel(guilds[index % guilds.length]?.id as string).id);
    await stores.vipChannels.add(channels.at(-1) as string);
    const members = Array.from({ length: size.users }, (_, index) => letterboxd.world.addMember(`user${index}`));
    for (const [index, member] of members.entries()) {
      const isVip = index % 4 === 0;
      const followers = isVip ? channels.slice(1) : channels.slice(0, -1);
      for (const channel of followers) await this.pipeline.follow(member, channel);
      this.followers.set(member, followers);
      this.appears(member, index);
    }
    return members;
  }

  /** A member logs a film: news. */
  appears(member: Member, number: number): void {
    const title = `Entry ${number}`;
    const { world } = this.pipeline.letterboxd;
    this.belongs.set(title, this.followers.get(member) as readonly string[]);
    world.addEntry(member, world.addFilm(title), { created: Date.now() - HOUR });
  }

  /** What is where, `Entry 17 in 123`, with repeats. */
  posted(): string[] {
    const { messages } = this.pipeline.discord;
    return this.channels().flatMap((channel) => messages.in(channel).map(({ embeds }) => `${/^Entry \d+/.exec(embeds[0]?.title ?? '')?.[0]} in ${channel}`));
  }

  /** Seconds between the first and the repeat, of the one that came latest. */
  longestGap(): number {
    const { messages } = this.pipeline.discord;
    const gaps = this.channels().flatMap((channel) => {
      const first = new Map<string | undefined, number>();
      return messages.in(channel).map(({ embeds, timestamp }) => {
        const at = Date.parse(timestamp);
        const title = embeds[0]?.title;
        if (!first.has(title)) first.set(title, at);
        return (at - (first.get(title) as number)) / 1000;
      });
    });
    return Math.round(gaps.reduce((longest, gap) => Math.max(longest, gap), 0));
  }

  /** What belongs somewhere and is not there. */
  missing(): string[] {
    const posted = new Set(this.posted());
    return [...this.belongs].flatMap(([title, channels]) => channels.map((channel) => `${title} in ${channel}`)).filter((key) => !posted.has(key));
  }

  private channels(): string[] {
    return [...new Set([...this.belongs.values()].flat())];
  }
}
