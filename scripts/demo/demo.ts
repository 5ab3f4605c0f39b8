import { setTimeout as sleep } from 'node:timers/promises';
import { count, type Paint } from '../../rehearsal/runner/format';
import type { Channel } from '../../services/testbench/discord/world';
import type { Entry } from '../../services/testbench/letterboxd/world';
import { type LogLine, Pipeline, type Runtime, TOPICS } from '../../services/testbench/pipeline/pipeline';
import { play, SampleWorld } from '../../services/testbench/sample/sample';
import { BOTS, botOf, channelOf, place, SCRAPERS, titled } from './cast';
import { Breakdown, Fleet } from './fleet';
import { Mishaps } from './mishaps';
import { Moderator } from './moderator';
import { BUNDLES, type DemoOptions } from './options';
import { Score } from './score';
import { discrepancies, type Figures, summary } from './summary';
import type { Teller } from './teller';
import { WorkerTask } from './worker-task';

export interface Surroundings {
  /** Existing; it holds everything that is written. */
  readonly folder: string;
  readonly teller: Teller;
  readonly paint: Paint;
  /** Aborted: no more happens, and what has happened is brought to its end. */
  readonly interrupt: AbortSignal;
  /** Aborted: everything ends at once. */
  readonly kill: AbortSignal;
}

/** Milliseconds between two entries. */
const EVERY = 900;
/** Milliseconds that the last posts may take. Pub/Sub's emulator hands messages to a dead bot for several deadlines. */
const PATIENCE = { embedded: 60_000, pubsub: 300_000 } as const;
const MEASURED_EVERY = 1000;
const LOOKED_EVERY = 200;
/** For what is taken away when everything ends at once. */
const CLEANING = 3000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The longest that a timer takes. */
const FOREVER = 2 ** 31 - 1;

/** filmlinkd, played through: what happens is told as it happens, and reckoned at the end. */
export class Demo {
  private readonly world: SampleWorld;
  private readonly fleet: Fleet;
  private readonly score: Score;
  private readonly mishaps: Mishaps;
  private readonly moderator: Moderator;
  private readonly task: WorkerTask;
  /** Of each bot, how often it knew that a post was there. */
  private readonly known = new Map<string, number>();

  /** Nothing is played any more, whatever the reason. */
  private readonly over = new AbortController();

  constructor(
    private readonly pipeline: Pipeline,
    private readonly options: DemoOptions,
    private readonly surroundings: Surroundings,
  ) {
    const { folder, teller } = surroundings;
    this.task = new WorkerTask(folder, teller);
    this.world = new SampleWorld(pipeline.letterboxd, pipeline.discord);
    this.score = new Score(pipeline.discord, this.world.channels);
    this.fleet = new Fleet(pipeline, (name, line) => this.heard(name, line));
    this.mishaps = new Mishaps(pipeline, this.fleet, teller, { isBusy: () => this.moderator.isWaiting, start: (bot) => this.bot(bot) });
    this.moderator = new Moderator(pipeline, this.world, teller, {
      mayGive: () => this.mishaps.areAllUp,
      onEntry: (entry, channel) => this.logged(entry, [channel]),
    });
  }

  /** Starts everything, plays, reckons, and ends everything. The exit code: 0, it adds up. */
  static async run(options: DemoOptions, surroundings: Surroundings): Promise<number> {
    const { bus, store } = options;
    const emulated = [bus, store].filter((kind) => kind !== 'embedded');
    if (emulated.length > 0) surroundings.teller.tell('demo', `starts ${emulated.join(' and ')}: Google's ${emulated.length === 1 ? 'emulator' : 'emulators'}`);
    const settings = { folder: surroundings.folder, bundles: BUNDLES.folder, bus, store, discord: { shards: BOTS.length } };
    const started = Pipeline.start(settings).catch((error: Error) => {
      throw new Breakdown(error.message);
    });
    const killed = rejection(surroundings.kill);
    const pipeline = await Promise.race([started, killed]);
    const demo = new Demo(pipeline, options, surroundings);
    try {
      return await Promise.race([demo.run(), killed]);
    } finally {
      const ended = Promise.all([demo.task.stop(), pipeline.stop()]);
      await (surroundings.kill.aborted ? Promise.race([ended, sleep(CLEANING)]) : ended);
    }
  }

