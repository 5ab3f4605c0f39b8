import { setTimeout as sleep } from 'node:timers/promises';
import { type Message, MissingError, type Outgoing, type SubscribeOptions, type SubscriptionSpec } from './bus';
import { EmbeddedQueue } from './embedded-queue';
import { EmbeddedSubscription } from './embedded-subscription';
import { BusLifecycle } from './lifecycle';

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
export class EmbeddedBus extends BusLifecycle<EmbeddedSubscription> {
  private waiting: Waiting[] = [];
  private readonly expiring: NodeJS.Timeout;

  private constructor(private readonly queue: EmbeddedQueue) {
    super();
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

  protected start(subscription: string, handle: (message: Message) => Promise<void> | void, options: SubscribeOptions): EmbeddedSubscription {
    return new EmbeddedSubscription(this.queue, subscription, handle, options);
  }

  protected release(): void {
    clearInterval(this.expiring);
    this.queue.close();
  }

  protected async send(message: Outgoing): Promise<string> {
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
