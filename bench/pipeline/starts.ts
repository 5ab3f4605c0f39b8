import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { HEALTH } from '../../services/contracts/health';
import { type LogEntryMessage, logEntryMessage } from '../../services/contracts/log-entry';
import type { Service } from '../../services/testbench/pipeline/image-commands';
import { Pipeline, type Runtime, TOPICS } from '../../services/testbench/pipeline/pipeline';
import { median } from '../synth/measure';
import { CpuLimit } from './cpu-limit';
import { sampleEntry } from './sample-entry';

/** The scraper starts in both of its modes. */
export type Started = Service | 'vip';

/** One service's starts, medians. */
export interface Start {
  /** From the start of the process to the end of its first message's handling. Seconds. */
  readonly seconds: number;
  readonly slowest: number;
  /** Of CPU, until then. Undefined where the system has no /proc. */
  readonly cpuSeconds: number | undefined;
  /** Resident, at rest. MB (10^6 bytes). */
  readonly idleMb: number;
}

export interface Starts {
  readonly services: Readonly<Record<Started, Start>>;
  /** Whether the kernel held processes back to their half of a core: each wants more while it starts. */
  readonly isLimited: boolean;
}

export interface StartsOptions {
  readonly rounds: number;
  readonly folder: string;
  readonly bundles: string;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/** As on a small bot: this many servers and channels, and users that are followed. */
export const WORLD = { guilds: 200, channels: 20, users: 500 } as const;
export const CORES = 0.5;
/** Seconds of rest before the memory is read. */
export const REST = 15;

/** What production runs with; the test bench is quicker. */
const SCRAPER = { MINIMUM_AGE_SECONDS: '180', REQUESTS_PER_SECOND: '5', LEASE_SECONDS: '30', REPUBLISH_SECONDS: '60' } as const;
const AS_SHIPPED = {
  scraper: { ...SCRAPER, MODE: 'general', PAUSE_SECONDS: '2' },
  vip: { ...SCRAPER, MODE: 'vip', PAUSE_SECONDS: '30' },
  shard: { POSTS_PER_SECOND: '10' },
} as const;

/** Starts the shipped bundles again and again with half a core each; bus and stores are Google's, whose libraries are the bigger ones. */
export async function measureStarts({ rounds, folder, bundles, signal, progress }: StartsOptions): Promise<Starts> {
  const limits: CpuLimit[] = [];
  const around = (line: readonly string[]) => {
    const limit = CpuLimit.make(CORES);
    if (limit) limits.push(limit);
    return limit ? limit.around(line) : line;
  };
  const pipeline = await Pipeline.start({ folder, bundles, bus: 'pubsub', store: 'firestore', around });
  try {
    progress(`a world of ${WORLD.guilds} servers with ${WORLD.channels} channels each, and ${WORLD.users} users`);
    const world = await populate(pipeline);
    const samples: Record<Started, { seconds: number; cpuSeconds: number | undefined }[]> = { scraper: [], vip: [], shard: [] };
    const resting: Partial<Record<Started, Runtime>> = {};
    for (let round = 0; round <= rounds; round += 1) {
      for (const service of ['shard', 'scraper', 'vip'] as const) {
        signal.throwIfAborted();
        const runtime = service === 'shard' ? await startShard(pipeline, round, world.user) : await startScraper(pipeline, service, round, world.user);
        const seconds = (performance.now() - runtime.begun) / 1000;
        const cpuSeconds = cpuOf(runtime.pid);
        if (runtime.complaints) throw new Error(`${service} complains: ${runtime.complaints}`);
        progress(`start ${round} of ${rounds}: ${service} ${seconds.toFixed(2)} s, ${cpuSeconds?.toFixed(2)} s of CPU${round === 0 ? ', not counted' : ''}`);
        if (round > 0) samples[service].push({ seconds, cpuSeconds });
        if (round === rounds) {
          resting[service] = runtime;
        } else {
          runtime.kill('SIGTERM'); // what it leased, somebody else has otherwise
          await runtime.ended;
        }
      }
    }
    progress(`all rest for ${REST} s`);
    await sleep(REST * 1000, undefined, { signal });
    const figures = async (service: Started): Promise<Start> => ({
      seconds: median(samples[service].map(({ seconds }) => seconds)),
      slowest: Math.max(...samples[service].map(({ seconds }) => seconds)),
      cpuSeconds: samples[service].some(({ cpuSeconds }) => cpuSeconds === undefined)
        ? undefined
        : median(samples[service].map(({ cpuSeconds = 0 }) => cpuSeconds)),
      idleMb: (await metric(resting[service] as Runtime, 'process_resident_memory_bytes')) / 1e6,
    });
    return {
      services: { scraper: await figures('scraper'), vip: await figures('vip'), shard: await figures('shard') },
      isLimited: limits.some(({ isFelt }) => isFelt),
    };
  } finally {
    await pipeline.stop();
    for (const limit of limits) limit.remove();
  }
}

/** Servers and channels, and users: one of them is followed. */
async function populate({ discord, letterboxd, stores }: Pipeline) {
  const channels = Array.from({ length: WORLD.guilds }, () => {
    const guild = discord.world.addGuild();
    return Array.from({ length: WORLD.channels }, () => discord.world.addChannel(guild.id));
  }).flat();
  const members = Array.from({ length: WORLD.users }, (_, i) => letterboxd.world.addMember(`user${i}`));
  for (let i = 0; i < members.length; i += 50) {
    await Promise.all(
      members.slice(i, i + 50).map(async ({ lid, userName, displayName }, j) => {
        await stores.users.follow({ lid, userName, displayName, image: '' }, (channels[i + j] as { id: string }).id);
      }),
    );
  }
  return { user: (members[0] as { lid: string }).lid };
}

/** Resolves when Discord has accepted the first message, of an entry that waits on the shard's subscription. */
async function startShard(pipeline: Pipeline, round: number, userLid: string): Promise<Runtime> {
  const { bus, discord } = pipeline;
  const instance = `shard-${round}`;
  await bus.provision([{ topic: TOPICS.LOG_ENTRY_TOPIC, subscription: instance }]);
  const message: LogEntryMessage = { entry: sampleEntry(`start${round}`, { userLid, publishedDate: Date.now() }) };
  await bus.publish(TOPICS.LOG_ENTRY_TOPIC, JSON.stringify(logEntryMessage.parse(message)));
  const before = discord.messages.count;
  const runtime = await pipeline.shard(instance, AS_SHIPPED.shard);
  await discord.until(`the first message of ${instance}`, () => discord.messages.count > before || !runtime.isRunning, 60_000);
  if (discord.messages.count === before) throw new Error(`${instance} ended: ${runtime.lines.at(-1)?.message ?? runtime.complaints}`);
  return runtime;
}

/** Resolves when the scraper has handled the first command, which waits on its subscription: somebody follows a user. */
async function startScraper(pipeline: Pipeline, mode: 'scraper' | 'vip', round: number, userLid: string): Promise<Runtime> {
  const instance = `${mode}-${round}`;
  await pipeline.bus.provision([{ topic: TOPICS.COMMAND_TOPIC, subscription: instance }]);
  await pipeline.bus.publish(TOPICS.COMMAND_TOPIC, JSON.stringify({ type: 'FOLLOW', user: userLid, entry: '0' }));
  const runtime = await pipeline.scraper(instance, AS_SHIPPED[mode]);
  await new Promise<void>((resolve, reject) => {
    runtime.onLine = ({ message }) => message === 'Somebody follows' && resolve();
    void runtime.ended.then(() => reject(new Error(`${instance} ended: ${runtime.lines.at(-1)?.message ?? runtime.complaints}`)));
  });
  return runtime;
}

/** Seconds of CPU that a process has had so far: the kernel counts from its first moment on, its own metric does not. */
function cpuOf(pid: number): number | undefined {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  const [, user, system] = /^.*\) (?:\S+ ){11}(\d+) (\d+)/s.exec(readFileSync(file, 'utf8')) ?? [];
  return (Number(user) + Number(system)) / 100; // in hundredths of a second, on every Linux
}

/** One value of what a process says about itself. */
async function metric(runtime: Runtime, name: string): Promise<number> {
  const port = runtime.lines.find((line) => line.port !== undefined)?.port;
  const text = port === undefined ? '' : await (await fetch(`http://127.0.0.1:${port}${HEALTH.metrics}`)).text();
  const value = new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`a process does not say its ${name}`);
  return Number(value);
}
