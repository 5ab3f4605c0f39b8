import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PubSub } from '@google-cloud/pubsub';
import { type ScraperVariables, type ShardVariables, scraperEnvironment, shardEnvironment } from '../../contracts/filmlinkd-environment';
import type { PoisonMessage } from '../../contracts/log-entry';
import type { ProvisionableBus, SubscriptionSpec } from '../../runtime/bus/bus';
import { type BusSettings, openBus } from '../../runtime/bus/open';
import { EmbeddedDatabase } from '../../runtime/embedded/database';
import { openStores } from '../../runtime/stores/open';
import type { OpenStores } from '../../runtime/stores/stores';
import { FakeDiscord, type FakeDiscordOptions } from '../discord/discord';
import { startEmulators } from '../google/emulators';
import { FakeLetterboxd, type FakeLetterboxdOptions } from '../letterboxd/letterboxd';
import type { Member } from '../letterboxd/world';
import { NodeProcess } from '../node-process';
import { FakeTmdb } from '../tmdb/tmdb';
import { imageCommands, type Service } from './image-commands';

export interface PipelineOptions {
  /** Existing folder, for the embedded database. */
  readonly folder: string;
  /** Where the bundles of `make build` are. */
  readonly bundles: string;
  /** @default 'embedded' */
  readonly bus?: 'embedded' | 'pubsub';
  /** @default 'embedded' */
  readonly store?: 'embedded' | 'firestore';
  readonly discord?: FakeDiscordOptions;
  readonly letterboxd?: FakeLetterboxdOptions;
  /** Makes the command line of each process of Node's, such as one with a limit: see {@link NodeProcess}. */
  readonly around?: (line: readonly string[]) => readonly string[];
}

/** A line of a runtime's log. */
export interface LogLine {
  readonly severity: string;
  readonly message: string;
  /** Of the health server, in the first line. */
  readonly port?: number;
  readonly [field: string]: unknown;
}

export type Runtime = NodeProcess<LogLine>;

type Names = 'users' | 'vipChannels' | 'deliveries' | 'leases';

/** What in our own environment would be taken for theirs. */
const THEIRS = [...Object.keys(scraperEnvironment.shape), ...Object.keys(shardEnvironment.shape)];

export const TOPICS = { LOG_ENTRY_TOPIC: 'log-entries', COMMAND_TOPIC: 'commands', POISON_TOPIC: 'poison' } as const;

const POISON = 'testbench-poison';

/**
 * filmlinkd on this machine: Discord, Letterboxd and TMDB on loopback, bus and stores in a file or on Google's emulators. Scraper and shard are
 * processes of the bundles that are shipped.
 */
export class Pipeline {
  /** What came to the poison topic. */
  readonly parked: PoisonMessage[] = [];
  private google: PubSub | undefined;
  private readonly processes = new Set<Runtime>();
  /** Nothing is made on a bus that is ending: it would miss what is forgotten meanwhile. */
  private turn: Promise<unknown> = Promise.resolve();
  private readonly subscriptions = new Map<string, SubscriptionSpec>([[POISON, { topic: TOPICS.POISON_TOPIC, subscription: POISON }]]);

  private constructor(
    private readonly options: PipelineOptions,
    readonly discord: FakeDiscord,
    readonly letterboxd: FakeLetterboxd,
    readonly tmdb: FakeTmdb,
    readonly emulators: Awaited<ReturnType<typeof startEmulators>>,
    readonly bus: ProvisionableBus,
    readonly stores: OpenStores<Names>,
    private readonly file: string,
    private readonly variables: Pick<ShardVariables, 'ENVIRONMENT' | 'PROJECT' | 'BUS' | 'STORE' | 'EMBEDDED_FILE'>,
  ) {}

  static async start(options: PipelineOptions): Promise<Pipeline> {
    const { bus: BUS = 'embedded', store: STORE = 'embedded' } = options;
    const emulators = await startEmulators({ pubsub: BUS === 'pubsub', firestore: STORE === 'firestore' });
    const [discord, letterboxd, tmdb] = await Promise.all([FakeDiscord.start(options.discord), FakeLetterboxd.start(options.letterboxd), FakeTmdb.start()]);
    const file = join(options.folder, 'filmlinkd.db');
    const project = `film-${randomUUID().slice(0, 8)}`;
    const busSettings: BusSettings = BUS === 'embedded' ? { kind: BUS, file } : { kind: BUS, project };
    const bus = await openBus(busSettings);
    const stores = await openStores(STORE === 'embedded' ? { kind: STORE, file } : { kind: STORE, project, environment: 'dev' }, [
      'users',
      'vipChannels',
      'deliveries',
      'leases',
    ]);
    const pipeline = new Pipeline(options, discord, letterboxd, tmdb, emulators, bus, stores, file, {
      ENVIRONMENT: 'dev',
      PROJECT: project,
      BUS,
      STORE,
      EMBEDDED_FILE: file,
    });
    await pipeline.provision();
    bus.subscribe(POISON, ({ data }) => void pipeline.parked.push(JSON.parse(data)));
    return pipeline;
  }

  /** Ends the bus with all its topics, subscriptions and messages, and makes it anew, empty. */
  restartBus(): Promise<void> {
    return this.inTurn(() => this.endAndBegin());
  }

  private async endAndBegin(): Promise<void> {
    if (this.emulators.pubsub) {
      await this.emulators.pubsub.restart();
    } else {
      const database = await EmbeddedDatabase.open(this.file, '');
      await database.write('durable', (sql) => {
        for (const table of ['topics', 'subscriptions', 'deliveries']) sql.run(`DELETE FROM ${table}`);
      });
      database.close();
      await sleep(2000);
    }
    await this.provision();
  }

