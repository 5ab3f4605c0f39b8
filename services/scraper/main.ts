import { scraperEnvironment } from '../contracts/filmlinkd-environment';
import { boundedFetch } from '../letterboxd/bounded-fetch';
import { LetterboxdClient } from '../letterboxd/client';
import { openBacking } from '../runtime/backing';
import { systemClock as clock } from '../runtime/clock';
import { watchPeers } from '../runtime/health-peers';
import type { Logger } from '../runtime/logging';
import { run } from '../runtime/program';
import { HealthServer } from '../runtime/server';
import { Shutdown } from '../runtime/shutdown';
import { tell } from '../runtime/trouble';
import { commandHandler } from './commands';
import { PoliteLetterboxd } from './letterboxd/polite';
import { Metrics } from './metrics';
import { Publisher } from './publish/publisher';
import { Republisher } from './publish/republisher';
import { repeat } from './repeat';
import { type Environment, paceOf } from './settings';
import { Crew } from './share/crew';
import { Memory } from './walk/memory';
import { Roster } from './walk/roster';
import { Walker } from './walk/walker';

/** Milliseconds for one answer of Letterboxd. */
const ANSWER_TIME = 10_000;
/** Milliseconds without a turn of the walk after which only a restart helps. */
const STUCK = 300_000;

async function main(environment: Environment, log: Logger): Promise<void> {
  const { MODE, INSTANCE } = environment;
  const { concurrency, pause, publishSource } = paceOf(environment);
  const minimumAge = environment.MINIMUM_AGE_SECONDS * 1000;
  const republishAfter = environment.REPUBLISH_SECONDS * 1000;
  const runTimeout = environment.RUN_TIMEOUT_SECONDS * 1000;
  const shutdown = new Shutdown({ log });
  const ending = shutdown.signal;

  const health = await HealthServer.start({ log, port: environment.PORT, ending });
  shutdown.register('health', () => health.close());
  watchPeers(health, environment.HEALTH_PEERS);
  const metrics = new Metrics(health.registry);

  const { bus, stores } = await openBacking(environment, { stores: ['users', 'vipChannels', 'deliveries', 'leases'], topic: 'COMMAND_TOPIC' }, shutdown);

  const crew = new Crew({ leases: stores.leases, clock, log, team: MODE, instance: INSTANCE, leaseSeconds: environment.LEASE_SECONDS });
  await crew.join();
  shutdown.register('leases', () => crew.leave());

  const roster = new Roster(stores, log);
  roster.start();
  shutdown.register('users', () => roster.stop());

  const memory = new Memory(minimumAge);
  const publisher = new Publisher({ bus, deliveries: stores.deliveries, clock, log, metrics, topic: environment.LOG_ENTRY_TOPIC, republishAfter });
  const source = new PoliteLetterboxd(
    new LetterboxdClient({
      url: environment.LETTERBOXD_URL,
      apiKey: environment.LETTERBOXD_API_KEY,
      sharedSecret: environment.LETTERBOXD_API_SHARED_SECRET,
      limit: ANSWER_TIME,
      fetch: boundedFetch,
    }),
    { clock, log, requestsPerSecond: environment.REQUESTS_PER_SECOND, forbiddenPause: environment.FORBIDDEN_PAUSE_SECONDS * 1000 },
  );
  const walker = new Walker({
    source,
    users: stores.users,
    roster,
    memory,
    publisher,
    clock,
    log,
    metrics,
    publishSource,
    concurrency,
    runTimeout,
    minimumAge,
    pageSize: environment.PAGE_SIZE,
    isMine: ({ letterboxdId: lid }) => {
      // VIP users are general's too while no vip process is there
      const isOurs = MODE === 'vip' ? roster.isVip(lid) : !roster.isVip(lid) || crew.of('vip').length === 0;
      return isOurs && crew.owns(lid, 'team');
    },
  });
  const republisher = new Republisher({
    deliveries: stores.deliveries,
    users: stores.users,
    userOf: (lid) => roster.user(lid),
    isMine: (lid) => crew.owns(lid, 'all'),
    publisher,
    clock,
    log,
    metrics,
  });

  let lastTurn = clock.now();
  const walking = repeat(
    clock,
    pause,
    ending,
    async () => {
      lastTurn = clock.now();
      if (!source.isPaused) await walker.page(ending);
    },
    (error) => log.error({ error }, 'The walk failed; it goes on'),
  );
  const republishing = repeat(
    clock,
    Math.min(republishAfter / 4, 10_000),
    ending,
    async () => {
      if (roster.isComplete) await republisher.turn(ending);
    },
    (error) => log.error({ error }, 'Publishing again failed; it goes on'),
  );
  shutdown.register('the walk', () => Promise.all([walking, republishing]));

  const { COMMAND_TOPIC: topic, POISON_TOPIC: poisonTopic } = environment;
  const commands = bus.subscribe(environment.SUBSCRIPTION, commandHandler({ bus, roster, memory, clock, log, metrics, topic, poisonTopic }), {
    onError: (error) => tell(log, error, 'The commands'),
  });
  shutdown.register('commands', () => commands.stop());

  const age = () => (clock.now() - walker.lastSuccess) / 1000;
  const longest = (3 * (pause + runTimeout)) / 1000;
  health.ready('users', () => {
    if (!roster.isComplete) throw new Error('the users are not known yet');
  });
  health.ready('walk', () => {
    if (age() > longest) throw new Error(`nothing was asked with success for ${Math.round(age())} s`);
  });
  health.live('walk', () => {
    if (clock.now() - lastTurn > Math.max(STUCK, longest * 1000))
      throw new Error(`the walk has not turned for ${Math.round((clock.now() - lastTurn) / 1000)} s`);
  });
  Metrics.gauge(health.registry, 'last_success_age_seconds', 'Seconds since the last run in which somebody answered', age);
  Metrics.gauge(health.registry, 'users', 'Users that are followed anywhere', () => roster.size);
  log.info({ mode: MODE, instance: INSTANCE, port: health.port }, 'Started');
}

void run({ service: 'scraper', environment: scraperEnvironment, main });