  private async run(): Promise<number> {
    const { fleet } = this;
    const { teller, paint } = this.surroundings;
    const measuring = setInterval(() => void this.measure(), MEASURED_EVERY);
    try {
      await this.unlessDoomed(this.prepare());
      await this.unlessDoomed(this.play());
      await this.unlessDoomed(this.drain());
    } finally {
      this.over.abort();
      void this.mishaps.end();
      void this.moderator.end();
      clearInterval(measuring);
      teller.progressEnds();
    }
    await this.measure();
    teller.tell('demo', 'ends the processes');
    const unwell = await fleet.end();
    const figures = this.figures();
    const problems = [...discrepancies(figures), ...this.missing(figures), ...unwell];
    teller.line(`\n${summary(figures, problems, paint)}`);
    return problems.length > 0 ? 1 : 0;
  }

  /** Who is followed where, before anything happens; then the processes. */
  private async prepare(): Promise<void> {
    const { pipeline, world, fleet, moderator, options } = this;
    const { teller } = this.surroundings;
    const { discord, stores, bus } = pipeline;
    this.watch();
    await bus.provision([{ topic: TOPICS.LOG_ENTRY_TOPIC, subscription: 'demo' }]);
    bus.subscribe('demo', ({ id, data }) => this.onTopic(id, data));
    const commands = await moderator.register();
    const vip = world.guilds.slice(0, 2).map(({ id }) => world.channels.find(({ guildId }) => guildId === id) as Channel);
    await Promise.all(vip.map(({ id }) => stores.vipChannels.add(id, 'demo')));
    await Promise.all(world.members.map((member) => this.follow(member)));
    const places = vip.map((channel) => place(discord, channel)).join(' and ');
    teller.tell(
      'demo',
      `${count(world.members.length, 'member')} of Letterboxd, ${count(world.channels.length, 'channel')} of Discord that follow them; VIP: ${places}`,
    );
    await Promise.all([
      fleet.launch(SCRAPERS.general, () => pipeline.scraper(SCRAPERS.general, { MODE: 'general', PAUSE_SECONDS: '0.5' })),
      fleet.launch(SCRAPERS.vip, () => pipeline.scraper(SCRAPERS.vip, { MODE: 'vip', PAUSE_SECONDS: '0.2' })),
      ...BOTS.map((bot) => fleet.launch(bot, () => this.bot(bot))),
    ]);
    teller.tell(
      'demo',
      `${count(commands, 'slash command')} registered; scrapers ${Object.values(SCRAPERS).join(', ')} and bots ${BOTS.join(', ')} are ready, a process each`,
    );
    teller.tell('demo', `plays ${options.playMs === undefined ? 'until Ctrl-C' : `for ${options.playMs / 1000} s`}`);
  }

  private async play(): Promise<void> {
    const { teller, interrupt } = this.surroundings;
    if (!interrupt.aborted) {
      this.task.begin();
      const stop = play(this.world, EVERY, { onEntry: (entry) => this.logged(entry, this.world.channelsOf(entry.member)) });
      this.mishaps.begin();
      this.moderator.begin();
      const signal = AbortSignal.any([interrupt, this.over.signal]);
      await sleep(this.options.playMs ?? FOREVER, undefined, { signal }).catch(() => {}); // interrupted
      stop();
      if (this.over.signal.aborted) return;
    }
    teller.tell('demo', `${interrupt.aborted ? 'is interrupted' : 'time is up'}: nothing more is logged, and the last posts are waited for`);
    await Promise.all([this.mishaps.end(), this.moderator.end(), this.task.end()]);
  }

  /** Resolves when nothing is left to do, or too much time has passed. */
  private async drain(): Promise<void> {
    const { teller } = this.surroundings;
    const deadline = Date.now() + PATIENCE[this.options.bus];
    while (!this.over.signal.aborted) {
      const [{ lost }, open] = [this.score.reckon(), await this.pipeline.stores.deliveries.due(new Date(Date.now() + DAY), 1000)];
      const { sent, parked } = this.poison();
      if (lost.length + open.length === 0 && this.score.published.first.size === this.score.logged && parked >= sent) return;
      const left = Math.ceil((deadline - Date.now()) / 1000);
      if (left <= 0) return;
      teller.progress(`still to come: ${count(lost.length, 'post')}; entries not done with: ${open.length} (${left} s at most)`);
      await sleep(LOOKED_EVERY);
    }
  }

  private bot(name: string): Promise<Runtime> {
    const index = BOTS.indexOf(name);
    return this.pipeline.shard(name, { SHARDS: `${index}-${index}/${BOTS.length}` });
  }

