import { mkdtempSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Crc32c } from '../../../services/worker/bucket/crc32c';
import { Storage } from '../../../services/worker/bucket/storage';
import { safePath, syncBucket } from '../../../services/worker/bucket/sync';
import { CloudSink } from '../../../services/worker/logs/cloud-sink';
import type { Line } from '../../../services/worker/logs/sink';
import { pubsubFrom } from '../../../services/worker/report/publisher';
import { report } from '../../../services/worker/report/report';
import { resultOf } from '../../../services/worker/result';
import { FakeClock } from '../../support/fake-clock';
import { RecordingLog } from '../../support/recording-log';

type Answer = (url: string, init: RequestInit) => Response;
let answer: Answer;
let calls: [string, RequestInit][];
beforeEach(() => {
  calls = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, init = {}) => {
    calls.push([String(url), init]);
    return answer(String(url), init);
  });
});
afterEach(() => jest.restoreAllMocks());

const token = async () => 'token-1';
const bodyOf = (call: number) => JSON.parse(calls[call]?.[1].body as string);

describe('Pub/Sub', () => {
  test('gets the message with the machine’s token', async () => {
    answer = () => Response.json({ messageIds: ['17'] });
    expect(await pubsubFrom({}, 'p-1', token).publish('done', 'täxt', { a: 'b' })).toBe('17');
    expect(calls[0]?.[0]).toBe('https://pubsub.googleapis.com/v1/projects/p-1/topics/done:publish');
    expect(calls[0]?.[1].headers).toMatchObject({ authorization: 'Bearer token-1' });
    expect(bodyOf(0)).toEqual({ messages: [{ data: Buffer.from('täxt').toString('base64'), attributes: { a: 'b' } }] });
  });

  test('in an emulator gets none', async () => {
    answer = () => Response.json({ messageIds: ['17'] });
    await pubsubFrom({ PUBSUB_EMULATOR_HOST: '127.0.0.1:8085' }, 'p-1', token).publish('done', '');
    expect(calls[0]?.[0]).toBe('http://127.0.0.1:8085/v1/projects/p-1/topics/done:publish');
    expect(calls[0]?.[1].headers).not.toHaveProperty('authorization');
  });

  test.each([
    ['an answer without an id', () => Response.json({})],
    ['a refusal', () => new Response('no permission', { status: 403 })],
  ])('%s is no success', async (_, refusal) => {
    answer = refusal;
    await expect(pubsubFrom({}, 'p-1', token).publish('done', '')).rejects.toThrow(/without giving it an id|403: no permission/);
  });
});

test('a report carries its id as an attribute, by which it is recognized unread', async () => {
  answer = () => Response.json({ messageIds: ['17'] });
  const attempt = { project: 'p-1', topic: 'done', taskId: 'task:1', task: 'import', attempt: 2, image: 'busybox', instance: 'vm-1' };
  const result = resultOf(attempt, { imageDigest: null, error: { code: 'image-not-found', message: 'no' }, now: 0 });
  await report(result, { topic: 'done', publisher: pubsubFrom({}, 'p-1', token), clock: new FakeClock(), log: new RecordingLog() });
  const [message] = bodyOf(0).messages;
  expect(message.attributes).toEqual({ resultId: 'task:1.2' });
  expect(JSON.parse(Buffer.from(message.data, 'base64').toString())).toEqual(result);
});

describe('Cloud Logging', () => {
  const lines: Line[] = [
    { stream: 'stdout', text: 'out', time: 't1', id: 'i1' },
    { stream: 'stderr', text: 'err', time: 't2', id: 'i2' },
  ];
  const never = new AbortController().signal;

  function sinkWith(clock = new FakeClock()) {
    const log = new RecordingLog();
    const source = { taskId: 'task:1', task: 'import', attempt: 2 };
    return { clock, log, sink: new CloudSink({ project: 'p-1', source, instance: 'vm-1', endpoint: 'https://logging.test', accessToken: token, clock, log }) };
  }

  test('gets lines as entries', async () => {
    answer = () => Response.json({});
    expect(await sinkWith().sink.write(lines, never)).toBe(0);
    expect(calls[0]?.[0]).toBe('https://logging.test/v2/entries:write');
    expect(bodyOf(0)).toMatchObject({
      logName: 'projects/p-1/logs/docker-worker',
      labels: { task_id: 'task:1', task: 'import', attempt: '2', instance: 'vm-1' },
      entries: [
        { textPayload: 'out', timestamp: 't1', insertId: 'i1', severity: 'INFO', labels: { stream: 'stdout' } },
        { textPayload: 'err', timestamp: 't2', insertId: 'i2', severity: 'ERROR', labels: { stream: 'stderr' } },
      ],
    });
  });

  test('that is busy is asked again, with the same ids', async () => {
    answer = () => (calls.length < 3 ? new Response('busy', { status: 503 }) : Response.json({}));
    const { sink, clock } = sinkWith();
    const written = sink.write(lines, never);
    await clock.pass(10_000);
    expect(await written).toBe(0);
    expect(bodyOf(2)).toEqual(bodyOf(0));
  });

  test('that refuses is not: the lines are lost, and that is said', async () => {
    answer = () => new Response('no permission', { status: 403 });
    const { sink, log } = sinkWith();
    expect(await sink.write(lines, never)).toBe(2);
    expect(calls.length).toBe(1);
    expect(log.lines).toEqual([expect.objectContaining({ level: 'error', message: expect.stringContaining('dropped') })]);
  });

  test.each([
    ['one of two', { 1: { code: 3, message: 'too large' } }, 1],
    ['all', { 0: { code: 7, message: 'no' }, 1: { code: 7, message: 'no' } }, 2],
  ])('that refuses %s entries has stored the others: only what failed is lost', async (_, logEntryErrors, lost) => {
    const details = [{ '@type': 'type.googleapis.com/google.logging.v2.WriteLogEntriesPartialErrors', logEntryErrors }];
    answer = () => Response.json({ error: { code: 400, message: 'Log entry with size 300K exceeds maximum', details } }, { status: 400 });
    const { sink, log } = sinkWith();
    expect(await sink.write(lines, never)).toBe(lost);
    expect(calls.length).toBe(1);
    expect(log.lines).toEqual([expect.objectContaining({ level: 'error', fields: expect.objectContaining({ lines: lost }) })]);
  });

  test('that is out for long is given up after five minutes, then asked once each time, until it is back', async () => {
    answer = () => new Response('out', { status: 503 });
    const { sink, clock } = sinkWith();
    const written = sink.write(lines, never);
    await clock.pass(300_000);
    expect(await written).toBe(2);
    const tries = calls.length;
    expect(await sink.write(lines, never)).toBe(2);
    expect(calls.length).toBe(tries + 1);
    answer = () => Response.json({});
    expect(await sink.write(lines, never)).toBe(0);
  });
});

