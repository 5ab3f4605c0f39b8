/** A message as a subscriber gets it. */
export interface Message {
  /** The bus's own; the same at every delivery. */
  readonly id: string;
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly publishedAt: Date;
  /** Counts from 1. 1 also where the bus does not count. */
  readonly deliveryAttempt: number;
}

/** A message on its way to the bus. */
export interface Outgoing {
  /** A short name. */
  readonly topic: string;
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface SubscribeOptions {
  /** Messages that are handled at the same time, at most. On Pub/Sub up to five times so many are held in memory: it counts for each of its streams. @default 10 */
  readonly concurrency?: number;
  /** Told of what goes wrong beside the handler; the subscription goes on by itself. */
  readonly onError?: (error: Error) => void;
}

/** A topic or a subscription does not exist: the message says how to make it. */
export class MissingError extends Error {
  override readonly name = 'MissingError';
}

/** A running subscription. */
export interface Subscription {
  /** Takes no more messages, and waits for those that are being handled. */
  stop(): Promise<void>;
}

/**
 * Topics and subscriptions as Pub/Sub has them, at least once: what a subscriber did not acknowledge within the
 * subscription's deadline comes again, to any process that subscribes by that name. The order is not promised.
 * They are made beforehand, by the infrastructure; see `provision` of the adapters for tests and local runs.
 */
export interface Bus {
  /** Resolves with the message's id when the message is durable. `topic` is a short name. Rejects when that cannot be had within a minute. */
  publish(topic: string, data: string, attributes?: Readonly<Record<string, string>>): Promise<string>;
  /**
   * Calls `handle` for every message. Its end acknowledges, its failure gives the message back for another delivery. A topic or
   * subscription that is missing (an emulator forgets them when it restarts) is waited for.
   */
  subscribe(subscription: string, handle: (message: Message) => Promise<void> | void, options?: SubscribeOptions): Subscription;
  /** Stops all subscriptions, and lets what is being published end. */
  close(): Promise<void>;
}

/** A topic to make, with a subscription. */
export interface SubscriptionSpec {
  readonly topic: string;
  /** @default none, the topic alone */
  readonly subscription?: string;
  /** Seconds until what was not acknowledged comes again. @default 10 */
  readonly ackDeadlineSeconds?: number;
  /** After so many deliveries a message goes to that topic instead. @default never */
  readonly deadLetter?: { readonly topic: string; readonly maxDeliveryAttempts: number };
}

/** A bus that can make its topics and subscriptions itself: for tests and local runs. What is there already stays. */
export interface ProvisionableBus extends Bus {
  provision(specs: readonly SubscriptionSpec[]): Promise<void>;
}