  /** With one entry that every channel has: of who was never posted, scrapers take the newest entry only. */
  private async follow(member: Entry['member']): Promise<void> {
    const { pipeline, world } = this;
    for (const { id } of world.channelsOf(member)) await pipeline.follow(member, id);
    const { lid, created } = pipeline.letterboxd.world.addEntry(member, world.films[0] as Entry['film'], { created: Date.now() - HOUR });
    await pipeline.stores.users.posted(member.lid, { lid, published: created, link: '' });
  }

  private logged(entry: Entry, channels: readonly Channel[]): void {
    this.score.log(entry, channels);
    this.surroundings.teller.tell(
      'letterboxd',
      `logged ${titled(entry)}, whom ${channels.length === 1 ? '1 channel follows' : `${channels.length} channels follow`}`,
    );
  }

  /** Tells what Discord sees. */
  private watch(): void {
    const { discord } = this.pipeline;
    const { teller } = this.surroundings;
    discord.onAccepted = async (message) => {
      const channel = channelOf(discord, message);
      teller.tell(botOf(channel), `posted ${this.score.titleOf(this.score.entryOf(message))} in ${place(discord, channel)}`);
      await this.mishaps.accepted(message);
    };
    discord.onRepeated = (message) => {
      const channel = channelOf(discord, message);
      const what = `${this.score.titleOf(this.score.entryOf(message))} in ${place(discord, channel)}`;
      teller.tell(botOf(channel), `deduplicated ${what}: sent again, Discord answers with the first message: it is there once`);
    };
  }

  /** A line of a process's log. */
  private heard(name: string, { severity, message, entry, source }: LogLine): void {
    const { teller } = this.surroundings;
    if (message.startsWith('Published: ')) teller.tell(name, `found and published (${source}) ${this.score.titleOf(String(entry))}`);
    else if (message.endsWith(': parked')) teller.tell(name, 'parked a message that it cannot read');
    else if (severity !== 'DEBUG' && severity !== 'INFO') teller.tell(name, `warns: ${message}`);
  }

  private onTopic(id: string, data: string): void {
    const again = this.score.publish(id, data);
    if (again !== undefined) this.surroundings.teller.tell('scrapers', `published again ${this.score.titleOf(again)}: not known to be in every channel`);
  }

  private async measure(): Promise<void> {
    await this.fleet.measure();
    for (const bot of BOTS) {
      const before = this.known.get(bot) ?? 0;
      const now = this.fleet.counted('filmlinkd_posts_total', '{result="repeated"}', bot);
      if (now > before) this.surroundings.teller.tell(bot, `deduplicated ${count(now - before, 'post')}: published again, recorded already`);
      this.known.set(bot, Math.max(now, before));
    }
  }

  private poison() {
    return { sent: this.mishaps.poisonSent, parked: new Set(this.pipeline.parked.map(({ data }) => data)).size };
  }

  private figures(): Figures {
    const { fleet, mishaps, moderator, score, pipeline, task } = this;
    return {
      ...score.reckon(),
      logged: score.logged,
      found: fleet.counted('scraper_found_total'),
      published: { first: score.published.first.size, again: score.published.again },
      closed: fleet.counted('scraper_closed_total', '{how="delivered"}'),
      expected: score.expects,
      deduplicated: { byDiscord: pipeline.discord.messages.repeats, byBots: fleet.counted('filmlinkd_posts_total', '{result="repeated"}') },
      kills: mishaps.kills,
      poison: this.poison(),
      commands: { given: moderator.given, answered: moderator.answered },
      tasks: { run: task.run, succeeded: task.succeeded },
    };
  }

  /** The first that are wrong, by name. */
  private missing({ lost, twice, astray }: Figures): string[] {
    const { discord } = this.pipeline;
    return Object.entries({ lost, twice, astray }).flatMap(([how, posts]) =>
      posts.slice(0, 10).map(({ entry, channel }) => {
        const where = discord.world.channel(channel);
        return `${how}: ${this.score.titleOf(entry)} in ${where ? place(discord, where) : channel}`;
      }),
    );
  }

  private unlessDoomed<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.fleet.doom]);
  }
}

/** Rejects when the signal is aborted. */
function rejection(signal: AbortSignal): Promise<never> {
  const promise = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  promise.catch(() => {}); // nobody may be waiting for it then
  return promise;
}
