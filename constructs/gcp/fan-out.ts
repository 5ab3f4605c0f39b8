import { PubsubSubscription } from '@cdktf/provider-google/lib/pubsub-subscription';
import { PubsubSubscriptionIamMember } from '@cdktf/provider-google/lib/pubsub-subscription-iam-member';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { nameSeenFrom } from '../core/name-seen-from';
import { serviceAgent } from './service-agent';
import type { ServiceIdentity } from './service-identity';
import { Topic } from './topic';

export interface FanOutProps {
  /** Stem of all names: `<stem>-topic`, `<stem>-subscription`, `<stem>-subscription-<consumer>`. */
  readonly stem: string;
  /** Who receives *every* message: one subscription each, or they would steal each other's. At least one. */
  readonly consumers: readonly string[];
  /** The consumer whose subscription keeps the plain name, for good: adding another renames nothing. */
  readonly plainConsumer: string;
  /** Where a message goes that was delivered so many times, 5 to 100, and never acknowledged: its consumers die of it. */
  readonly deadLetters: { readonly topic: Topic; readonly attempts: number };
  /** Seconds until an unacknowledged message is sent again, 10 to 600. @default 10 */
  readonly ackDeadlineSeconds?: number;
  /** How long an unread message is kept. @default '43200s', 12 hours */
  readonly retention?: string;
}

/** A topic with a subscription of its own for each consumer: everybody hears everything. */
export class FanOut extends Construct {
  readonly topic: Topic;
  private readonly subscriptions = new Map<string, { readonly name: string; readonly resource: PubsubSubscription }>();

  constructor(scope: Construct, id: string, props: FanOutProps) {
    super(scope, id);
    const { stem, consumers, plainConsumer, deadLetters, ackDeadlineSeconds = 10, retention = '43200s' } = props;
    if (consumers.length === 0) throw new Error(`${this.node.path}: a topic without consumers loses every message; name at least one`);
    if (!consumers.includes(plainConsumer))
      throw new Error(`${this.node.path}: the plain name is for '${plainConsumer}', who is not a consumer; there is ${consumers.join(', ')}`);

    this.topic = new Topic(this, 'topic', { name: `${stem}-topic` });
    for (const consumer of consumers) {
      const name = consumer === plainConsumer ? `${stem}-subscription` : `${stem}-subscription-${consumer}`;
      const resource = new PubsubSubscription(this, consumer, {
        name,
        topic: this.topic.idSeenFrom(this),
        ackDeadlineSeconds,
        messageRetentionDuration: retention,
        expirationPolicy: { ttl: '' }, // never: a quiet day must not delete a subscription
        deadLetterPolicy: { deadLetterTopic: deadLetters.topic.idSeenFrom(this), maxDeliveryAttempts: deadLetters.attempts },
        lifecycle: { preventDestroy: EstateStack.of(this).protected },
      });
      // Pub/Sub takes a message off the subscription itself when it parks it
      new PubsubSubscriptionIamMember(this, `agent-takes-${consumer}`, {
        subscription: resource.name,
        role: 'roles/pubsub.subscriber',
        member: serviceAgent(this, 'gcp-sa-pubsub'),
      });
      this.subscriptions.set(consumer, { name, resource });
    }
  }

  /** The consumer's own subscription, by its plain name. */
  subscriptionOf(consumer: string): string {
    return this.of(consumer).name;
  }

  /** The grant lives in the identity's stack: what is replaced often points at what holds data, never back. */
  grantConsume(to: ServiceIdentity, consumer: string): void {
    const { name, resource } = this.of(consumer);
    const subscription = nameSeenFrom(to, this, resource.name, name);
    to.granted(new PubsubSubscriptionIamMember(to, `consume-${name}`, { subscription, role: 'roles/pubsub.subscriber', member: to.member }));
  }

  private of(consumer: string) {
    const found = this.subscriptions.get(consumer);
    if (!found) throw new Error(`${this.node.path}: no consumer '${consumer}'; there is ${[...this.subscriptions.keys()].join(', ')}`);
    return found;
  }
}
