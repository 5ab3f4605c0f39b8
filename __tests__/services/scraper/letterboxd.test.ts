import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { boundedFetch } from '../../../services/letterboxd/bounded-fetch';
import { LetterboxdClient } from '../../../services/letterboxd/client';
import { LetterboxdFailure } from '../../../services/letterboxd/failure';
import { authorization } from '../../../services/letterboxd/signature';
import { backoff } from '../../../services/scraper/backoff';
import { type EntrySource, LetterboxdPaused, PoliteLetterboxd } from '../../../services/scraper/letterboxd/polite';
import { FakeClock, settled } from '../../support/fake-clock';
import { RecordingLog } from '../../support/recording-log';

describe('a signed request', () => {
  const SIGNED = '933a685254ec19ee47dc7099f41f59ef89e345a7bbac1cbbdb312c3d47594411';
  const URL = 'https://api.letterboxd.com/api/v0/member/abc?apikey=key&nonce=00000000-0000-0000-0000-000000000000&timestamp=1700000000';

  test('carries the signature of its address', async () => {
    expect(authorization('secret', 'GET', URL)).toBe(`Signature ${SIGNED}`);
    const fetch = jest.fn(async (..._: [string, RequestInit]) => Response.json({ id: 'abc' }));
    const nonce = () => '00000000-0000-0000-0000-000000000000';
    const settings = { url: 'https://api.letterboxd.com/api/v0/', apiKey: 'key', sharedSecret: 'secret', now: () => 1_700_000_000_999, fetch, nonce };
    await new LetterboxdClient(settings).member('abc');
    expect(fetch).toHaveBeenCalledWith(URL, expect.objectContaining({ headers: expect.objectContaining({ authorization: `Signature ${SIGNED}` }) }));
  });

  test.each([
    ['HTML', '<html>Just a moment...</html>', 'not JSON'],
    ['half of an answer', '{"items":[{"id":"a"', 'not JSON'],
    ['nothing', '', 'not JSON'],
    ['null', 'null', 'log-entries/'],
    ['another shape', '{"items":{"id":3}}', 'items'],
  ])('%s is an error', async (_, body, problem) => {
    const client = new LetterboxdClient({ url: 'http://127.0.0.1/', apiKey: 'key', sharedSecret: 'secret', fetch: async () => new Response(body) });
    await expect(client.logEntries({ member: 'ada', perPage: 1 })).rejects.toThrow(
      expect.objectContaining({ kind: 'unreadable', message: expect.stringContaining(problem) }),
    );
  });
});

describe('an answer over HTTP', () => {
  const server = createServer(({ url }, response) => {
    if (url === '/long') for (let part = 0; part < 60; part += 1) response.write('x'.repeat(100_000));
    if (url === '/away') response.writeHead(302, { location: '/' });
    if (url === '/busy') response.writeHead(429, { 'retry-after': '7' });
    response.end(url === '/busy' ? '' : 'ä');
  });
  let base: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('is read whole, without following it elsewhere', async () => {
    expect(await (await boundedFetch(`${base}/`, {})).text()).toBe('ä');
    expect((await boundedFetch(`${base}/away`, {})).status).toBe(302);
    const busy = await boundedFetch(`${base}/busy`, {});
    expect([busy.status, busy.headers.get('retry-after'), await busy.text()]).toEqual([429, '7', '']);
  });

  test('that does not end is cut', async () => {
    await expect(boundedFetch(`${base}/long`, {})).rejects.toThrow('longer than 5000000 bytes');
  });
});

describe('politeness', () => {
  let clock: FakeClock;
  let log: RecordingLog;
  let asked: number[];
  let answers: (LetterboxdFailure | undefined)[];
  const query = { member: 'ada', perPage: 1 };
  const source: EntrySource = {
    async logEntries() {
      asked.push(clock.now() - 1_000_000);
      const failure = answers.shift();
      if (failure) throw failure;
      return { items: [] };
    },
  };
  const polite = () => new PoliteLetterboxd(source, { clock, log, requestsPerSecond: 5, forbiddenPause: 900_000, random: () => 1 });
  beforeEach(() => {
    clock = new FakeClock();
    log = new RecordingLog();
    asked = [];
    answers = [];
  });

  test('never asks more often than the rate, and saves nothing up', async () => {
    const letterboxd = polite();
    await clock.pass(60_000);
    const all = Promise.all(Array.from({ length: 6 }, () => letterboxd.logEntries(query)));
    await clock.pass(1000);
    await all;
    expect(asked.map((at) => at - 60_000)).toEqual([0, 200, 400, 600, 800, 1000]);
  });

  test('does what Retry-After says, also to those who wait in line', async () => {
    answers = [new LetterboxdFailure('limited', 'busy', 7000)];
    const letterboxd = polite();
    const all = Promise.allSettled([letterboxd.logEntries(query), letterboxd.logEntries(query)]);
    await clock.pass(6999);
    expect((await all).map((each) => each.status === 'rejected' && each.reason.constructor)).toEqual([LetterboxdFailure, LetterboxdPaused]);
    expect(letterboxd.isPaused).toBe(true);
    await clock.pass(1);
    await letterboxd.logEntries(query);
    expect(asked).toHaveLength(2);
  });

  test('a failure or two are chance; after that it waits twice as long each time, and one answer ends that', async () => {
    const letterboxd = polite();
    const failure = () => new LetterboxdFailure('unavailable', 'down');
    const pauses: number[] = [];
    for (let count = 1; count <= 11; count += 1) {
      answers = [failure()];
      await clock.pass(1000);
      await expect(letterboxd.logEntries(query)).rejects.toThrow('down');
      let pause = 0;
      for (; letterboxd.isPaused; pause += 500) await clock.pass(500);
      pauses.push(pause);
    }
    expect(pauses).toEqual([0, 0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    await clock.pass(1000);
    await letterboxd.logEntries(query);
    answers = [failure()];
    await clock.pass(1000);
    await expect(letterboxd.logEntries(query)).rejects.toThrow('down');
    expect(letterboxd.isPaused).toBe(false);
  });

  test('once forbidden nothing is asked for a quarter of an hour, and somebody is alerted', async () => {
    answers = [new LetterboxdFailure('forbidden', 'log-entries/: Letterboxd answered 403')];
    const letterboxd = polite();
    await expect(letterboxd.logEntries(query)).rejects.toThrow('403');
    expect(log.lines).toEqual([
      { level: 'error', message: expect.stringContaining('see to the API key'), fields: expect.objectContaining({ event: 'letterboxd_forbidden' }) },
    ]);
    await clock.pass(899_999);
    await expect(letterboxd.logEntries(query)).rejects.toThrow(LetterboxdPaused);
    expect(asked).toHaveLength(1);
    await clock.pass(1);
    await letterboxd.logEntries(query);
    expect(asked).toHaveLength(2);
  });

  test('waiting in line ends with the signal', async () => {
    const letterboxd = polite();
    const ending = new AbortController();
    await letterboxd.logEntries(query);
    const waiting = letterboxd.logEntries(query, ending.signal);
    await settled();
    ending.abort(new Error('ending'));
    await expect(waiting).rejects.toThrow('ending');
    expect(asked).toHaveLength(1);
  });
});

test('a backoff doubles up to its longest, with a random half', () => {
  const pauses = { first: 100, longest: 1000 };
  expect([1, 2, 3, 4, 5, 5000].map((failures) => backoff(pauses, failures, () => 1))).toEqual([100, 200, 400, 800, 1000, 1000]);
  expect(backoff(pauses, 1, () => 0)).toBe(50);
});
