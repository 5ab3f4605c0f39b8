import { PubsubSubscription } from '@cdktf/provider-google/lib/pubsub-subscription';
import { PubsubSubscriptionIamMember } from '@cdktf/provider-google/lib/pubsub-subscription-iam-member';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { CloudFunction } from './cloud-function';
import { serviceAgent } from './service-agent';
import type { ServiceIdentity } from './service-identity';
import type { Topic } from './topic';

export interface PushSubscriptionProps {
  readonly name: string;
  readonly topic: Topic;
  /** Called with every message, as `caller`, until it answers 2xx. */
  readonly to: CloudFunction;
  /** The account that Pub/Sub calls as: it is granted the function. */
  readonly caller: ServiceIdentity;
  /** Seconds that a call may take, 10 to 600. */
  readonly ackDeadlineSeconds: number;
  /** Where a message goes that was refused so many times, 5 to 100. */
  readonly deadLetter: { readonly topic: Topic; readonly attempts: number };
}

/** A subscription that calls a function. Unlike an Eventarc trigger it has a dead-letter topic: a poisonous message comes to rest, and is kept. */
export class PushSubscription extends Construct {
  constructor(scope: Construct, id: string, props: PushSubscriptionProps) {
    super(scope, id);
    const { name, topic, to, caller, ackDeadlineSeconds, deadLetter } = props;
    const invoker = to.grantInvoke(caller);
    const agent = caller.grantImpersonation('gcp-sa-pubsub');
    const subscription = new PubsubSubscription(this, 'resource', {
      name,
      topic: topic.idSeenFrom(this),
      ackDeadlineSeconds,
      messageRetentionDuration: '604800s', // a week: longer than anybody is away
      expirationPolicy: { ttl: '' }, // never: a quiet month must not delete a subscription
      retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
      pushConfig: { pushEndpoint: to.uri, oidcToken: { serviceAccountEmail: caller.email, audience: to.uri } },
      deadLetterPolicy: { deadLetterTopic: deadLetter.topic.idSeenFrom(this), maxDeliveryAttempts: deadLetter.attempts },
      lifecycle: { preventDestroy: EstateStack.of(this).protected },
      dependsOn: [invoker, agent, deadLetter.topic.grantDeadLetters(this)],
    });
    // Pub/Sub takes a message off this subscription itself when it parks it.
    new PubsubSubscriptionIamMember(this, 'agent-takes', {
      subscription: subscription.name,
      role: 'roles/pubsub.subscriber',
      member: serviceAgent(this, 'gcp-sa-pubsub'),
    });
  }
}
