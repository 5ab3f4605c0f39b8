import { setTimeout as sleep } from 'node:timers/promises';
import { Pipeline, type PipelineOptions, type Runtime, TOPICS } from '../../../services/testbench/pipeline/pipeline';
import { Random } from '../../../services/testbench/random';
import { injectFaults } from './onslaught-faults';
import type { OnslaughtFigures } from './onslaught-figures';
import { World } from './onslaught-world';

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

export const MALFORMED = ['not JSON', '[]', '{"entry":{}}', '{"entry":{"lid":7}}', '{"type":"FOLLOW"}', 'null', '{"entry":', '"\\u0000"'] as const;
const USERS = 20;
const SHARDS = 2;
/** A look at what is due is a query. */
const REPUBLISH_SECONDS = '3';

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
  private readonly scrapers = new Map<string, { process: Runtime; readonly start: () => Promise<Runtime> }>();
  private readonly shards: Runtime[] = [];
  private readonly restarting = new Set<number>();
  private readonly problems: string[] = [];
  private readonly done = { killsAfterAccept: 0, killsOfScrapers: 0, busRestarts: 0, socketsDropped: 0, malformed: 0 };
  private isCalm = false;
  private isOver = false;

  private readonly world: World;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly options: OnslaughtOptions,
  ) {
    this.world = new World(pipeline);
  }

  async run(): Promise<OnslaughtFigures> {
    const members = await this.world.populate({ users: USERS, guilds: SHARDS * 2, channels: this.options.channels + 1 });
    for (let index = 0; index < SHARDS; index += 1) this.shards.push(await this.startShard(index));
    await this.startScraper('scraper-1', 'general');
    await this.startScraper('scraper-2', 'general');
    await this.startScraper('vip-1', 'vip');
    await Promise.all(this.shards.map((shard) => this.pipeline.ready(shard)));
    await this.until('everybody’s first entry', () => this.world.missing().length === 0); // of who was never posted only the newest is news

    injectFaults(this.pipeline);
    this.kills();
    const chaos = this.chaos();
    const { entries, spread } = this.options;
    for (let count = members.length; count < entries; count += 1) {
      this.world.appears(this.random.pick(members), count);
      await sleep((spread * 1000) / (entries - members.length));
    }
    try {
      await this.until('the kills', () => this.done.killsAfterAccept >= this.options.kills || this.world.missing().length === 0);
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

  private async startShard(index: number): Promise<Runtime> {
    const runtime = await this.pipeline.shard(`shard-${index}`, { SHARDS: `${index}-${index}/${SHARDS}` });
    this.watch(runtime, `shard-${index}`);
    return runtime;
  }

  private async startScraper(name: string, MODE: 'general' | 'vip'): Promise<void> {
    const start = async () => {
      const runtime = await this.pipeline.scraper(name, { MODE, PAUSE_SECONDS: '0.2', FORBIDDEN_PAUSE_SECONDS: '1', REPUBLISH_SECONDS });
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
    return this.world.missing().length === 0 && this.parked() >= 2 * MALFORMED.length && (await this.open()) === 0;
  }

  private async open(): Promise<number> {
    return (await this.pipeline.stores.deliveries.due(new Date(8e15), 100_000)).length;
  }

  private parked(): number {
    return new Set(this.pipeline.parked.map(({ topic, data }) => `${topic} ${data}`)).size;
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
        `${seconds} s: ${messages.count} posted, ${this.world.missing().length} missing, ${await this.open()} open, ${JSON.stringify(this.done)}`,
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
    const posted = this.world.posted();
    const { discord, letterboxd } = this.pipeline;
    const seen = new Set<string>();
    return {
      expected: this.world.expected,
      posted: posted.length,
      lost: this.world.missing(),
      twice: posted.filter((key) => seen.size === seen.add(key).size),
      longestGap: this.world.longestGap(),
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
