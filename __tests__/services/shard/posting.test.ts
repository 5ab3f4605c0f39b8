import { Registry } from 'prom-client';
import { emoji } from '../../../services/contracts/filmlinkd-environment';
import type { LogEntry } from '../../../services/contracts/log-entry';
import { Metrics } from '../../../services/shard/metrics';
import { Pace } from '../../../services/shard/posting/pace';
import { Poster } from '../../../services/shard/posting/poster';
import { PacedSender } from '../../../services/shard/posting/sending';
import { ChannelDouble } from '../../support/film/channel-double';
import { LeapingClock } from '../../support/film/leaping-clock';
import { MemoryDeliveries } from '../../support/film/memory-deliveries';
import { MemoryUsers } from '../../support/film/memory-users';
import { entryOf } from '../../support/log-entries';

const DAY = 86_400_000;

/** Discord, the stores, and as many processes as a test starts. */
function world({ nonceWindow }: { nonceWindow?: number } = {}) {
  const clock = new LeapingClock();
  const discord = new ChannelDouble(clock, nonceWindow);
  const users = new MemoryUsers();
  const deliveries = new MemoryDeliveries(clock.now);
  const start = (owner: string, postsPerSecond = 50) => {
    const metrics = new Metrics(new Registry());
    const sender = new PacedSender(discord, new Pace(postsPerSecond, clock), clock, metrics);
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const poster = new Poster({ channels: discord, sender, users, deliveries, emoji: emoji.parse({}), clock, metrics, log, owner, concurrency: 5 });
    let messages = 0;
    return {
      poster,
      metrics,
      /** A message, and everything that comes of it. */
      receive: async (entry: LogEntry, channelId?: string, id = `${owner}-${++messages}`) => {
        await poster.post({ message: { entry, ...(channelId && { channelId }) }, id, since: entry.publishedDate });
        while (poster.size > 0) await new Promise(setImmediate);
      },
      results: async () => Object.fromEntries((await metrics.posts.get()).values.map(({ labels, value }) => [labels.result, value])),
    };
  };
  return {
    clock,
    discord,
    users,
    deliveries,
    start,
    entry: (lid: string, more: Partial<LogEntry> = {}) => entryOf(lid, { publishedDate: clock.now(), filmTitle: lid, filmYear: 0, ...more }),
  };
}

test('an entry is in every channel that follows its user, and recorded', async () => {
  const { discord, users, deliveries, start, entry } = world();
  users.add({ letterboxdId: 'u1', displayName: 'Ada' }, 'c1', 'c2');
  users.add({ letterboxdId: 'u2' }, 'c3');
  const { receive, results } = start('shard-1');
  await receive(entry('e1'));
  expect(discord.posts.map(({ channelId, embeds }) => [channelId, embeds[0]?.author?.name])).toEqual([
    ['c1', 'Ada watched...'],
    ['c2', 'Ada watched...'],
  ]);
  expect(deliveries.outcomes.get('e1 c2')).toEqual({ state: 'delivered', messageId: 'm2' });
  expect(await results()).toEqual({ posted: 2 });
});

test('a user whom nobody follows is no error', async () => {
  const { discord, start, entry } = world();
  const { receive, metrics } = start('shard-1');
  await receive(entry('e1'));
  expect(discord.requests).toEqual([]);
  expect((await metrics.entries.get()).values).toMatchObject([{ labels: { result: 'unknown-user' }, value: 1 }]);
});

