import { PubsubSubscription } from '@cdktf/provider-google/lib/pubsub-subscription';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { nameSeenFrom } from '../core/name-seen-from';
import { googleOf } from './provider';
import { serviceAgent } from './service-agent';
import type { ServiceIdentity } from './service-identity';

export interface TopicProps {
  readonly name: string;
  /** Keep what is published in a subscription of its own, `<name>-kept`, until somebody reads it: for dead letters. @default it is not kept */
  readonly keep?: boolean;
}

/** Days that messages are kept where nobody reads them at once; Pub/Sub's longest. */
const KEPT_SECONDS = 31 * 24 * 3600;

/** A Pub/Sub topic whose messages stay in the estate's region. */
export class Topic extends Construct {
  readonly name: string;
  private readonly topic: PubsubTopic;

  constructor(scope: Construct, id: string, { name, keep = false }: TopicProps) {
    super(scope, id);
    const lifecycle = { preventDestroy: EstateStack.of(this).protected };
    this.name = name;
    this.topic = new PubsubTopic(this, 'resource', { name, messageStoragePolicy: { allowedPersistenceRegions: [googleOf(this).region] }, lifecycle });
    if (keep) {
      new PubsubSubscription(this, 'kept', {
        name: `${name}-kept`,
        topic: this.topic.id,
        messageRetentionDuration: `${KEPT_SECONDS}s`,
        expirationPolicy: { ttl: '' }, // never: a quiet month must not delete a subscription
        lifecycle,
      });
    }
  }

  /** The topic's full name, `projects/P/topics/T`, as `user` sees it. */
  idSeenFrom(user: Construct): string {
    return nameSeenFrom(user, this, this.topic.id, `projects/${googleOf(this).project}/topics/${this.name}`);
  }

  /** The grant lives in the identity's stack: what is replaced often points at what holds data, never back. */
  grantPublish(to: ServiceIdentity): void {
    const topic = nameSeenFrom(to, this, this.topic.name, this.name);
    to.granted(new PubsubTopicIamMember(to, `publish-${this.name}`, { topic, role: 'roles/pubsub.publisher', member: to.member }));
  }

  /** Lets Pub/Sub itself put here what a subscription could not deliver. `scope` is that subscription's construct. */
  grantDeadLetters(scope: Construct): PubsubTopicIamMember {
    return new PubsubTopicIamMember(scope, 'dead-letters', {
      topic: nameSeenFrom(scope, this, this.topic.name, this.name),
      role: 'roles/pubsub.publisher',
      member: serviceAgent(scope, 'gcp-sa-pubsub'),
    });
  }
}
