import { setTimeout as sleep } from 'node:timers/promises';
import type { Film, Member } from '../../services/testbench/letterboxd/world';
import { Pipeline, type PipelineOptions, type Runtime } from '../../services/testbench/pipeline/pipeline';

/** From an entry at Letterboxd to its message at Discord, with a scraper and a shard. */
export interface FullPath {
  /** Messages a second, when all entries appear at once. */
  readonly perSecond: number;
  /** Milliseconds from an entry to its message, when entries appear one by one. */
  readonly p50: number;
  readonly p99: number;
}

export interface FullPathOptions extends Pick<PipelineOptions, 'folder' | 'bundles' | 'bus' | 'store'> {
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/** Who is followed, each by a channel of their own. */
export const MEMBERS = 20;
/** Entries that appear at once. */
export const BURST = 600;
/** Entries that appear one by one, so many a second. */
export const STREAM = { entries: 300, perSecond: 10 } as const;

const PATIENCE = 120_000;
/** Discord's limits would be what is measured: there are none. The shard's own is the highest that it takes, 50 a second. */
const PLENTY = { count: 1e6, perMs: 1000 };

export async function measureFullPath({ signal, progress, ...where }: FullPathOptions): Promise<FullPath> {
  const discord = { limits: { messages: PLENTY, others: PLENTY, global: PLENTY } };
  const pipeline = await Pipeline.start({ ...where, discord });
  try {
    const path = new Path(pipeline, signal);
    // of whom nothing was ever posted, only the newest entry is: after this one, everything is
    progress('scraper and shard start, and post the first entries');
    await path.begin();
    progress(`${STREAM.entries} entries, ${STREAM.perSecond} a second`);
    const latencies = await path.stream();
    progress(`${BURST} entries at once`);
    const seconds = await path.burst();
    for (const trouble of path.troubles) progress(trouble);
    return { perSecond: BURST / seconds, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
  } finally {
    await pipeline.stop();
  }
}

class Path {
  /** When entries appeared and when their messages were accepted, by the film's number: each has its own. */
  private readonly appeared: number[] = [];
  private readonly accepted: number[] = [];
  private count = 0;
  private readonly members: readonly Member[];
  private services: readonly Runtime[] = [];

  constructor(
    private readonly pipeline: Pipeline,
    private readonly signal: AbortSignal,
  ) {
    const { discord, letterboxd } = pipeline;
    this.members = Array.from({ length: MEMBERS }, (_, i) => letterboxd.world.addMember(`user${i}`));
    discord.onAccepted = ({ embeds }) => {
      const film = Number(/^Film (\d+)$/.exec(embeds[0]?.title ?? '')?.[1]);
      if (this.accepted[film] === undefined) this.count += 1;
      this.accepted[film] ??= performance.now();
    };
  }

  async begin(): Promise<void> {
    const guild = this.pipeline.discord.world.addGuild();
    for (const member of this.members) {
      await this.pipeline.follow(member, this.pipeline.discord.world.addChannel(guild.id).id);
      this.appear(member);
    }
    const more = { PAUSE_SECONDS: '0.1', REPUBLISH_SECONDS: '60', LEASE_SECONDS: '30' };
    this.services = await Promise.all([this.pipeline.scraper('scraper-1', more), this.pipeline.shard('shard-1')]);
    await this.posted();
  }

  /** What the services' logs have beside the ordinary: it explains a slow one. */
  get troubles(): string[] {
    const counts = new Map<string, number>();
    for (const { severity, message } of this.services.flatMap(({ lines }) => lines)) {
      if (severity !== 'INFO') counts.set(message, (counts.get(message) ?? 0) + 1);
    }
    return [...counts].map(([message, count]) => `${count} times: ${message}`);
  }

  /** One by one. Milliseconds for each. */
  async stream(): Promise<number[]> {
    const first = this.appeared.length;
    for (let i = 0; i < STREAM.entries; i += 1) {
      this.appear(this.members[(i * 7) % MEMBERS] as Member);
      await sleep(1000 / STREAM.perSecond, undefined, { signal: this.signal });
    }
    await this.posted();
    return this.appeared.slice(first).map((at, i) => (this.accepted[first + i] as number) - at);
  }

  /** All at once. Seconds until the last one's message. */
  async burst(): Promise<number> {
    const begun = performance.now();
    for (let i = 0; i < BURST; i += 1) this.appear(this.members[i % MEMBERS] as Member);
    await this.posted();
    return (Math.max(...this.accepted) - begun) / 1000;
  }

  private appear(member: Member): void {
    const { world } = this.pipeline.letterboxd;
    const film: Film = world.addFilm(`Film ${this.appeared.length}`);
    this.appeared.push(performance.now());
    world.addEntry(member, film);
  }

  private async posted(): Promise<void> {
    this.signal.throwIfAborted();
    const wanted = this.appeared.length;
    await this.pipeline.discord.until(`${wanted} messages`, () => this.count === wanted || this.signal.aborted, PATIENCE);
    this.signal.throwIfAborted();
  }
}

/** @param share 0 to 1 */
function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;
}
