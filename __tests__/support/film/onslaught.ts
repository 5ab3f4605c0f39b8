import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, GARBAGE } from '../../../services/testbench/http/faults';
import type { Member } from '../../../services/testbench/letterboxd/world';
import { Pipeline, type PipelineOptions, type Runtime, TOPICS } from '../../../services/testbench/pipeline/pipeline';
import { Random } from '../../../services/testbench/random';

export interface OnslaughtOptions extends Pick<PipelineOptions, 'folder' | 'bundles' | 'bus' | 'store'> {
  readonly entries: number;
  /** Each entry belongs into so many. */
  readonly channels: number;
  /** Kills of the bot between Discord's accept and its record. */
  readonly kills: number;
  /** Seconds in which the entries appear. */
  readonly spread: number;
  /** Seconds after which what is missing is lost. */
  readonly limit: number;
  /** Told now and then how far it is. */
  readonly progress?: (line: string) => void;
}

/** What was done to filmlinkd, and what became of the entries. */
export interface OnslaughtFigures {
  readonly expected: number;
  readonly posted: number;
  /** Entries in channels, such as `Entry 17 in 123`. */
  readonly lost: readonly string[];
  readonly twice: readonly string[];
  /** Seconds between the first and the repeat, of the one that came latest. Discord knows a nonce for five minutes in these tests. */
  readonly longestGap: number;
  /** Entries that are everywhere and not recorded so. */
  readonly open: number;
  /** Sends that Discord knew by their nonce. */
  readonly repeats: number;
  readonly killsAfterAccept: number;
  readonly killsOfScrapers: number;
  readonly busRestarts: number;
  readonly socketsDropped: number;
  readonly discordFaults: number;
  readonly letterboxdFaults: number;
  readonly malformed: number;
  /** Kinds of malformed messages that are on the poison topic: each on two topics. */
  readonly parked: number;
  readonly seconds: number;
  /** What should not happen at all, such as a process that ends by itself. */
  readonly problems: readonly string[];
}

export const MALFORMED = ['not JSON', '[]', '{"entry":{}}', '{"entry":{"lid":7}}', '{"type":"FOLLOW"}', 'null', '{"entry":', '"\\u0000"'] as const;
const USERS = 20;
const SHARDS = 2;
const HOUR = 3_600_000;

/**
 * Entries go through filmlinkd while its processes are killed, its bus is restarted and forgets its topics, Discord answers 429 and 500 and drops sockets,
 * Letterboxd answers 500, 403 and garbage, and malformed messages arrive. It ends when every entry is recorded in every channel, or at its limit.
 */
export async function onslaught(options: OnslaughtOptions): Promise<OnslaughtFigures> {
  const pipeline = await Pipeline.start({
    ...options,
    discord: {
      shards: SHARDS,
      gateway: { identifyEveryMs: 0 },
      limits: { messages: { count: 100, perMs: 1000 }, global: { count: 1000, perMs: 1000 } },
    },
  });
  try {
    return await new Onslaught(pipeline, options).run();
  } finally {
    await pipeline.stop();
  }
}

