import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeReal } from '../support/real';
import { type Answer, type Line, Spark, type Step, type Tables, writeLog } from '../support/spark/spark';

/** Microseconds; the last minute of January, so that the log has two days. */
const START = Date.UTC(2026, 0, 31, 23, 59) * 1000;
const at = (second: number) => START + second * 1_000_000;

const object = (id: string, method: string, of: string, second: number, state?: object) => ({
  id,
  object_type: 'event',
  method,
  object: of,
  [method === 'DELETE' ? 'previous' : 'current']: { object_type: 'user', id: of, ...state },
  created_at: at(second),
});
const edge = (id: string, method: string, src: string, name: string, dst: string, second: number) => ({
  id,
  object_type: 'event',
  method,
  edge: { src, name, dst },
  created_at: at(second),
});

const malformed: readonly (readonly [Line, string])[] = [
  ['{"id":"e', 'is not JSON: Unterminated string'],
  ['{"id":"b1"} and more', 'is not JSON: Extra data'],
  ['', 'is not JSON: Expecting value'],
  [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'is not UTF-8'],
  ['['.repeat(100_000), 'is nested too deep'],
  ['[1]', 'is not a JSON object'],
  ['{"created_at":NaN}', 'is not JSON: NaN is not JSON'],
  [object('b2', 'PATCH', 'u1', 1), 'method is none of POST, PUT, DELETE'],
  [{ ...object('b3', 'POST', 'u1', 1), current: undefined }, 'current is missing'],
  [{ ...object('b4', 'POST', 'u1', 1), created_at: '2026-01-31' }, 'created_at is not a time in milliseconds or microseconds'],
  [{ ...object('b5', 'POST', 'u1', 1), edge: { src: 'u1' } }, 'needs either object or edge; edge.name is not a text; edge.dst is not a text'],
  [JSON.stringify(object('b6', 'POST', 'u1', 1)).replace('"u1"', '"\\ud800"'), 'object is not a text'],
  [JSON.stringify(object('b7', 'POST', 'u1', 1, { n: 0 })).replace('"n":0', '"n":1e999'), 'holds a number that is too large'],
];

const LOG: readonly (readonly Line[])[] = [
  [
    object('e01', 'POST', 'u1', 1, { name: 'a' }),
    object('e01', 'POST', 'u1', 1, { name: 'a' }),
    edge('e02', 'POST', 'u1', 'friends', 'u2', 1),
    edge('e03', 'DELETE', 'u1', 'likes', 'p1', 6),
    object('e04', 'DELETE', 'u2', 50, { name: 'gone' }),
    edge('e05', 'POST', 'u1', 'follows', 'u3', 9),
  ],
  [
    object('e06', 'PUT', 'u1', 70, { name: 'd' }),
    object('e07', 'PUT', 'u1', 30, { name: 'late' }),
    object('e01', 'POST', 'u1', 1, { name: 'a' }),
    ...malformed.map(([line]) => line),
  ],
  [
    object('e08', 'POST', 'u2', 2, { name: 'late birth' }),
    object('e09', 'PUT', 'u2', 40, { name: 'late update' }),
    edge('e10', 'POST', 'u1', 'likes', 'p1', 5),
    edge('e11', 'DELETE', 'u1', 'follows', 'u3', 8),
    edge('e12', 'DELETE', 'u1', 'friends', 'u2', 3),
    edge('e13', 'POST', 'u1', 'friends', 'u2', 4),
    // by milliseconds, as the framework's documents say, against microseconds, as client-data writes
    { ...object('e14', 'POST', 'u4', 0, { name: 'milli' }), created_at: at(3) / 1000 },
    { ...object('e15', 'PUT', 'u4', 0, { name: 'micro' }), created_at: at(3) + 1 },
    // one instant: the greater id is the last
    object('e17', 'PUT', 'u5', 3, { name: 'greater' }),
    object('e16', 'POST', 'u5', 3, { name: 'lesser' }),
    // one id, two contents: either, but always the same one
    object('e18', 'POST', 'u6', 3, { name: 'x' }),
    object('e18', 'POST', 'u6', 3, { name: 'y' }),
  ],
  [
    { ...object('e19', 'POST', 'u7', 1, { age: 5 }), user: 'u1', trace: { hop: [1] } },
    { ...object('e20', 'PUT', 'u7', 2, { age: { years: 5, half: '\ud83d\ude00' }, zebra: [1.5, null], big: 2 ** 53 }), trace: 'other' },
    JSON.stringify(object('e21', 'POST', 'u8', 3, { name: 'half' })).replace('half', '\\ud800'),
  ],
];
const MORE: readonly Line[] = [object('e22', 'PUT', 'u1', 80, { name: 'e' }), object('e23', 'PUT', 'u1', 60, { name: 'late again' })];

