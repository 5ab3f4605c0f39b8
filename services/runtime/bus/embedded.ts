import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, MissingError, type ProvisionableBus, type SubscribeOptions, type Subscription, type SubscriptionSpec } from './bus';
import { EmbeddedQueue, type Outgoing } from './embedded-queue';
import { EmbeddedSubscription } from './embedded-subscription';
import { checkMessage } from './limits';

export interface EmbeddedBusSettings {
  /** SQLite file, the same for all processes of a machine. Made when it is not there, in a folder that is. */
  readonly file: string;
}

/** Milliseconds. */
const PUBLISH_PATIENCE = 60_000;
const TOPIC_LOOK = 100;
const EXPIRE_EVERY = 600_000;

interface Waiting {
  readonly message: Outgoing;
  readonly resolve: (id: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** A bus in one file, for the processes of one machine. What is published survives the death of every process, and a power cut. */
export class EmbeddedBus implements ProvisionableBus {
  private readonly subscriptions = new Set<EmbeddedSubscription>();
  private readonly publishing = new Set<Promise<string>>();
  private readonly closing = new AbortController();
  private waiting: Waiting[] = [];
  private readonly expiring: NodeJS.Timeout;

  private constructor(private readonly queue: EmbeddedQueue) {
    this.expiring = setInterval(() => this.queue.expire().catch(() => {}), EXPIRE_EVERY).unref(); // the next time does
  }

  static async open({ file }: EmbeddedBusSettings): Promise<EmbeddedBus> {
    const queue = await EmbeddedQueue.open(file);
    await queue.expire();
    return new EmbeddedBus(queue);
  }

  provision(specs: readonly SubscriptionSpec[]): Promise<void> {
    return this.queue.provision(specs);
  }

  async publish(topic: string, data: string, attributes: Readonly<Record<string, string>> = {}): Promise<string> {
    if (this.isClosed) throw new Error(`${topic}: the bus is closed`);
    checkMessage(topic, data, attributes);
    const published = this.send({ topic, data, attributes });
    this.publishing.add(published);
    try {
      return await published;
    } finally {
      this.publishing.delete(published);
    }
  }

  subscribe(subscription: string, handle: (message: Message) => Promise<void> | void, options: SubscribeOptions = {}): Subscription {
    if (this.isClosed) throw new Error(`${subscription}: the bus is closed`);
    const running = new EmbeddedSubscription(this.queue, subscription, handle, options);
    this.subscriptions.add(running);
    return running;
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.closing.abort();
    clearInterval(this.expiring);
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    await Promise.allSettled(this.publishing);
    this.queue.close();
  }

  private get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  private async send(message: Outgoing): Promise<string> {
    const deadline = Date.now() + PUBLISH_PATIENCE;
    for (;;) {
      const id = await this.enqueue(message);
      if (id) {
        for (const subscription of this.subscriptions) subscription.look();
        return id;
      }
      if (this.isClosed || Date.now() > deadline) throw new MissingError(`the topic ${message.topic} does not exist; who subscribes to it makes it`);
      await sleep(TOPIC_LOOK, undefined, { signal: this.closing.signal }).catch(() => {}); // closing: one more attempt
    }
  }

  /** What is published in one turn of the event loop shares one flush of the disk. */
  private enqueue(message: Outgoing): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => this.flush());
      this.waiting.push({ message, resolve, reject });
    });
  }

  private async flush(): Promise<void> {
    const batch = this.waiting;
    this.waiting = [];
    try {
      const ids = await this.queue.publish(batch.map(({ message }) => message));
      for (const [index, { resolve }] of batch.entries()) resolve(ids[index]);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
