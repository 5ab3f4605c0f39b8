import { setTimeout as sleep } from 'node:timers/promises';
import { Duration, type PubSub, type Message as PubSubMessage, type Subscription as Stream, SubscriptionCloseBehaviors } from '@google-cloud/pubsub';
import { codeOf, STATUS } from '../google/status';
import type { Message, SubscribeOptions, Subscription } from './bus';

/** Milliseconds before a stream that broke for good is opened again. */
const REOPEN = { first: 250, longest: 5000 } as const;
/** As long as a message is kept at all. */
const LONGEST_HANDLING = Duration.from({ hours: 12 });

/** A streaming pull that is opened again whenever Google's client gives it up. */
export class PubSubSubscription implements Subscription {
  private readonly concurrency: number;
  private readonly onError: (error: Error) => void;
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;
  /** Also those of streams that broke: they count, until they end. */
  private readonly handling = new Set<Promise<void>>();
  private isMissing = false;
  private received = false;

  constructor(
    private readonly client: PubSub,
    private readonly name: string,
    private readonly handle: (message: Message) => Promise<void> | void,
    { concurrency = 10, onError = () => {} }: SubscribeOptions,
  ) {
    this.concurrency = concurrency;
    this.onError = onError;
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await Promise.all(this.handling);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    let pause: number = REOPEN.first;
    while (!signal.aborted) {
      this.received = false;
      const stream = this.open();
      const error = await broken(stream, signal);
      // of a stream that works this waits for what is being handled, and gives back what was not begun
      await stream.close().catch(this.onError);
      if (!error) return;
      this.report(error);
      pause = this.received ? REOPEN.first : Math.min(pause * 2, REOPEN.longest);
      await sleep(pause, undefined, { signal }).catch(() => {}); // stopped
    }
  }

  private open(): Stream {
    const stream = this.client.subscription(this.name, {
      flowControl: { maxMessages: this.concurrency, allowExcessMessages: false },
      streamingOptions: { maxStreams: 1, retryMaxBackoff: Duration.from({ seconds: 5 }) },
      batching: { maxMilliseconds: 10 }, // of acknowledgements: the next message waits for them
      maxExtensionTime: LONGEST_HANDLING,
      closeOptions: { behavior: SubscriptionCloseBehaviors.WaitForProcessing, timeout: LONGEST_HANDLING },
    });
    stream.on('message', (message: PubSubMessage) => this.deliver(message));
    return stream;
  }

  private async deliver(message: PubSubMessage): Promise<void> {
    this.received = true;
    this.isMissing = false;
    while (this.handling.size >= this.concurrency) await Promise.race(this.handling);
    if (this.stopping.signal.aborted) return message.nack();
    const handled = this.answer(message).finally(() => this.handling.delete(handled));
    this.handling.add(handled);
  }

  private async answer(message: PubSubMessage): Promise<void> {
    const { id, data, attributes, publishTime, deliveryAttempt } = message;
    try {
      await this.handle({ id, data: data.toString(), attributes, publishedAt: new Date(publishTime), deliveryAttempt: deliveryAttempt || 1 });
      message.ack();
    } catch {
      message.nack(); // the handler has said what there is to say
    }
  }

  private report(error: Error): void {
    if (codeOf(error) !== STATUS.NOT_FOUND) return this.onError(error);
    if (!this.isMissing) this.onError(new Error(`the subscription ${this.name} does not exist; waiting for it`, { cause: error }));
    this.isMissing = true;
  }
}

/** Resolves with the error that ends the stream, or undefined when `signal` asks for its end. */
function broken(stream: Stream, signal: AbortSignal): Promise<Error | undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    stream.on('error', resolve);
    stream.on('close', () => resolve(new Error(`${stream.name}: the stream was closed`)));
  });
}
