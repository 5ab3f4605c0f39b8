import { setTimeout as sleep } from 'node:timers/promises';
import { count, type Paint } from '../../rehearsal/runner/format';
import { Pipeline, type Runtime } from '../../services/testbench/pipeline/pipeline';
import { play, SampleWorld } from '../../services/testbench/sample/sample';
import { BOTS, place, SCRAPERS } from './cast';
import { Commentary } from './commentary';
import { Breakdown, Fleet } from './fleet';
import { Mishaps } from './mishaps';
import { Moderator } from './moderator';
import { BUNDLES, type DemoOptions, EMULATORS_INSTALL } from './options';
import { populate } from './population';
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
const DAY = 86_400_000;
/** The longest that a timer takes. */
const FOREVER = 2 ** 31 - 1;

/** filmlinkd, played through: what happens is told as it happens, and reckoned at the end. */
export class Demo {
  private readonly world: SampleWorld;
  private readonly fleet: Fleet;
  private readonly score: Score;
  private readonly commentary: Commentary;
  private readonly mishaps: Mishaps;
  private readonly moderator: Moderator;
  private readonly task: WorkerTask;

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
    this.commentary = new Commentary(pipeline, this.score, teller);
    this.fleet = new Fleet(pipeline, (name, line) => this.commentary.heard(name, line));
    this.mishaps = new Mishaps(pipeline, this.fleet, teller, { isBusy: () => this.moderator.isWaiting, start: (bot) => this.bot(bot) });
    this.moderator = new Moderator(pipeline, this.world, teller, {
      mayGive: () => this.mishaps.areAllUp,
      onEntry: (entry, channel) => this.commentary.logged(entry, [channel]),
    });
  }

  /** Starts everything, plays, reckons, and ends everything. The exit code: 0, it adds up. */
  static async run(options: DemoOptions, surroundings: Surroundings): Promise<number> {
    const { bus, store } = options;
    const emulated = [bus, store].filter((kind) => kind !== 'embedded');
    if (emulated.length > 0) surroundings.teller.tell('demo', `starts ${emulated.join(' and ')}: Google's ${emulated.length === 1 ? 'emulator' : 'emulators'}`);
    const settings = { folder: surroundings.folder, bundles: BUNDLES.folder, bus, store, discord: { shards: BOTS.length } };
    const started = Pipeline.start(settings).catch((error: Error) => {
      throw new Breakdown(`${error.message}${emulated.length > 0 ? `\nThe emulators need: ${EMULATORS_INSTALL}` : ''}`);
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
    const measuring = setInterval(() => void this.commentary.measure(fleet), MEASURED_EVERY);
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
    await this.commentary.measure(fleet);
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
    await this.commentary.begin((message) => this.mishaps.accepted(message));
    const commands = await moderator.register();
    const places = (await populate(pipeline, world)).map((channel) => place(pipeline.discord, channel)).join(' and ');
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
      const stop = play(this.world, EVERY, { onEntry: (entry) => this.commentary.logged(entry, this.world.channelsOf(entry.member)) });
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
