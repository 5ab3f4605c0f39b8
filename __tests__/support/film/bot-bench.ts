import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REST } from 'discord.js';
import type { LogEntryMessage } from '../../../services/contracts/log-entry';
import { register } from '../../../services/shard/commands/register';
import type { FakeDiscordOptions } from '../../../services/testbench/discord/discord';
import { Pipeline, type PipelineOptions, type Runtime, TOPICS } from '../../../services/testbench/pipeline/pipeline';
import { ROOT } from '../repository';
import { eventually } from '../service-process';

/** The bot without the scrapers: the test publishes, and hears what they would. */
export class BotBench {
  readonly published: { readonly commands: string[]; readonly poison: Pipeline['parked'] };
  readonly discord: Pipeline['discord'];
  readonly letterboxd: Pipeline['letterboxd'];
  readonly tmdb: Pipeline['tmdb'];
  readonly stores: Pipeline['stores'];

  private constructor(private readonly pipeline: Pipeline) {
    this.discord = pipeline.discord;
    this.letterboxd = pipeline.letterboxd;
    this.tmdb = pipeline.tmdb;
    this.stores = pipeline.stores;
    this.published = { commands: [], poison: pipeline.parked };
  }

  static async start(discord: FakeDiscordOptions = {}, backing: Pick<PipelineOptions, 'bus' | 'store'> = {}): Promise<BotBench> {
    const folder = mkdtempSync(join(tmpdir(), 'bot-'));
    const pipeline = await Pipeline.start({ folder, bundles: join(ROOT, '.cache'), discord, ...backing });
    const bench = new BotBench(pipeline);
    await pipeline.bus.provision([{ topic: TOPICS.COMMAND_TOPIC, subscription: 'test' }]);
    pipeline.bus.subscribe('test', ({ data }) => void bench.published.commands.push(data));
    return bench;
  }

  /** A process of the bot, as it is shipped. */
  shard(...args: Parameters<Pipeline['shard']>): Promise<Runtime> {
    return this.pipeline.shard(...args);
  }

  /** What a process does not acknowledge, the embedded bus brings again so long after its death. Its next start sets it back. */
  returnAfter(instance: string, ackDeadlineSeconds: number): Promise<void> {
    return this.pipeline.bus.provision([{ topic: TOPICS.LOG_ENTRY_TOPIC, subscription: instance, ackDeadlineSeconds }]);
  }

  /** Slash commands as `make commands-register` registers them. */
  async registerCommands(): Promise<void> {
    await register({ rest: new REST({ api: this.discord.url }).setToken(this.discord.token), applicationId: this.discord.world.bot.id });
  }

  publish(message: LogEntryMessage | string): Promise<string> {
    return this.pipeline.publish(typeof message === 'string' ? message : JSON.stringify(message));
  }

  stop(): Promise<void> {
    return this.pipeline.stop();
  }
}

/** Resolves with the port of the process's health server, once it posts. */
export async function posting(shard: Runtime): Promise<number> {
  const isPosting = () => shard.lines.some(({ message }) => message === 'connected, and posting');
  await eventually(() => isPosting() || !shard.isRunning, 30);
  if (!isPosting()) throw new Error(`ended: ${shard.lines.at(-1)?.message} ${shard.complaints}`);
  return shard.lines.find(({ port }) => port !== undefined)?.port as number;
}
