import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REST } from 'discord.js';
import type { ShardVariables } from '../../../services/contracts/filmlinkd-environment';
import type { LogEntryMessage } from '../../../services/contracts/log-entry';
import type { ProvisionableBus } from '../../../services/runtime/bus/bus';
import { type BusSettings, openBus } from '../../../services/runtime/bus/open';
import { openStores, type StoresSettings } from '../../../services/runtime/stores/open';
import type { OpenStores } from '../../../services/runtime/stores/stores';
import { register } from '../../../services/shard/commands/register';
import { FakeDiscord, type FakeDiscordOptions } from '../../../services/testbench/discord/discord';
import { FakeLetterboxd } from '../../../services/testbench/letterboxd/letterboxd';
import { FakeTmdb } from '../../../services/testbench/tmdb/tmdb';
import { ServiceProcess } from '../service-process';

export interface LogLine {
  readonly message: string;
  readonly severity: string;
  readonly port?: number;
}

const TOPICS = { LOG_ENTRY_TOPIC: 'log-entries', COMMAND_TOPIC: 'commands', POISON_TOPIC: 'poison' } as const;

/** Which bus and store, for the test and for the bot. */
interface Backing {
  readonly bus: BusSettings;
  readonly stores: StoresSettings;
  readonly variables: Pick<ShardVariables, 'PROJECT' | 'BUS' | 'STORE' | 'EMBEDDED_FILE'>;
}

function inFile(): Backing {
  const file = join(tmpdir(), `bot-${randomUUID()}.db`);
  const variables = { PROJECT: 'local', BUS: 'embedded', STORE: 'embedded', EMBEDDED_FILE: file } as const;
  return { bus: { kind: 'embedded', file }, stores: { kind: 'embedded', file }, variables };
}

/** Google's, whose emulators the environment names. */
export function onGoogle(): Backing {
  const project = `bot-${randomUUID().slice(0, 8)}`;
  return { bus: { kind: 'pubsub', project }, stores: { kind: 'firestore', project }, variables: { PROJECT: project } };
}

/** The bot's surroundings on this machine: Discord, Letterboxd and TMDB on loopback, bus and store in a file unless something else is said. The bot itself is processes. */
export class BotBench {
  readonly published = { commands: [] as string[], poison: [] as string[] };
  private readonly processes: ServiceProcess<LogLine>[] = [];

  private constructor(
    readonly discord: FakeDiscord,
    readonly letterboxd: FakeLetterboxd,
    readonly tmdb: FakeTmdb,
    readonly bus: ProvisionableBus,
    readonly stores: OpenStores<'users' | 'deliveries'>,
    private readonly variables: Backing['variables'],
  ) {}

  static async start(options: FakeDiscordOptions = {}, backing = inFile()): Promise<BotBench> {
    const [discord, letterboxd, tmdb] = await Promise.all([FakeDiscord.start(options), FakeLetterboxd.start(), FakeTmdb.start()]);
    const bus = await openBus(backing.bus);
    const stores = await openStores(backing.stores, ['users', 'deliveries']);
    const bench = new BotBench(discord, letterboxd, tmdb, bus, stores, backing.variables);
    await bus.provision([
      { topic: TOPICS.COMMAND_TOPIC, subscription: 'commands' },
      { topic: TOPICS.POISON_TOPIC, subscription: 'poison' },
    ]);
    bus.subscribe('commands', ({ data }) => void bench.published.commands.push(data));
    bus.subscribe('poison', ({ data }) => void bench.published.poison.push(data));
    return bench;
  }

  /** A process of the bot. Each name has its own subscription. */
  async shard(instance: string, more: Partial<ShardVariables> = {}): Promise<ServiceProcess<LogLine>> {
    await this.bus.provision([{ topic: TOPICS.LOG_ENTRY_TOPIC, subscription: instance }]);
    const process = new ServiceProcess<LogLine>('shard.ts', {}, this.environment(instance, more));
    this.processes.push(process);
    return process;
  }

  /** Slash commands as `make commands-register` registers them. */
  async registerCommands(): Promise<void> {
    await register({ rest: new REST({ api: this.discord.url }).setToken(this.discord.token), applicationId: this.discord.world.bot.id });
  }

  publish(message: LogEntryMessage | string): Promise<string> {
    return this.bus.publish(TOPICS.LOG_ENTRY_TOPIC, typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Ends what was started, also what a test has left. */
  async stop(): Promise<void> {
    for (const process of this.processes) process.kill('SIGKILL');
    await Promise.all(this.processes.map(({ ended }) => ended));
    await this.bus.close();
    await this.stores.close();
    await Promise.all([this.discord.stop(), this.letterboxd.stop(), this.tmdb.stop()]);
  }

  private environment(instance: string, more: Partial<ShardVariables>): NodeJS.ProcessEnv {
    const variables: ShardVariables = {
      ENVIRONMENT: 'dev',
      ...this.variables,
      ...TOPICS,
      SUBSCRIPTION: instance,
      INSTANCE: instance,
      PORT: '0',
      LETTERBOXD_URL: this.letterboxd.url,
      LETTERBOXD_API_KEY: 'key',
      LETTERBOXD_API_SHARED_SECRET: 'secret',
      DISCORD_BOT_TOKEN: this.discord.token,
      DISCORD_URL: this.discord.url,
      THE_MOVIE_DATABASE_API_KEY: this.tmdb.key,
      TMDB_URL: this.tmdb.url,
      POSTS_PER_SECOND: '50',
      ...more,
    };
    return variables as NodeJS.ProcessEnv;
  }
}

/** Resolves with the port of the process's health server, once it posts. */
export async function posting(process: ServiceProcess<LogLine>): Promise<number> {
  for (let count = 1; ; count += 1) {
    const lines = await process.until(count, 30);
    if (lines[count - 1]?.message === 'connected, and posting') return lines.find(({ port }) => port)?.port as number;
  }
}
