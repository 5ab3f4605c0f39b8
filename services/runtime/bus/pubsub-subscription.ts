import { setTimeout as sleep } from 'node:timers/promises';
import { Duration, type PubSub, type Message as PubSubMessage, type Subscription as Stream, SubscriptionCloseBehaviors } from '@google-cloud/pubsub';
import { codeOf, STATUS } from '../google/status';
import { type Message, MissingError, type SubscribeOptions, type Subscription } from './bus';

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
  /** Messages beyond `concurrency`, which wait for their turn: the emulator sends more than it is asked for. */
  private readonly waiting: (() => void)[] = [];
  private free: number;
  private isMissing = false;
  private received = false;

  constructor(
    private readonly client: PubSub,
    private readonly name: string,
    private readonly handle: (message: Message) => Promise<void> | void,
    { concurrency = 10, onError = () => {} }: SubscribeOptions,
  ) {
    this.concurrency = concurrency;
    this.free = concurrency;
    this.onError = onError;
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const go of this.waiting.splice(0)) go();
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
      // holding excess back is ours: what the client itself holds back (allowExcessMessages: false) its close() waits for without ever handing it out
      flowControl: { maxMessages: this.concurrency, allowExcessMessages: true },
      // as many streams as Google's client opens by itself: one of the emulator's carries 2,000 messages a second and no more
      streamingOptions: { retryMaxBackoff: Duration.from({ seconds: 5 }) },
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
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.stopping.signal.aborted) {
      message.nack();
      return;
    }
    const handled = this.answer(message).finally(() => {
      this.handling.delete(handled);
      const next = this.waiting.shift();
      if (next) next();
      else this.free += 1;
    });
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
    const isMissing = codeOf(error) === STATUS.NOT_FOUND;
    if (!isMissing) this.onError(error);
    else if (!this.isMissing) {
      const command = `gcloud pubsub subscriptions create ${this.name} --topic=TOPIC --project=${this.client.projectId}`;
      this.onError(new MissingError(`the subscription ${this.name} does not exist; waiting for it. To make it: ${command}`));
    }
    this.isMissing = isMissing;
  }
}

/** Resolves with the error that ends the stream, or undefined when `signal` asks for its end. */
function broken(stream: Stream, signal: AbortSignal): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const stop = () => resolve(undefined);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    stream.on('error', resolve); // stays: a stream may fail more than once
    stream.on('close', () => {
      signal.removeEventListener('abort', stop);
      resolve(new Error(`${stream.name}: the stream was closed`));
    });
  });
}
