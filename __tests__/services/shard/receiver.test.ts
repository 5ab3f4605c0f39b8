import { Registry } from 'prom-client';
import type { Bus, Message } from '../../../services/runtime/bus/bus';
import { Metrics } from '../../../services/shard/metrics';
import type { Received } from '../../../services/shard/posting/poster';
import { Receiver } from '../../../services/shard/posting/receiver';
import { settled } from '../../support/fake-clock';
import { entryOf } from '../../support/log-entries';
import { RecordingLog } from '../../support/recording-log';

/** A subscription that a test feeds. */
function receiverWith(post: (received: Received) => Promise<void>, capacity?: number) {
  const published: [string, unknown][] = [];
  let handle: (message: Message) => Promise<void> | void = () => {};
  let isStopped = false;
  let refusal: Error | undefined;
  const bus: Bus = {
    publish: async (topic, data) => {
      if (refusal) throw refusal;
      published.push([topic, JSON.parse(data)]);
      return 'id';
    },
    subscribe: (_, handler) => {
      handle = handler;
      const stop = async () => {
        isStopped = true;
      };
      return { stop };
    },
    close: async () => {},
  };
  const metrics = new Metrics(new Registry());
  const log = new RecordingLog();
  const receiver = new Receiver({ bus, subscription: 's', logEntryTopic: 'log-entries', poisonTopic: 'poison', metrics, log, capacity }, post);
  receiver.start();
  return {
    receiver,
    published,
    log,
    get isStopped() {
      return isStopped;
    },
    refuse: (error: Error | undefined) => {
      refusal = error;
    },
    feed: async (data: string, attributes = {}, id = 'b1') => handle({ id, data, attributes, publishedAt: new Date(), deliveryAttempt: 1 }),
    counted: async () => Object.fromEntries((await metrics.entries.get()).values.map(({ labels, value }) => [labels.result, value])),
  };
}

const body = (lid: string, more = {}) => JSON.stringify({ entry: entryOf(lid), ...more });

test('a message is acknowledged before its entry is posted', async () => {
  const posting = jest.fn(() => new Promise<void>(() => {}));
  const { feed, counted } = receiverWith(posting);
  await feed(body('e1'));
  await feed(body('e2'));
  expect(posting).toHaveBeenCalledTimes(1); // the second waits for the first
  expect(await counted()).toEqual({ queued: 2 });
});

test('entries are handed on in their order, with their age', async () => {
  const all: Received[] = [];
  const { feed } = receiverWith(async (received) => void all.push(received));
  await feed(body('e1'), {}, 'b1');
  await feed(body('e2'), { since: '1700000001000' }, 'b2');
  await settled();
  expect(all.map(({ message, id, since }) => [message.entry.lid, id, since])).toEqual([
    ['e1', 'b1', 1_700_000_000_000],
    ['e2', 'b2', 1_700_000_001_000],
  ]);
});

test.each([
  ['{', 'not JSON'],
  ['{}', 'entry: Invalid input'],
  [JSON.stringify({ entry: { ...entryOf('e1'), lid: '', type: 'nap' } }), 'entry.lid: is empty; entry.type: '],
])('%s is parked with its reason', async (data, reason) => {
  const { feed, published, counted } = receiverWith(async () => {
    throw new Error('must not be posted');
  });
  await feed(data, {}, 'b7');
  expect(published).toEqual([['poison', { topic: 'log-entries', messageId: 'b7', reason: expect.stringContaining(reason), data }]]);
  expect(await counted()).toEqual({ poison: 1 });
});

test('of a long message the beginning is parked', async () => {
  const { feed, published } = receiverWith(async () => {});
  await feed('x'.repeat(300_000));
  expect(published).toEqual([['poison', expect.objectContaining({ data: 'x'.repeat(100_000) })]]);
});

test('what cannot be parked comes again', async () => {
  const { feed, refuse } = receiverWith(async () => {});
  refuse(new Error('the bus is down'));
  await expect(feed('{')).rejects.toThrow('the bus is down');
});

test('a full queue forgets entries: they are published again', async () => {
  const { feed, counted, receiver } = receiverWith(() => new Promise(() => {}), 2);
  for (const lid of ['e1', 'e2', 'e3', 'e4']) await feed(body(lid)); // one is being posted, two wait
  expect(receiver.size).toBe(2);
  expect(await counted()).toEqual({ queued: 3, full: 1 });
});

test('a message for one channel only is acknowledged when it is posted, and comes again when it is not', async () => {
  let end: (error?: Error) => void = () => {};
  const { feed, log } = receiverWith(
    ({ message }) =>
      new Promise((resolve, reject) => {
        if (message.channelId) end = (error) => (error ? reject(error) : resolve());
      }),
    0,
  );
  await feed(body('e1')); // the queue is full
  let isAcknowledged = false;
  const first = feed(body('e2', { channelId: 'c1' })).then(() => {
    isAcknowledged = true;
  });
  await settled();
  expect(isAcknowledged).toBe(false);
  end();
  await first;
  const second = feed(body('e3', { channelId: 'c1' }));
  end(new Error('the process ends'));
  await expect(second).rejects.toThrow('the process ends');
  expect(log.lines.map(({ message }) => message)).toEqual(['not posted: the bus brings it again']);
});

test('a store that does not answer holds up nothing for long', async () => {
  const posted: string[] = [];
  const { feed, counted, log } = receiverWith(async ({ message }) => {
    if (message.entry.lid === 'e1') throw new Error('the store is down');
    posted.push(message.entry.lid);
  });
  await feed(body('e1'));
  await feed(body('e2'));
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(posted).toEqual(['e2']);
  expect(await counted()).toEqual({ queued: 2, failed: 1 });
  expect(log.lines.map(({ message }) => message)).toEqual(['its user cannot be read: it will be published again']);
});

test('the end hands on what waits', async () => {
  const posted: string[] = [];
  const fed = receiverWith(async ({ message }) => {
    await settled();
    posted.push(message.entry.lid);
  });
  for (const lid of ['e1', 'e2', 'e3']) await fed.feed(body(lid));
  await fed.receiver.close(1000);
  expect(fed.isStopped).toBe(true);
  expect(posted).toEqual(['e1', 'e2', 'e3']);
});

test('the end leaves, in time, what cannot be handed on', async () => {
  const fed = receiverWith(() => new Promise(() => {}));
  await fed.feed(body('e1'));
  await fed.feed(body('e2'));
  await fed.receiver.close(30);
  expect(fed.log.lines.at(-1)).toMatchObject({ fields: { entries: 1 }, message: 'left for the next publication' });
});