const parsed = (rows: readonly string[]) => rows.map((row) => JSON.parse(row) as Record<string, unknown>);
const state = (object: Record<string, unknown>) => {
  const { name } = JSON.parse(String(object.fields)) as { name?: string };
  return [object.id, name, object.event, Number(object.modified_at) - START, object.deleted_at === null ? 'is' : 'deleted'];
};

describeReal(['spark-submit', 'java'], "EGF2's Spark jobs", () => {
  const folder = mkdtempSync(join(tmpdir(), 'spark-'));
  const spark = new Spark(folder);
  const answers = new Map<string, Answer>();
  const tables = (name: string) => answers.get(name) as Tables;
  afterAll(() => spark.close());

  beforeAll(async () => {
    const path = (name: string) => join(folder, name);
    const log = { kind: 'folder', folder: writeLog(path('log'), LOG) } as const;
    const more = { kind: 'folder', folder: writeLog(path('more'), [...LOG, MORE]) } as const;
    const backwards = { kind: 'folder', folder: writeLog(path('backwards'), [[...LOG].reverse().flatMap((lines) => [...lines].reverse())]) } as const;
    const nothing = { kind: 'folder', folder: writeLog(path('nothing'), []) } as const;
    const streamed = { lake: path('streamed'), checkpoint: path('checkpoint'), atMost: 1, drain: true };
    const steps: Record<string, Step> = {
      emptyStream: Spark.job('stream', { ...streamed, lake: path('empty'), checkpoint: path('checkpoint-empty'), source: nothing }),
      emptyStreamed: { tables: path('empty') },
      emptyBatch: Spark.job('batch', { lake: path('empty'), source: nothing }),
      emptyBatched: { tables: path('empty') },
      stream: Spark.job('stream', { ...streamed, source: log, buckets: 3 }),
      streamed: { tables: path('streamed') },
      batch: Spark.job('batch', { lake: path('batched'), source: log, buckets: 5 }),
      batched: { tables: path('batched') },
      batchBackwards: Spark.job('batch', { lake: path('backwards-lake'), source: backwards }),
      backwards: { tables: path('backwards-lake') },
      forget: { forget: path('checkpoint') },
      again: Spark.job('stream', { ...streamed, source: log }),
      streamedAgain: { tables: path('streamed') },
      anew: Spark.job('batch', { lake: path('streamed'), source: { kind: 'lake' }, buckets: 2, keepHours: 0 }),
      madeAnew: { tables: path('streamed') },
      refused: Spark.job('batch', { lake: path('batched'), source: log }),
      replaced: Spark.job('batch', { lake: path('batched'), source: more, replace: true }),
      batchedMore: { tables: path('batched') },
      on: Spark.job('stream', { ...streamed, checkpoint: path('checkpoint-2'), source: more, atMost: 9 }),
      streamedOn: { tables: path('streamed') },
      buckets: Spark.job('stream', { ...streamed, checkpoint: path('checkpoint-3'), source: log, buckets: 7 }),
      first: { write: path('streamed'), file: 'commits/0000009999.json', text: '{}' },
      second: { write: path('streamed'), file: 'commits/0000009999.json', text: '{}' },
    };
    const given = await spark.run(Object.values(steps));
    Object.keys(steps).forEach((name, index) => {
      answers.set(name, given[index] as Answer);
    });
  }, 240_000);

  test('every job ended well that should', () => {
    const jobs = ['emptyStream', 'emptyBatch', 'stream', 'batch', 'batchBackwards', 'forget', 'again', 'anew', 'replaced', 'on', 'first'];
    expect(jobs.map((job) => answers.get(job))).toEqual(jobs.map(() => null));
  });

  test('of an empty log the tables are empty', () => {
    const empty = { events: [], parked: [], objects: [], edges: [] };
    expect(answers.get('emptyStreamed')).toEqual(empty);
    expect(answers.get('emptyBatched')).toEqual(empty);
  });

  test('the last event wins, late, repeated or deleted before it was made', () => {
    expect(parsed(tables('streamed').objects).map(state)).toEqual([
      ['u1', 'd', 'e06', 70_000_000, 'is'],
      ['u2', 'gone', 'e04', 50_000_000, 'deleted'],
      ['u4', 'micro', 'e15', 3_000_001, 'is'],
      ['u5', 'greater', 'e17', 3_000_000, 'is'],
      ['u6', 'y', 'e18', 3_000_000, 'is'],
      ['u7', undefined, 'e20', 2_000_000, 'is'],
      ['u8', '\ud800', 'e21', 3_000_000, 'is'],
    ]);
    expect(parsed(tables('streamed').objects)[1]).toMatchObject({ object_type: 'user', deleted_at: at(50) });
  });

  test('edges come and go by their times', () => {
    expect(parsed(tables('streamed').edges).map(({ src, name, dst, event, deleted_at }) => [src, name, dst, event, deleted_at])).toEqual([
      ['u1', 'follows', 'u3', 'e05', null],
      ['u1', 'friends', 'u2', 'e13', null],
      ['u1', 'likes', 'p1', 'e03', at(6)],
    ]);
  });

  test('fields that nobody knew are kept, whatever their type becomes', () => {
    const fields = parsed(tables('streamed').objects).find(({ id }) => id === 'u7')?.fields;
    expect(fields).toBe('{"age":{"half":"\ud83d\ude00","years":5},"big":9007199254740992,"id":"u7","object_type":"user","zebra":[1.5,null]}');
    expect(parsed(tables('streamed').events).filter(({ value }) => String(value).includes('"trace"'))).toHaveLength(2);
  });

  test('what is no event is parked, with all that is wrong', () => {
    const parked = parsed(tables('streamed').parked).map(({ reason, value }) => [value, reason]);
    const expected = malformed.map(([line, reason]) => [
      Buffer.isBuffer(line) ? line.toString('latin1') : typeof line === 'string' ? line : JSON.stringify(line),
      expect.stringContaining(reason),
    ]);
    expect(parked).toHaveLength(expected.length);
    expect(parked).toEqual(expect.arrayContaining(expected));
  });

  test('the stream has what the batch has, of the log forwards and backwards', () => {
    expect(tables('batched')).toEqual(tables('streamed'));
    expect(tables('backwards')).toEqual(tables('streamed'));
    expect(tables('streamed').events).toHaveLength(LOG.flat().length - malformed.length);
  });

  test('a micro-batch that comes again after its commit is added once', () => {
    expect(tables('streamedAgain')).toEqual(tables('streamed'));
  });

  test('made anew from its own raw events, with other buckets, the lake is the same; and the stream goes on', () => {
    expect(tables('madeAnew')).toEqual(tables('streamed'));
    expect(tables('streamedOn').objects).toEqual(tables('batchedMore').objects);
    expect(tables('streamedOn').edges).toEqual(tables('batchedMore').edges);
    expect(parsed(tables('streamedOn').objects).map(state)[0]).toEqual(['u1', 'e', 'e22', 80_000_000, 'is']);
  });

  test('what would lose or mix something is refused', () => {
    expect(answers.get('refused')).toEqual({ failed: expect.stringContaining('--source lake, or --replace') });
    expect(answers.get('buckets')).toEqual({ failed: expect.stringContaining('the lake has 2 buckets, not 7') });
    expect(answers.get('second')).toEqual({ failed: expect.stringContaining('run one at a time') });
  });
});