test('a repeated publication posts nothing, by memory and by the store', async () => {
  const { discord, users, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1');
  await start('shard-1').receive(entry('e1'));
  const again = start('shard-1'); // restarted
  for (let i = 0; i < 3; i += 1) await again.receive(entry('e1'));
  expect(discord.requests).toHaveLength(1);
  expect(await again.results()).toEqual({ repeated: 3 });
});

test('a success in one channel hides no failure in another', async () => {
  const { discord, users, deliveries, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1', 'c2');
  discord.states.set('c2', { kind: 'closed', reason: 'missing permission: Embed Links' });
  const { receive } = start('shard-1');
  await receive(entry('e1'));
  expect(deliveries.outcomes.has('e1 c2')).toBe(false);
  discord.states.delete('c2');
  await receive(entry('e1'));
  expect([discord.titles('c1'), discord.titles('c2')]).toEqual([['e1'], ['e1']]);
});

test('an answer that was lost is asked for again with the same nonce: one message', async () => {
  const { discord, users, deliveries, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1');
  discord.faults.push('lost', 'lost');
  await start('shard-1').receive(entry('e1'));
  expect(new Set(discord.requests.map(({ nonce }) => nonce)).size).toBe(1);
  expect(discord.requests).toHaveLength(3);
  expect(discord.titles('c1')).toEqual(['e1']);
  expect(deliveries.outcomes.get('e1 c1')).toEqual({ state: 'delivered', messageId: 'm1' });
});

test('a process that dies between the post and its record is made good by another: one message', async () => {
  const { clock, discord, users, deliveries, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1');
  await start('shard-1').receive(entry('e1'));
  deliveries.outcomes.clear(); // it died before
  const other = start('shard-2');
  await other.receive(entry('e1'));
  expect(await other.results()).toEqual({ busy: 1 });
  clock.pass(61_000);
  await other.receive(entry('e1'));
  expect(await other.results()).toEqual({ busy: 1, posted: 1 });
  expect(discord.requests).toHaveLength(2);
  expect(discord.titles('c1')).toEqual(['e1']);
});

test('without the nonce that would be two messages', async () => {
  const { clock, discord, users, deliveries, start, entry } = world({ nonceWindow: 0 });
  users.add({ letterboxdId: 'u1' }, 'c1');
  await start('shard-1').receive(entry('e1'));
  deliveries.outcomes.clear();
  clock.pass(61_000);
  await start('shard-2').receive(entry('e1'));
  expect(discord.titles('c1')).toEqual(['e1', 'e1']);
});

test('two processes with the same channels post once, also at the same moment', async () => {
  const { discord, users, start, entry } = world({ nonceWindow: 0 });
  users.add({ letterboxdId: 'u1' }, 'c1', 'c2', 'c3');
  const [a, b] = [start('shard-1'), start('shard-2')];
  const entries = Array.from({ length: 20 }, (_, index) => entry(`e${index}`));
  await Promise.all(entries.flatMap((item) => [a.receive(item), b.receive(item)]));
  expect(discord.posts).toHaveLength(60);
  expect(discord.requests).toHaveLength(60);
});

test('a server that is down: the claim is given back, and the next publication succeeds', async () => {
  const { discord, users, deliveries, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1');
  discord.faults.push('down', 'down', 'down', 'down', 'down', 'down');
  const { receive, results } = start('shard-1');
  await receive(entry('e1'));
  expect(discord.requests).toHaveLength(6);
  expect(deliveries.claims.size).toBe(0);
  await start('shard-2').receive(entry('e1'));
  expect(discord.titles('c1')).toEqual(['e1']);
  expect(await results()).toEqual({ failed: 1 });
});

test('a 429 is waited for, and holds up other channels only when it is for all', async () => {
  const { clock, discord, users, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1');
  users.add({ letterboxdId: 'u2' }, 'c2');
  const begin = clock.now();
  const { poster, receive, metrics } = start('shard-1');
  discord.faults.push({ wait: 5000 });
  await poster.post({ message: { entry: entry('e1') }, id: '1', since: begin });
  await receive(entry('e2', { userLid: 'u2' }));
  const at = (channel: string) => (discord.posts.find(({ channelId }) => channelId === channel)?.at ?? 0) - begin;
  expect(at('c2')).toBeLessThan(1000);
  expect(at('c1')).toBeGreaterThanOrEqual(5000);
  expect((await metrics.limited.get()).values[0]?.value).toBe(1);

  discord.faults.push({ wait: 9000, everywhere: true });
  const then = clock.now();
  await poster.post({ message: { entry: entry('e3') }, id: '3', since: then });
  await receive(entry('e4', { userLid: 'u2' }));
  expect(Math.min(...discord.posts.slice(2).map((post) => post.at)) - then).toBeGreaterThanOrEqual(9000);
  expect(discord.posts).toHaveLength(4);
});

test('a channel that is limited for long is not asked again before its time', async () => {
  const { clock, discord, users, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1');
  const { receive } = start('shard-1');
  discord.faults.push({ wait: 90_000 });
  for (const lid of ['e1', 'e2', 'e3']) await receive(entry(lid));
  expect(discord.requests).toHaveLength(1);
  clock.pass(91_000);
  for (const lid of ['e1', 'e2', 'e3']) await receive(entry(lid));
  expect(discord.titles('c1')).toEqual(['e1', 'e2', 'e3']);
});

test('a pause for all that is longer than a claim gives the claims back', async () => {
  const { clock, discord, users, deliveries, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1', 'c2');
  const { receive } = start('shard-1');
  discord.faults.push({ wait: 120_000, everywhere: true });
  await receive(entry('e1'));
  expect(deliveries.claims.size).toBe(0);
  expect(discord.titles('c1')).toEqual([]);
  clock.pass(120_000);
  await receive(entry('e1'));
  expect([discord.titles('c1'), discord.titles('c2')]).toEqual([['e1'], ['e1']]);
});

test('never more than so many a second', async () => {
  const { discord, users, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, ...Array.from({ length: 30 }, (_, index) => `c${index}`));
  discord.faults.push('down', undefined, 'lost');
  await start('shard-1', 4).receive(entry('e1'));
  const times = discord.requests.map(({ at }) => at).sort((a, b) => a - b);
  expect(discord.posts).toHaveLength(30);
  expect(times).toHaveLength(32);
  for (const [index, at] of times.slice(1).entries()) expect(at - (times[index] as number)).toBeGreaterThanOrEqual(250);
});

test('a user who logs 60 films at once has all 60 posted, in their order', async () => {
  const { discord, users, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1', 'c2');
  const { poster, receive } = start('shard-1');
  const names = Array.from({ length: 60 }, (_, index) => `e${String(index).padStart(2, '0')}`);
  for (const name of names) await poster.post({ message: { entry: entry(name) }, id: name, since: 0 });
  await receive(entry('last'));
  expect(discord.titles('c1')).toEqual([...names, 'last']);
  expect(discord.titles('c2')).toEqual([...names, 'last']);
});

test.each([['a missing permission that is seen before'], ['one that Discord tells']])('%s is tried for a day, then recorded', async (how) => {
  const { clock, discord, users, deliveries, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1');
  const seen = how.includes('before');
  if (seen) discord.states.set('c1', { kind: 'closed', reason: 'missing permission: Send Messages' });
  const { receive, results } = start('shard-1');
  const e1 = entry('e1');
  const next = () => {
    if (!seen) discord.faults.push('refused');
    return receive(e1);
  };
  await next();
  clock.pass(DAY - 1000);
  await next();
  expect(deliveries.outcomes.size).toBe(0);
  expect(deliveries.claims.size).toBe(0);
  clock.pass(2000);
  await next();
  expect(deliveries.outcomes.get('e1 c1')).toEqual({
    state: 'undeliverable',
    reason: seen ? 'missing permission: Send Messages' : 'Discord refuses the message: 50013 Missing Permissions',
  });
  expect(await results()).toEqual({ closed: 2, undeliverable: 1 });
  discord.faults.length = 0;
  await next();
  expect(discord.posts).toEqual([]);
});

test('channels of other processes, and those of shards that are not connected, are left alone', async () => {
  const { clock, discord, users, deliveries, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1', 'c2');
  discord.states.set('c1', { kind: 'elsewhere' }).set('c2', { kind: 'unknown', reason: 'connecting' });
  const { receive, results } = start('shard-1');
  const e1 = entry('e1');
  clock.pass(2 * DAY);
  await receive(e1);
  expect([deliveries.outcomes.size, deliveries.claims.size, discord.requests.length]).toEqual([0, 0, 0]);
  expect(await results()).toEqual({ elsewhere: 1, waiting: 1 });
});

test('what is posted and cannot be recorded is recorded when it comes again, and not posted', async () => {
  const { discord, users, deliveries, start, entry } = world({ nonceWindow: 0 });
  users.add({ letterboxdId: 'u1' }, 'c1');
  const { receive, results } = start('shard-1');
  deliveries.failingRecords = 4;
  await receive(entry('e1'));
  expect(deliveries.outcomes.size).toBe(0);
  await receive(entry('e1'));
  expect(deliveries.outcomes.size).toBe(1);
  expect(discord.requests).toHaveLength(1);
  expect(await results()).toEqual({ unrecorded: 1, repeated: 1 });
});

test('a message for one channel goes there only, and is not recorded', async () => {
  const { discord, users, deliveries, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1');
  const { receive } = start('shard-1');
  await receive(entry('e1', { publishSource: 'Follow' }), 'c9', 'message-1');
  await receive(entry('e1', { publishSource: 'Follow' }), 'c9', 'message-1');
  expect(discord.posts.map(({ channelId }) => channelId)).toEqual(['c9']);
  expect(discord.requests).toHaveLength(1);
  expect([deliveries.outcomes.size, deliveries.claims.size]).toEqual([0, 0]);
});

test('a test may be asked for twice, and its user need not be known', async () => {
  const { discord, start, entry } = world();
  const { receive } = start('shard-1');
  await receive(entry('e1', { publishSource: 'Help' }), 'c9');
  await receive(entry('e1', { publishSource: 'Help' }), 'c9');
  expect(discord.titles('c9')).toEqual(['e1', 'e1']);
});

test('a message for one channel waits for its shard a little', async () => {
  const { clock, discord, start, entry } = world();
  discord.states.set('c9', { kind: 'unknown', reason: 'connecting' });
  const { poster } = start('shard-1');
  void clock.sleep(4000).then(() => discord.states.delete('c9'));
  await poster.post({ message: { entry: entry('e1'), channelId: 'c9' }, id: '1', since: 0 });
  expect(discord.titles('c9')).toEqual(['e1']);
});

test('the end of the process gives up what waits, with its claims', async () => {
  const { discord, users, deliveries, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1', 'c2', 'c3');
  discord.send = (_, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const { poster } = start('shard-1');
  for (let index = 0; index < 50; index += 1) await poster.post({ message: { entry: entry(`e${index}`) }, id: `${index}`, since: 0 });
  const begin = Date.now();
  await poster.close(50);
  expect(Date.now() - begin).toBeLessThan(2000);
  expect(poster.size).toBe(0);
  expect([...deliveries.claims.values()]).toEqual([]);
});

test('a message for one channel that waits when the process ends is left to the next one, which posts it', async () => {
  const { discord, start, entry } = world();
  const send = discord.send.bind(discord);
  discord.send = (_, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const { poster } = start('shard-1');
  const posted = [1, 2].map((index) => poster.post({ message: { entry: entry(`e${index}`), channelId: 'c9' }, id: `m${index}`, since: 0 }));
  const again = poster.post({ message: { entry: entry('e2'), channelId: 'c9' }, id: 'm2', since: 0 }); // its deadline was over
  const ends = Promise.allSettled([...posted, again]);
  while (poster.size < 2) await new Promise(setImmediate);
  await poster.close(50);
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  const late = poster.post({ message: { entry: entry('e3'), channelId: 'c9' }, id: 'm3', since: 0 });
  await expect(late).rejects.toThrow('the process ends');
  discord.send = send;
  const next = start('shard-1');
  await next.receive(entry('e1'), 'c9', 'm1');
  await next.receive(entry('e2'), 'c9', 'm2');
  expect(discord.titles('c9')).toEqual(['e1', 'e2']);
});

test('an entry of which no embed can be made is posted with its title and link', async () => {
  const { discord, users, start, entry } = world();
  users.add({ letterboxdId: 'u1' }, 'c1');
  const { receive } = start('shard-1');
  const odd = entry('e1', { filmTitle: 'Jeanne', filmYear: 1975 });
  Object.defineProperty(odd, 'review', {
    get: () => {
      throw new Error('no parser gets through');
    },
  });
  await receive(odd);
  expect(discord.posts.map(({ embeds }) => embeds)).toEqual([[{ color: 0xa700bd, title: 'Jeanne (1975)', url: 'https://boxd.it/e1' }]]);
});
