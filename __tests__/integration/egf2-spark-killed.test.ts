import { existsSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../services/testbench/random';
import { describeReal } from '../support/real';
import { commits, ended, kill, type Line, list, Spark, type SparkProcess, type Tables, writeLog } from '../support/spark/spark';

/** What of the next version is there when the job is killed, and a moment more; `any`: a second or so after its first commit. */
const MOMENTS = ['any', 'events', 'parked', 'objects', 'edges', 'commits'] as const;
type Moment = (typeof MOMENTS)[number];
const FILES = 12;

const seed = process.env.SEED ?? String(Date.now() % 100_000);
const random = new Random(seed);
const below = (limit: number) => Math.floor(random.between(0, limit));

/** Objects and edges that come, change and go; a quarter of all lines are repeats of earlier ones, and times are as random as can be. */
function history(): Line[][] {
  const all: Line[] = [];
  return Array.from({ length: FILES }, (_, file) =>
    Array.from({ length: 12 }, (_, index) => {
      const line = index === 11 ? `{"torn": ${file}` : all.length > 0 && random.chance(0.25) ? random.pick(all) : event(file * 12 + index);
      all.push(line);
      return line;
    }),
  );
}

function event(number: number): Line {
  const method = random.pick(['POST', 'PUT', 'DELETE']);
  const common = { id: `e${number}`, object_type: 'event', method, created_at: Date.UTC(2026, 0, 1) + below(200) * 3_600_000 };
  if (random.chance(0.3)) return { ...common, edge: { src: `u${below(4)}`, name: 'friends', dst: `u${below(4)}` } };
  const id = `u${below(15)}`;
  return { ...common, object: id, [method === 'DELETE' ? 'previous' : 'current']: { object_type: 'user', id, number } };
}

describeReal(['spark-submit', 'java'], "EGF2's streaming job, killed", () => {
  const folder = mkdtempSync(join(tmpdir(), 'spark-killed-'));
  const spark = new Spark(folder);
  const [lake, seeded, checkpoint] = [join(folder, 'lake'), join(folder, 'seeded'), join(folder, 'checkpoint')];
  const killedAt: string[] = [];
  let unfinished = 0;
  let afterCommit = 0;
  let tables: readonly Tables[] = [];
  let log: Line[][] = [];
  afterAll(() => spark.close());

  beforeAll(async () => {
    log = history();
    const source = { kind: 'folder', folder: writeLog(join(folder, 'log'), log) } as const;
    const follow = (drain: boolean) => spark.submit('stream', { lake, source, checkpoint, atMost: 1, triggerSeconds: 1, drain, buckets: 3, keepHours: 0 });
    for (const moment of [...MOMENTS].sort(() => random.next() - 0.5)) await killAt(moment, follow(false));
    await ended(follow(true));
    const batch = Spark.job('batch', { lake: seeded, source });
    tables = (await spark.run([batch, { tables: seeded }, { tables: lake }])).slice(1) as Tables[];
    console.log(
      `seed ${seed}: killed at ${killedAt.join(', ')}; ${unfinished} with a version half written, ${afterCommit} between the commit and the checkpoint`,
    );
  }, 280_000);

  async function killAt(moment: Moment, job: SparkProcess): Promise<void> {
    const version = () => Math.max(0, ...commits(lake));
    const [started, next] = [Date.now(), version() + 1];
    await until(() => (moment === 'any' || moment === 'commits' ? version() >= next : isWritten(moment, next, started)), job);
    await sleep(below(moment === 'any' ? 1500 : 60));
    kill(job);
    await job.exit;
    const reached = version();
    killedAt.push(`${moment} of ${next}`);
    if (existsSync(join(lake, `events/version=${reached + 1}`))) unfinished++;
    else if (list(join(checkpoint, 'commits')).filter((name) => /^\d+$/.test(name)).length < reached) afterCommit++;
  }

  /** By this run: an earlier one may have left it half written. */
  function isWritten(moment: Moment, version: number, since: number): boolean {
    // a micro-batch without edges has none
    return [0, 1, 2].some((more) => {
      const written = statSync(join(lake, `${moment}/version=${version + more}`), { throwIfNoEntry: false });
      return written !== undefined && written.mtimeMs >= since;
    });
  }

  async function until(condition: () => boolean, job: SparkProcess): Promise<void> {
    let over = false;
    void job.exit.then(() => {
      over = true;
    });
    while (!condition()) {
      if (over) throw new Error(`the job ended before it was killed, ${commits(lake).length} commits: ${job.log}`);
      await sleep(3);
    }
  }

  test('it was killed within versions', () => {
    expect(killedAt).toHaveLength(MOMENTS.length);
    expect(unfinished).toBeGreaterThanOrEqual(2);
    expect(commits(lake)).toEqual([FILES]);
  });

  test('it ends with what the batch job makes of the same log', () => {
    const [batched, streamed] = tables as [Tables, Tables];
    expect(streamed).toEqual(batched);
    expect(streamed.objects.length).toBeGreaterThan(5);
    expect(streamed.edges.length).toBeGreaterThan(2);
    expect(streamed.events.length + streamed.parked.length).toBe(log.flat().length);
    expect(streamed.parked.length).toBeGreaterThanOrEqual(FILES);
  });

  test('nothing is left of what only retired versions knew', () => {
    const buckets = ['objects', 'edges'].map((table) =>
      list(join(lake, table))
        .flatMap((version) => list(join(lake, table, version)))
        .sort(),
    );
    expect(buckets).toEqual(buckets.map((names) => [...new Set(names)]));
    expect(buckets.flat().length).toBeGreaterThan(3);
  });
});