  /** A process of the scraper. Each name has a subscription of its own. */
  async scraper(instance: string, more: Partial<ScraperVariables> = {}): Promise<Runtime> {
    const SUBSCRIPTION = await this.subscription(TOPICS.COMMAND_TOPIC, instance);
    const variables: ScraperVariables = {
      ...this.common(instance, SUBSCRIPTION),
      MODE: 'general',
      PAUSE_SECONDS: '0.1',
      MINIMUM_AGE_SECONDS: '0',
      REQUESTS_PER_SECOND: '100',
      LEASE_SECONDS: '5',
      REPUBLISH_SECONDS: '2',
      ...more,
    };
    return this.run('scraper', variables);
  }

  /** A process of the bot. Each name has a subscription of its own. */
  async shard(instance: string, more: Partial<ShardVariables> = {}): Promise<Runtime> {
    const SUBSCRIPTION = await this.subscription(TOPICS.LOG_ENTRY_TOPIC, instance);
    const variables: ShardVariables = {
      ...this.common(instance, SUBSCRIPTION),
      DISCORD_BOT_TOKEN: this.discord.token,
      DISCORD_URL: this.discord.url,
      THE_MOVIE_DATABASE_API_KEY: this.tmdb.key,
      TMDB_URL: this.tmdb.url,
      POSTS_PER_SECOND: '50',
      ...more,
    };
    return this.run('shard', variables);
  }

  /** Resolves with the port of its health server once it is ready. */
  async ready(runtime: Runtime, seconds = 30): Promise<number> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const port = runtime.lines.find((line) => line.port !== undefined)?.port;
      const answer = port ? await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined) : undefined;
      if (port && answer?.ok) return port;
      if (!runtime.isRunning || Date.now() > deadline) {
        const why = answer ? await answer.text() : (runtime.lines.at(-1)?.message ?? runtime.complaints);
        throw new Error(`${runtime.isRunning ? `not ready within ${seconds} s` : 'ended'}: ${why}`);
      }
      await sleep(50);
    }
  }

  /** Puts a follow into the database, as the bot's command does. */
  async follow({ lid, userName, displayName, avatar = '' }: Member, channelId: string): Promise<void> {
    await this.stores.users.follow({ lid, userName, displayName, image: avatar }, channelId);
  }

  /** A message on the log-entry topic as it is. */
  publish(data: string): Promise<string> {
    return this.bus.publish(TOPICS.LOG_ENTRY_TOPIC, data);
  }

  /** Asks the processes to end, and waits. Those that do not within 15 s are killed, and named in the result. */
  async end(): Promise<readonly string[]> {
    const late: string[] = [];
    await Promise.all(
      [...this.processes].map(async (process) => {
        process.kill('SIGTERM');
        const isOver = await Promise.race([process.ended.then(() => true), sleep(15_000, false, { ref: false })]);
        if (!isOver) late.push(String(process.pid));
      }),
    );
    return late;
  }

  /** Ends everything that was started, at once. */
  async stop(): Promise<void> {
    for (const process of this.processes) process.kill('SIGKILL');
    await Promise.all([...this.processes].map(({ ended }) => ended));
    await this.bus.close();
    await this.google?.close();
    await this.stores.close();
    await Promise.all([this.discord.stop(), this.letterboxd.stop(), this.tmdb.stop(), this.emulators.pubsub?.stop(), this.emulators.firestore?.stop()]);
  }

  private inTurn(what: () => Promise<void>): Promise<void> {
    const done = this.turn.then(what);
    this.turn = done.catch(() => {});
    return done;
  }

  private provision(): Promise<void> {
    return this.bus.provision([...this.subscriptions.values()]);
  }

  /** The name's subscription, which is there then. */
  private async subscription(topic: string, instance: string): Promise<string> {
    const known = this.subscriptions.get(instance);
    let subscription = known?.subscription ?? instance;
    if (known && this.emulators.pubsub) {
      // the emulator goes on serving who was killed, by the subscription's name; what it holds is lost, which filmlinkd must bear
      await this.pubsub()
        .subscription(subscription)
        .delete()
        .catch(() => {}); // only tidying: it may be forgotten already
      subscription = `${instance}-${randomUUID().slice(0, 8)}`;
    }
    this.subscriptions.set(instance, { topic, subscription });
    await this.inTurn(() => this.provision());
    return subscription;
  }

  private pubsub(): PubSub {
    this.google ??= new PubSub({ projectId: this.variables.PROJECT });
    return this.google;
  }

  private run(service: Service, variables: object): Runtime {
    const { bundles, around } = this.options;
    const ours = Object.fromEntries(Object.entries(process.env).filter(([name]) => !THEIRS.includes(name)));
    const runtime: Runtime = new NodeProcess(imageCommands(service, bundles).start, { ...ours, ...(variables as NodeJS.ProcessEnv) }, around);
    this.processes.add(runtime);
    void runtime.ended.then(() => this.processes.delete(runtime));
    return runtime;
  }

  private common(INSTANCE: string, SUBSCRIPTION: string) {
    return {
      ...this.variables,
      ...TOPICS,
      SUBSCRIPTION,
      INSTANCE,
      PORT: '0',
      LETTERBOXD_URL: this.letterboxd.url,
      LETTERBOXD_API_KEY: 'key',
      LETTERBOXD_API_SHARED_SECRET: 'secret',
    };
  }
}
