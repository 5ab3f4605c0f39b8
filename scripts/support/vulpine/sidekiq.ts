import * as z from 'zod';
import type { Place } from '../../../estates/vulpine/operations';
import { UsageError } from '../../../rehearsal/runner/failure';
import type { Site } from './site';

/** One look at everything, so that figures belong together. An empty table is an object to cjson. */
const LOOK = `
local function of(key) return redis.call('GET', key) or '0' end
local out = { now = redis.call('TIME')[1], queues = {}, processes = {}, processed = of('stat:processed'), failed = of('stat:failed') }
for _, name in ipairs(redis.call('SMEMBERS', 'queues')) do
  local oldest = redis.call('LINDEX', 'queue:' .. name, -1)
  local known, job = pcall(cjson.decode, oldest or '')
  table.insert(out.queues, { name = name, size = redis.call('LLEN', 'queue:' .. name), since = known and tonumber(job.enqueued_at) or 0 })
end
for _, id in ipairs(redis.call('SMEMBERS', 'processes')) do
  local at = redis.call('HMGET', id, 'busy', 'quiet', 'beat')
  table.insert(out.processes, { id = id, busy = at[1] or '0', quiet = at[2] or 'false', beat = at[3] or '0' })
end
for _, set in ipairs({ 'retry', 'dead', 'schedule' }) do out[set] = redis.call('ZCARD', set) end
return cjson.encode(out)`;

/** Processes read it within ten seconds. The script gets their names, and says how many it told. */
const QUIET = `
for _, id in ipairs(redis.call('SMEMBERS', 'processes')) do
  redis.call('LPUSH', id .. '-signals', 'TSTP')
  redis.call('EXPIRE', id .. '-signals', 60)
end
return redis.call('SCARD', 'processes')`;

const rows = <T extends z.ZodType>(row: T) => z.preprocess((value) => (Array.isArray(value) ? value : []), z.array(row));
const figures = z.object({
  now: z.coerce.number(),
  queues: rows(z.object({ name: z.string(), size: z.number(), since: z.number() })),
  processes: rows(z.object({ id: z.string(), busy: z.coerce.number(), quiet: z.string(), beat: z.coerce.number() })),
  processed: z.coerce.number(),
  failed: z.coerce.number(),
  retry: z.number(),
  dead: z.number(),
  schedule: z.number(),
});

export interface Queue {
  readonly name: string;
  readonly size: number;
  /** Seconds that its oldest job has waited. */
  readonly latency: number;
}

export interface Figures {
  readonly queues: readonly Queue[];
  readonly processes: readonly { readonly id: string; readonly busy: number; readonly isQuiet: boolean }[];
  readonly processed: number;
  readonly failed: number;
  readonly retry: number;
  readonly dead: number;
  readonly scheduled: number;
}

/** Sets of jobs that may be thrown away. */
export type JobSet = 'retry' | 'dead';

/** Seconds after which a process that says nothing is none. */
const SILENT = 60;

/** Sidekiq's queues, as they are in an instance's Redis: nobody else reaches it. */
export class Sidekiq {
  constructor(
    private readonly site: Pick<Site, 'inside'>,
    private readonly place: Place,
  ) {}

  figures(): Figures {
    const answer = this.run('EVAL', LOOK, '0');
    const { data } = figures.safeParse(jsonOf(answer));
    if (!data) throw new UsageError(`${this.place.name} answered what is not Sidekiq's: ${answer.slice(0, 200).trim()}`);
    const { now, queues, processes, schedule, ...rest } = data;
    return {
      ...rest,
      scheduled: schedule,
      queues: queues
        .map(({ name, size, since }) => ({ name, size, latency: size === 0 || since === 0 ? 0 : Math.max(0, Math.round(now - secondsOf(since))) }))
        .sort((a, b) => b.latency - a.latency || a.name.localeCompare(b.name)),
      processes: processes.filter(({ beat }) => now - secondsOf(beat) < SILENT).map(({ id, busy, quiet }) => ({ id, busy, isQuiet: quiet === 'true' })),
    };
  }

  /** Tells every process to take no new job. */
  quiet(): void {
    this.run('EVAL', QUIET, '0');
  }

  /** Throws all jobs of a set away. */
  clear(set: JobSet): void {
    this.run('UNLINK', set);
  }

  private run(...words: readonly string[]): string {
    return this.site.inside(this.place, ['redis-cli', '-e', ...words]);
  }
}

/** Newer Sidekiq writes milliseconds. */
const secondsOf = (time: number) => (time > 1e11 ? time / 1000 : time);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
