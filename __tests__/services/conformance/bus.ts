import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, MissingError, type ProvisionableBus, type SubscriptionSpec } from '../../../services/runtime/bus/bus';
import { type BusSettings, openBus } from '../../../services/runtime/bus/open';
import type { BusLine, BusTask } from '../../support/programs/bus';
import { endProcesses, eventually, ServiceProcess } from '../../support/service-process';

/** A bus, and the least that it allows. */
export interface BusUnderTest {
  readonly settings: BusSettings;
  readonly ackDeadlineSeconds: number;
  readonly maxDeliveryAttempts: number;
}

/** What every bus keeps. Processes are real, and die by SIGKILL. */
export function busConformance(title: string, underTest: BusUnderTest): void {
  const { settings, ackDeadlineSeconds, maxDeliveryAttempts } = underTest;
  const opened: ProvisionableBus[] = [];
  const open = async () => {
    const bus = await openBus(settings);
    opened.push(bus);
    return bus;
  };
  /** A topic of the test's own, with subscriptions. */
  const setUp = async (more: Partial<SubscriptionSpec> = {}, subscriptions = 1) => {
    const name = `t-${randomUUID().slice(0, 8)}`;
    const bus = await open();
    const specs = Array.from({ length: subscriptions }, (_, index) => ({ topic: name, subscription: `${name}-${index}`, ackDeadlineSeconds, ...more }));
    await bus.provision(specs);
    return { bus, topic: name, subscription: `${name}-0`, specs };
  };
  const consumer = (consume: string, handling: number, concurrency = 10) =>
    new ServiceProcess<BusLine>('bus.ts', { bus: settings, consume, handling, concurrency } satisfies BusTask);
  const texts = (count: number) => Array.from({ length: count }, (_, index) => `message ${index}`);
  const of = (lines: readonly BusLine[], event: BusLine['event']) => lines.filter((line) => line.event === event);
  const dataOf = (lines: readonly BusLine[]) => [...new Set(lines.map(({ data }) => data as string))].sort();
  const patience = ackDeadlineSeconds * 3 + 20;
  // Pub/Sub's emulator goes on handing what was not acknowledged to a dead consumer as often as to a living one: each time costs a deadline
  const patienceWithTheDead = ackDeadlineSeconds * 20;

  describe(`a bus, ${title}`, () => {
    afterEach(async () => {
      await endProcesses();
      await Promise.all(opened.splice(0).map((bus) => bus.close()));
    });

    test('every subscription gets every message as it was published', async () => {
      const { bus, topic, specs } = await setUp({}, 3);
      const got: Message[][] = specs.map(() => []);
      for (const [index, { subscription }] of specs.entries()) bus.subscribe(subscription, (message) => void got[index]?.push(message));
      const sent: { data: string; attributes: Record<string, string> }[] = [
        { data: 'plain', attributes: {} },
        { data: 'a\0b "\\ \n ü 😀', attributes: { 'content-type': 'text', empty: '' } },
        { data: '', attributes: { only: 'attributes' } },
        { data: 'x'.repeat(1_000_000), attributes: {} },
      ];
      const before = Date.now();
      const ids = await Promise.all(sent.map(({ data, attributes }) => bus.publish(topic, data, attributes)));
      expect(new Set(ids).size).toBe(sent.length);
      await eventually(() => got.every((messages) => messages.length >= sent.length), patience);
      for (const messages of got) {
        const inOrder = ids.map((wanted) => messages.find(({ id }) => id === wanted));
        expect(inOrder).toMatchObject(sent.map((message, index) => ({ id: ids[index], ...message, deliveryAttempt: 1 })));
        for (const message of messages) expect(Math.abs(message.publishedAt.getTime() - before)).toBeLessThan(60_000);
      }
    });

    test('consumers in several processes share the messages of one subscription', async () => {
      const { bus, topic, subscription } = await setUp();
      const consumers = [0, 1, 2].map(() => consumer(subscription, 20, 2));
      await Promise.all(consumers.map((process) => process.until(1)));
      const sent: string[] = [];
      const done = () => consumers.flatMap(({ lines }) => of(lines, 'done'));
      // until each has had some: a stream takes its time to be there
      while (consumers.some(({ lines }) => of(lines, 'done').length === 0) && sent.length < 1000) {
        const wave = texts(20).map((data) => `${sent.length} ${data}`);
        sent.push(...wave);
        await Promise.all(wave.map((data) => bus.publish(topic, data)));
        await eventually(() => dataOf(done()).length === sent.length, patience);
      }
      for (const { lines } of consumers) expect(of(lines, 'done').length).toBeGreaterThan(0);
      // nobody died: in a file each was handled once; Pub/Sub may bring some again after the deadline, but not each to everybody
      if (settings.kind === 'embedded') expect(done()).toHaveLength(sent.length);
      else expect(done().length).toBeLessThan(2 * sent.length);
    });

    test('a message whose handler fails comes again', async () => {
      const { bus, topic, subscription } = await setUp();
      const ids: string[] = [];
      bus.subscribe(subscription, ({ id }) => {
        ids.push(id);
        if (ids.length < 3) throw new Error('not yet');
      });
      const id = await bus.publish(topic, 'again');
      await eventually(() => ids.length >= 3, patience);
      await sleep(500);
      expect(ids).toEqual([id, id, id]);
    });

    test('what a consumer holds that stands still comes again after the deadline, and its late acknowledgement breaks nothing', async () => {
      const { bus, topic, subscription } = await setUp();
      const slow = consumer(subscription, 300);
      await slow.until(1);
      await bus.publish(topic, 'held');
      await slow.until(2, patience);
      slow.kill('SIGSTOP');
      const stopped = Date.now();
      const got: Message[] = [];
      bus.subscribe(subscription, (message) => void got.push(message));
      await eventually(() => got.length > 0, patienceWithTheDead);
      expect(Date.now() - stopped).toBeGreaterThan(ackDeadlineSeconds * 500);
      slow.kill('SIGCONT');
      await slow.until(3, patienceWithTheDead);
      await bus.publish(topic, 'next');
      await eventually(() => [...got.map(({ data }) => data), ...slow.lines.map(({ data }) => data)].includes('next'), patience);
    });

    test('a consumer that is killed loses nothing', async () => {
      const { bus, topic, subscription } = await setUp();
      const victim = consumer(subscription, -1, 5);
      await victim.until(1);
      const sent = texts(20);
      await Promise.all(sent.map((data) => bus.publish(topic, data)));
      await victim.until(6, patience);
      victim.kill('SIGKILL');
      expect((await victim.ended).signal).toBe('SIGKILL');
      const heir = consumer(subscription, 0);
      await eventually(() => dataOf(of(heir.lines, 'done')).length === sent.length, patienceWithTheDead);
    });

    test('a handler that takes longer than the deadline keeps its message', async () => {
      const { bus, topic, subscription } = await setUp();
      const slow = consumer(subscription, ackDeadlineSeconds * 2000);
      await slow.until(1);
      await bus.publish(topic, 'long');
      await slow.until(2, patience);
      const others: Message[] = [];
      bus.subscribe(subscription, (message) => void others.push(message));
      await slow.until(3, patience);
      await sleep(ackDeadlineSeconds * 500);
      expect(others).toEqual([]);
      expect(slow.lines.map(({ event }) => event)).toEqual(['ready', 'got', 'done']);
    });

    test('no more are handled at a time than was asked for', async () => {
      const { bus, topic, subscription } = await setUp();
      let [now, most, handled] = [0, 0, 0];
      await Promise.all(texts(20).map((data) => bus.publish(topic, data)));
      const handle = async () => {
        now += 1;
        most = Math.max(most, now);
        await sleep(20);
        now -= 1;
        handled += 1;
      };
      bus.subscribe(subscription, handle, { concurrency: 3 });
      await eventually(() => handled >= 20, patience);
      expect(most).toBe(3);
    });

    test('a message that fails too often goes to the dead-letter topic', async () => {
      const graveyard = `dead-${randomUUID().slice(0, 8)}`;
      const { bus, topic, subscription } = await setUp({ deadLetter: { topic: graveyard, maxDeliveryAttempts } });
      await bus.provision([{ topic: graveyard, subscription: graveyard }]);
      const attempts: number[] = [];
      const dead: Message[] = [];
      bus.subscribe(graveyard, (message) => void dead.push(message));
      bus.subscribe(subscription, ({ deliveryAttempt }) => {
        attempts.push(deliveryAttempt);
        throw new Error('never');
      });
      await bus.publish(topic, 'poison', { kind: 'bad' });
      await eventually(() => dead.length > 0, patience);
      expect(dead).toMatchObject([{ data: 'poison', attributes: { kind: 'bad', CloudPubSubDeadLetterSourceSubscription: subscription } }]);
      expect(attempts).toEqual(Array.from({ length: maxDeliveryAttempts }, (_, index) => index + 1));
    });

    test('closing waits for what is handled, and gives back what was not begun', async () => {
      const { topic, subscription, bus } = await setUp();
      const other = await open();
      let [begun, ended] = [0, 0];
      const handle = async () => {
        begun += 1;
        await sleep(300);
        ended += 1;
      };
      other.subscribe(subscription, handle, { concurrency: 2 });
      await Promise.all(texts(5).map((data) => bus.publish(topic, data)));
      await eventually(() => begun === 2, patience);
      await other.close();
      expect({ begun, ended }).toEqual({ begun: 2, ended: 2 });
      await expect(other.publish(topic, 'late')).rejects.toThrow('closed');
      const rest: string[] = [];
      bus.subscribe(subscription, ({ data }) => void rest.push(data));
      await eventually(() => new Set(rest).size >= 3, patience);
      await sleep(300);
      expect(rest).toHaveLength(3);
    });

    test('what is published survives the death of its publisher in the next moment', async () => {
      const { bus, topic, subscription } = await setUp();
      const sent = texts(5);
      const publisher = new ServiceProcess<BusLine>('bus.ts', { bus: settings, publish: topic, messages: sent, die: true } satisfies BusTask);
      expect((await publisher.ended).signal).toBe('SIGKILL');
      const got = new Set<string>();
      bus.subscribe(subscription, ({ data }) => void got.add(data));
      await eventually(() => got.size === sent.length, patience);
    });

    test('a topic and a subscription that are missing are waited for', async () => {
      const bus = await open();
      const topic = `late-${randomUUID().slice(0, 8)}`;
      const problems: Error[] = [];
      const got: string[] = [];
      bus.subscribe(topic, ({ data }) => void got.push(data), { onError: (error) => problems.push(error) });
      const published = bus.publish(topic, 'patient');
      await eventually(() => problems.length > 0, patience);
      await bus.provision([{ topic, subscription: topic, ackDeadlineSeconds }]);
      await published;
      await bus.publish(topic, 'more');
      await eventually(() => got.includes('more'), patience);
      expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining(`the subscription ${topic} does not exist; waiting for it`)]);
      expect(problems[0]).toBeInstanceOf(MissingError);
    });

    test('a topic that stays missing is named', async () => {
      const bus = await open();
      const published = bus.publish('never-made', 'lost').catch((error) => error);
      await bus.close();
      expect(await published).toBeInstanceOf(MissingError);
      expect((await published).message).toContain('the topic never-made does not exist');
    });

    test('what no bus can carry is refused with the reasons', async () => {
      const { bus, topic } = await setUp();
      await expect(bus.publish(topic, '')).rejects.toThrow('it is empty');
      await expect(bus.publish(topic, 'ü'.repeat(5_000_001))).rejects.toThrow('its data are 10000002 bytes, 10000000 at most');
      await expect(bus.publish(topic, 'x', { 'google-x': 'y'.repeat(1025) })).rejects.toThrow(/starts with goog.*1025 bytes/);
    });
  });
}