class Onslaught {
  private readonly random = new Random('onslaught');
  private readonly started = Date.now();
  /** Ids of the channels into which an entry belongs, by its title. */
  private readonly belongs = new Map<string, readonly string[]>();
  private readonly followers = new Map<Member, readonly string[]>();
  private readonly scrapers = new Map<string, { process: Runtime; readonly start: () => Promise<Runtime> }>();
  private readonly shards: Runtime[] = [];
  private readonly restarting = new Set<number>();
  private readonly problems: string[] = [];
  private readonly done = { killsAfterAccept: 0, killsOfScrapers: 0, busRestarts: 0, socketsDropped: 0, malformed: 0 };
  private isCalm = false;
  private isOver = false;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly options: OnslaughtOptions,
  ) {}

  async run(): Promise<OnslaughtFigures> {
    const members = await this.world();
    for (let index = 0; index < SHARDS; index += 1) this.shards.push(await this.startShard(index));
    await this.startScraper('scraper-1', 'general');
    await this.startScraper('scraper-2', 'general');
    await this.startScraper('vip-1', 'vip');
    await Promise.all(this.shards.map((shard) => this.pipeline.ready(shard)));
    await this.until('everybody’s first entry', () => this.missing().length === 0); // of who was never posted only the newest is news

    this.faults();
    this.kills();
    const chaos = this.chaos();
    const { entries, spread } = this.options;
    for (let count = members.length; count < entries; count += 1) {
      this.appears(this.random.pick(members), count);
      await sleep((spread * 1000) / (entries - members.length));
    }
    try {
      await this.until('the kills', () => this.done.killsAfterAccept >= this.options.kills || this.missing().length === 0);
      this.isCalm = true;
      await chaos;
      for (const topic of [TOPICS.LOG_ENTRY_TOPIC, TOPICS.COMMAND_TOPIC]) for (const data of MALFORMED) await this.malformed(topic, data);
      await this.until('everything', () => this.isDone());
    } catch (error) {
      this.problems.push(String(error), ...(await this.conditions()));
      this.isCalm = true;
      await chaos;
    }
    this.isOver = true;
    if (this.pipeline.letterboxd.mistakes.length > 0) this.problems.push(`Letterboxd: ${this.pipeline.letterboxd.mistakes[0]}`);
    const late = await this.pipeline.end();
    if (late.length > 0) this.problems.push(`${late.length} processes did not end within 15 s`);
    return this.figures();
  }

  /** General users are in all channels but the VIP channel, VIP users in all but the first. */
  private async world(): Promise<readonly Member[]> {
    const { discord, letterboxd, stores } = this.pipeline;
    const guilds = Array.from({ length: SHARDS * 2 }, () => discord.world.addGuild());
    const channels = Array.from({ length: this.options.channels + 1 }, (_, index) => discord.world.addChannel(guilds[index % guilds.length]?.id as string).id);
    await stores.vipChannels.add(channels.at(-1) as string);
    const members = Array.from({ length: USERS }, (_, index) => letterboxd.world.addMember(`user${index}`));
    for (const [index, member] of members.entries()) {
      const isVip = index % 4 === 0;
      const followers = isVip ? channels.slice(1) : channels.slice(0, -1);
      for (const channel of followers) await this.pipeline.follow(member, channel);
      this.followers.set(member, followers);
      this.appears(member, index);
    }
    return members;
  }

  private appears(member: Member, number: number): void {
    const title = `Entry ${number}`;
    const { world } = this.pipeline.letterboxd;
    this.belongs.set(title, this.followers.get(member) as readonly string[]);
    world.addEntry(member, world.addFilm(title), { created: Date.now() - HOUR });
  }

  private async startShard(index: number): Promise<Runtime> {
    const runtime = await this.pipeline.shard(`shard-${index}`, { SHARDS: `${index}-${index}/${SHARDS}` });
    this.watch(runtime, `shard-${index}`);
    return runtime;
  }

  private async startScraper(name: string, MODE: 'general' | 'vip'): Promise<void> {
    const start = async () => {
      const runtime = await this.pipeline.scraper(name, { MODE, PAUSE_SECONDS: '0.2', FORBIDDEN_PAUSE_SECONDS: '1', REPUBLISH_SECONDS: '1' });
      this.watch(runtime, name);
      return runtime;
    };
    this.scrapers.set(name, { process: await start(), start });
  }

  /** Nobody ends by himself. */
  private watch(runtime: Runtime, name: string): void {
    void runtime.ended.then(({ signal }) => {
      if (signal !== 'SIGKILL' && !this.isOver) this.problems.push(`${name} ended by itself: ${runtime.lines.at(-1)?.message ?? runtime.complaints}`);
    });
  }

  /** The bot dies after Discord's accept and before it knows of it. */
  private kills(): void {
    const left = this.options.entries * this.options.channels - this.pipeline.discord.messages.count;
    const every = Math.max(1, Math.floor(left / (this.options.kills * 1.5)));
    let since = 0;
    this.pipeline.discord.onAccepted = async (message) => {
      since += 1;
      const guild = this.pipeline.discord.world.channel(message.channel_id)?.guildId as string;
      const index = Number((BigInt(guild) >> 22n) % BigInt(SHARDS));
      if (since < every || this.restarting.has(index) || this.done.killsAfterAccept >= this.options.kills) return;
      since = 0;
      this.done.killsAfterAccept += 1;
      this.restarting.add(index);
      this.shards[index]?.kill('SIGKILL');
      await this.shards[index]?.ended;
      this.startAgain(index).catch((error) => this.problems.push(`shard-${index}: ${error}`));
    };
  }

  private async startAgain(index: number): Promise<void> {
    const shard = await this.startShard(index);
    this.shards[index] = shard;
    await this.pipeline.ready(shard, 60);
    this.restarting.delete(index);
  }

  private faults(): void {
    const { discord, letterboxd } = this.pipeline;
    let sends = 0;
    discord.faults.by = ({ route }) => {
      if (!route.startsWith('POST') || !route.includes('messages')) return undefined;
      sends += 1;
      const discords: Readonly<Record<number, Fault>> = {
        5: { status: 429, retryAfter: 0.3 },
        11: { status: 500 },
        17: 'drop',
        29: 'lose-answer',
        37: { status: 502 },
      };
      return discords[sends % 43];
    };
    let requests = 0;
    letterboxd.faults.by = () => {
      requests += 1;
      if (requests % 211 === 0) return { status: 403 };
      const letterboxds: Readonly<Record<number, Fault>> = { 3: { status: 500 }, 9: GARBAGE, 13: 'drop', 19: 'cut-answer', 23: { status: 429, retryAfter: 1 } };
      return letterboxds[requests % 31];
    };
  }

  /** One thing after another, until calm is asked for. */
  private async chaos(): Promise<void> {
    const { discord } = this.pipeline;
    const began = Date.now();
    const restartsAt = [0.25, 0.5];
    while (!this.isCalm) {
      await sleep(this.random.between(1000, 3000));
      const share = (Date.now() - began) / 1000 / this.options.spread;
      if (restartsAt[0] !== undefined && share > restartsAt[0]) {
        restartsAt.shift();
        await this.pipeline.restartBus();
        this.done.busRestarts += 1;
      } else if (this.random.chance(0.15)) {
        await this.malformed(TOPICS.LOG_ENTRY_TOPIC, this.random.pick(MALFORMED)); // it may go with what is killed, and come again below
      } else if (this.random.chance(0.5)) {
        discord.gateway.drop();
        this.done.socketsDropped += 1;
      } else {
        const scraper = this.random.pick([...this.scrapers.values()]);
        scraper.process.kill('SIGKILL');
        await scraper.process.ended;
        scraper.process = await scraper.start();
        this.done.killsOfScrapers += 1;
      }
    }
  }

  private async malformed(topic: string, data: string): Promise<void> {
    await this.pipeline.bus.publish(topic, data);
    this.done.malformed += 1;
  }

  private async isDone(): Promise<boolean> {
    return this.missing().length === 0 && this.parked() >= 2 * MALFORMED.length && (await this.open()) === 0;
  }

  private async open(): Promise<number> {
    return (await this.pipeline.stores.deliveries.due(new Date(8e15), 100_000)).length;
  }

  private parked(): number {
    return new Set(this.pipeline.parked.map(({ topic, data }) => `${topic} ${data}`)).size;
  }

  /** What is where, `Entry 17 in 123`, with repeats. */
  private posted(): string[] {
    const { messages } = this.pipeline.discord;
    const channels = new Set([...this.belongs.values()].flat());
    return [...channels].flatMap((channel) => messages.in(channel).map(({ embeds }) => `${/^Entry \d+/.exec(embeds[0]?.title ?? '')?.[0]} in ${channel}`));
  }

  private longestGap(): number {
    const { messages } = this.pipeline.discord;
    const gaps = [...new Set([...this.belongs.values()].flat())].flatMap((channel) => {
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

  private missing(): string[] {
    const posted = new Set(this.posted());
    return [...this.belongs].flatMap(([title, channels]) => channels.map((channel) => `${title} in ${channel}`)).filter((key) => !posted.has(key));
  }

  private async until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
    let told = Date.now();
    while (!(await isTrue())) {
      const seconds = Math.round((Date.now() - this.started) / 1000);
      if (seconds > this.options.limit) throw new Error(`${what} took more than ${this.options.limit} s`);
      await sleep(1000);
      if (Date.now() - told < 10_000) continue;
      told = Date.now();
      const { messages } = this.pipeline.discord;
      this.options.progress?.(
        `${seconds} s: ${messages.count} posted, ${this.missing().length} missing, ${await this.open()} open, ${JSON.stringify(this.done)}`,
      );
    }
  }

  /** Of each process: is it ready, and what did it say last. */
  private conditions(): Promise<string[]> {
    const all = [...this.shards, ...[...this.scrapers.values()].map(({ process }) => process)];
    return Promise.all(
      all.map(async (runtime) => {
        const isReady = await this.pipeline.ready(runtime, 1).catch(String);
        return `${isReady}: ${runtime.lines
          .slice(-3)
          .map(({ message }) => message)
          .join('; ')}`;
      }),
    );
  }

  private async figures(): Promise<OnslaughtFigures> {
    const posted = this.posted();
    const { discord, letterboxd } = this.pipeline;
    const expected = [...this.belongs.values()].flat().length;
    const seen = new Set<string>();
    return {
      expected,
      posted: posted.length,
      lost: this.missing(),
      twice: posted.filter((key) => seen.size === seen.add(key).size),
      longestGap: this.longestGap(),
      open: await this.open(),
      repeats: discord.messages.repeats,
      ...this.done,
      discordFaults: discord.faults.injected,
      letterboxdFaults: letterboxd.faults.injected,
      parked: this.parked(),
      seconds: Math.round((Date.now() - this.started) / 1000),
      problems: this.problems,
    };
  }
}
