import { politeFetch } from '../../../services/shard/polite-fetch';
import { LeapingClock } from '../../support/film/leaping-clock';

const init = {};

test('requests keep their distance', async () => {
  const clock = new LeapingClock();
  const times: number[] = [];
  const polite = politeFetch(4, clock, async () => {
    times.push(clock.now());
    return new Response();
  });
  await Promise.all(Array.from({ length: 5 }, () => polite('u', init)));
  expect(times.slice(1).map((time, index) => time - (times[index] as number))).toEqual([250, 250, 250, 250]);
});

test.each([
  [{ 'retry-after': '7' }, '7', 7000],
  [{}, '30', 30_000],
])('after a 429 with %j nothing is asked until its time is over', async (headers, left, wait) => {
  const clock = new LeapingClock();
  const request = jest.fn(async () => new Response('ok')).mockResolvedValueOnce(new Response('', { status: 429, headers }));
  const polite = politeFetch(100, clock, request);
  expect((await polite('u', init)).status).toBe(429);
  const refused = await polite('u', init);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, left]);
  expect(request).toHaveBeenCalledTimes(1);
  clock.pass(wait);
  expect((await polite('u', init)).status).toBe(200);
});

test.each([401, 403])('after a %s nothing is asked for five minutes', async (status) => {
  const clock = new LeapingClock();
  const request = jest.fn(async () => new Response('ok')).mockResolvedValueOnce(new Response('', { status }));
  const polite = politeFetch(100, clock, request);
  expect((await polite('u', init)).status).toBe(status);
  clock.pass(299_000);
  expect((await polite('u', init)).status).toBe(status);
  expect(request).toHaveBeenCalledTimes(1);
  clock.pass(1000);
  expect((await polite('u', init)).status).toBe(200);
});