describe('the shared bucket', () => {
  const items = (...objects: object[]) => Response.json({ items: objects.map((each) => ({ size: '9', generation: '5', ...each })) });
  const folder = () => mkdtempSync(join(tmpdir(), 'bucket-'));
  const context = () => ({ clock: new FakeClock(), signal: new AbortController().signal, patience: 0 });
  const sync = (into: string) => syncBucket(new Storage('https://storage.test', token), 'b-1', into, context());

  test('CRC-32C is Castagnoli’s', () => {
    const crc = new Crc32c();
    crc.update(Buffer.from('12345'));
    crc.update(Buffer.from('6789'));
    expect(crc.digest()).toBe(Buffer.from('e3069283', 'hex').toString('base64'));
  });

  test.each([
    ['its MD5', { md5Hash: 'JfnnlDI7RTiF9RgfG2JNCw==' }],
    ['its CRC-32C, where there is no MD5', { crc32c: '4waSgw==' }],
  ])('is copied, each object checked against %s', async (_, sum) => {
    answer = (url) => (url.includes('alt=media') ? new Response('123456789') : items({ name: 'dir/a file', ...sum }));
    const into = folder();
    expect(await sync(into)).toEqual({ objects: 1, bytes: 9 });
    expect(readFileSync(join(into, 'dir/a file'), 'utf8')).toBe('123456789');
    expect(calls[1]?.[0]).toBe('https://storage.test/storage/v1/b/b-1/o/dir%2Fa%20file?alt=media&generation=5');
    expect(calls[1]?.[1].headers).toEqual({ authorization: 'Bearer token-1' });
  });

  test.each([[{ md5Hash: 'AAAA' }], [{ crc32c: 'AAAAAA==' }], [{}]])('an object that is not what %j says is not there, not even in part', async (sum) => {
    answer = (url) => (url.includes('alt=media') ? new Response('123456789') : items({ name: 'a', ...sum }));
    const into = folder();
    await expect(sync(into)).rejects.toMatchObject({ code: 'bucket-unreadable', message: expect.stringContaining('a does not have its checksum') });
    expect(readdirSync(into)).toEqual([]);
  });

  test('a disk that is full is said at once, and not tried again', async () => {
    answer = (url) => (url.includes('alt=media') ? new Response('123456789') : items({ name: 'a', md5Hash: 'JfnnlDI7RTiF9RgfG2JNCw==' }));
    const into = folder();
    symlinkSync('/dev/full', join(into, `a.partial-${process.pid}`));
    const patient = { ...context(), patience: 60_000 };
    await expect(syncBucket(new Storage('https://storage.test', token), 'b-1', into, patient)).rejects.toMatchObject({
      code: 'not-started',
      message: expect.stringMatching(/no space is left for a of the shared bucket.*larger diskGb/),
    });
    expect(calls.length).toBe(2);
    expect(readdirSync(into)).toEqual([]);
  });

  test('what is stored compressed is unpacked', async () => {
    answer = (url) =>
      url.includes('alt=media') ? new Response('unpacked by fetch') : items({ name: 'a', contentEncoding: 'gzip', md5Hash: gzipSync('x').toString('base64') });
    const into = folder();
    await sync(into);
    expect(readFileSync(join(into, 'a'), 'utf8')).toBe('unpacked by fetch');
  });

  test.each(['../a', 'a/../../b', '/etc/passwd', 'a//b', './a', 'a/..', 'a\0b'])('an object called %j is refused', (name) => {
    expect(() => safePath(name)).toThrow('no path below a folder');
  });

  test.each(['a', 'a/b.pem', '..a', 'a..b/c', '日本'])('an object called %j is not', (name) => expect(safePath(name)).toBe(name));
});
