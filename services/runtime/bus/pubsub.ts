import { setTimeout as sleep } from 'node:timers/promises';
import { PubSub, type Topic } from '@google-cloud/pubsub';
import { codeOf, STATUS } from '../google/status';
import { type Message, MissingError, type Outgoing, type SubscribeOptions, type SubscriptionSpec } from './bus';
import { BusLifecycle } from './lifecycle';
import { provision } from './pubsub-provision';
import { PubSubSubscription } from './pubsub-subscription';

export interface PubSubBusSettings {
  /** The project's id. */
  readonly project: string;
}

/** What may be gone the next time; a missing topic is made again after an emulator's restart. */
const WORTH_RETRYING: ReadonlySet<number | undefined> = new Set([
  STATUS.CANCELLED,
  STATUS.UNKNOWN,
  STATUS.DEADLINE_EXCEEDED,
  STATUS.NOT_FOUND,
  STATUS.RESOURCE_EXHAUSTED,
  STATUS.ABORTED,
  STATUS.INTERNAL,
  STATUS.UNAVAILABLE,
]);
/** Milliseconds. No attempt begins in the minute's last seconds, so that none outlasts it. */
const ATTEMPT = 5000;
const LAST_ATTEMPT = 60_000 - ATTEMPT;
const PAUSE = { first: 100, longest: 2000 } as const;

/** Google's Pub/Sub; its emulator where PUBSUB_EMULATOR_HOST names one. */
export class PubSubBus extends BusLifecycle<PubSubSubscription> {
  private readonly client: PubSub;
  private readonly topics = new Map<string, Topic>();

  constructor({ project }: PubSubBusSettings) {
    super();
    this.client = new PubSub({ projectId: project });
  }

  provision(specs: readonly SubscriptionSpec[]): Promise<void> {
    return provision(this.client, specs);
  }

  protected start(subscription: string, handle: (message: Message) => Promise<void> | void, options: SubscribeOptions): PubSubSubscription {
    return new PubSubSubscription(this.client, subscription, handle, options);
  }

  protected release(): Promise<void> {
    return this.client.close();
  }

  private topic(name: string): Topic {
    let topic = this.topics.get(name);
    if (!topic) {
      const retry = { backoffSettings: { initialRetryDelayMillis: 100, retryDelayMultiplier: 2, maxRetryDelayMillis: 1000, totalTimeoutMillis: ATTEMPT } };
      topic = this.client.topic(name, { batching: { maxMilliseconds: 5 }, gaxOpts: { timeout: ATTEMPT, retry } });
      this.topics.set(name, topic);
    }
    return topic;
  }

  protected async send({ topic: name, data, attributes }: Outgoing): Promise<string> {
    const message = { data: Buffer.from(data), attributes: { ...attributes } };
    const started = Date.now();
    for (let pause: number = PAUSE.first; ; pause = Math.min(pause * 2, PAUSE.longest)) {
      try {
        return await this.topic(name).publishMessage(message);
      } catch (error) {
        if (!WORTH_RETRYING.has(codeOf(error)) || this.isClosed || Date.now() - started + pause > LAST_ATTEMPT) throw this.named(error, name);
        await sleep(pause, undefined, { signal: this.closing.signal }).catch(() => {}); // closing: one more attempt
      }
    }
  }

  private named(error: unknown, topic: string): unknown {
    if (codeOf(error) !== STATUS.NOT_FOUND) return error;
    return new MissingError(`the topic ${topic} does not exist. To make it: gcloud pubsub topics create ${topic} --project=${this.client.projectId}`);
  }
}
