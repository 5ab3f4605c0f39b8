import { Events } from 'discord.js';
import { Gauge } from 'prom-client';
import type * as z from 'zod';
import { shardEnvironment } from '../contracts/filmlinkd-environment';
import { LetterboxdClient } from '../letterboxd/client';
import { openBacking } from '../runtime/backing';
import { systemClock as clock } from '../runtime/clock';
import { watchPeers } from '../runtime/health-peers';
import type { Logger } from '../runtime/logging';
import { run } from '../runtime/program';
import { HealthServer } from '../runtime/server';
import { Shutdown } from '../runtime/shutdown';
import { Accounts } from './commands/accounts';
import type { CommandMeans } from './commands/command';
import { DiscordChannels } from './discord/channels';
import { connect, discordClient, messageRest } from './discord/client';
import { Interactions } from './discord/interactions';
import { DiscordSender } from './discord/sender';
import { ShardHealth } from './discord/shard-health';
import { shardsOf } from './discord/shards';
import { Metrics } from './metrics';
import { version } from './package.json';
import { politeFetch } from './polite-fetch';
import { Pace } from './posting/pace';
import { Poster } from './posting/poster';
import { Receiver } from './posting/receiver';
import { PacedSender } from './posting/sending';
import { Tmdb } from './tmdb';

type Environment = z.output<typeof shardEnvironment>;

/** Milliseconds of the ten that an end may take. */
const CLOSING = { receiver: 1500, poster: 5000, interactions: 6500 } as const;

async function main(environment: Environment, log: Logger): Promise<void> {
  const { INSTANCE, EMOJI: emoji, POSTS_PER_SECOND } = environment;
  const shutdown = new Shutdown({ log });
  const ending = shutdown.signal;
  const health = await HealthServer.start({ log, port: environment.PORT, ending });
  shutdown.register('health', () => health.close());
  watchPeers(health, environment.HEALTH_PEERS);
  const metrics = new Metrics(health.registry);
  const { bus, stores } = await openBacking(environment, { stores: ['users', 'deliveries'], topic: 'LOG_ENTRY_TOPIC' }, shutdown);

  const discord = { token: environment.DISCORD_BOT_TOKEN, shards: shardsOf(environment.SHARDS), url: environment.DISCORD_URL };
  const client = discordClient(discord);
  shutdown.register('discord', () => client.destroy());
  const rest = messageRest(discord);
  const messages = new DiscordSender(rest);
  const sender = new PacedSender(messages, new Pace(POSTS_PER_SECOND, clock), clock, metrics);
  const shards = new ShardHealth(client, clock, health.registry);

  const poster = new Poster({
    channels: new DiscordChannels(client, rest, clock, ending),
    sender,
    users: stores.users,
    deliveries: stores.deliveries,
    emoji,
    clock,
    metrics,
    log,
    owner: INSTANCE,
    concurrency: Math.min(20, Math.max(2, Math.ceil(POSTS_PER_SECOND * 2))),
  });
  const topics = { logEntryTopic: environment.LOG_ENTRY_TOPIC, poisonTopic: environment.POISON_TOPIC };
  const receiver = new Receiver({ bus, subscription: environment.SUBSCRIPTION, ...topics, metrics, log }, (received) => poster.post(received));

  const letterboxd = new LetterboxdClient({
    url: environment.LETTERBOXD_URL,
    apiKey: environment.LETTERBOXD_API_KEY,
    sharedSecret: environment.LETTERBOXD_API_SHARED_SECRET,
    fetch: politeFetch(environment.REQUESTS_PER_SECOND, clock),
  });
  const means: CommandMeans = {
    letterboxd,
    accounts: new Accounts({ letterboxd, site: environment.LETTERBOXD_SITE }),
    tmdb: new Tmdb({ url: environment.TMDB_URL, apiKey: environment.THE_MOVIE_DATABASE_API_KEY }),
    users: stores.users,
    sender,
    publish: {
      command: (message) => bus.publish(environment.COMMAND_TOPIC, JSON.stringify(message)),
      entry: (message) => bus.publish(environment.LOG_ENTRY_TOPIC, JSON.stringify(message)),
    },
    emoji,
    clock,
    log,
    about: {
      version,
      applicationId: () => client.application?.id ?? '',
      servers: async () => (await client.application?.fetch().catch(() => undefined))?.approximateGuildCount ?? client.guilds.cache.size,
    },
  };
  const interactions = new Interactions(client, means, metrics);
  shutdown.register('work', () =>
    Promise.all([interactions.close(CLOSING.interactions), receiver.close(CLOSING.receiver).then(() => poster.close(CLOSING.poster))]),
  );

  health.ready('shards', () => shards.ready());
  health.live('shards', () => shards.live());
  health.live('token', () => {
    if (messages.isRefused) throw new Error('Discord refuses DISCORD_BOT_TOKEN');
  });
  for (const [name, help, value] of [
    ['filmlinkd_queue_entries', 'Log entries that wait in memory', () => receiver.size],
    ['filmlinkd_queue_posts', 'Entries in channels that wait in memory', () => poster.size],
  ] as const) {
    new Gauge({
      name,
      help,
      registers: [health.registry],
      collect() {
        this.set(value());
      },
    });
  }

  client.on(Events.Error, (error) => log.warn({ error }, 'Discord'));
  client.on(Events.ShardError, (error, shard) => log.warn({ error, shard }, 'a shard has trouble, and goes on'));
  client.on(Events.ShardReconnecting, (shard) => log.info({ shard }, 'a shard connects again'));
  client.on(Events.ShardDisconnect, ({ code }, shard) => {
    if (ending.aborted) return;
    log.fatal({ shard, code }, `Discord closes shard ${shard} for good, with ${code}: is the token, are the intents and SHARDS right?`);
    shutdown.end(1);
  });
  // what came before could not be posted yet; the bus keeps it
  client.once(Events.ClientReady, () => {
    if (ending.aborted) return;
    receiver.start();
    log.info({ shards: client.ws.shards.size, servers: client.guilds.cache.size }, 'connected, and posting');
  });
  log.info({ instance: INSTANCE, port: health.port, shards: environment.SHARDS }, 'started');
  await connect(client, discord, { clock, log, ending }).catch((error) => {
    if (!ending.aborted) throw error;
  });
}

void run({ service: 'shard', environment: shardEnvironment, main });
