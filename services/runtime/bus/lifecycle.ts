import type { Message, Outgoing, ProvisionableBus, SubscribeOptions, Subscription, SubscriptionSpec } from './bus';
import { checkMessage } from './limits';

/** What is the same on every bus: what cannot be carried is refused at once, and what was begun ends before the bus is closed. */
export abstract class BusLifecycle<Running extends Subscription> implements ProvisionableBus {
  protected readonly subscriptions = new Set<Running>();
  protected readonly closing = new AbortController();
  private readonly publishing = new Set<Promise<string>>();

  abstract provision(specs: readonly SubscriptionSpec[]): Promise<void>;
  /** Sends until it is durable. Once `closing` is aborted there is one more attempt, without a pause before it. */
  protected abstract send(message: Outgoing): Promise<string>;
  protected abstract start(subscription: string, handle: (message: Message) => Promise<void> | void, options: SubscribeOptions): Running;
  /** Nothing runs any more. */
  protected abstract release(): void | Promise<void>;

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
    const running = this.start(subscription, handle, options);
    this.subscriptions.add(running);
    return running;
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.closing.abort();
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    await Promise.allSettled(this.publishing);
    await this.release();
  }

  protected get isClosed(): boolean {
    return this.closing.signal.aborted;
  }
}
