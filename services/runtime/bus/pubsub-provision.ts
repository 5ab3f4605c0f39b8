import type { PubSub } from '@google-cloud/pubsub';
import { codeOf, STATUS } from '../google/status';
import type { SubscriptionSpec } from './bus';

const RETENTION_SECONDS = 12 * 3600;

/** Makes topics and subscriptions as the estates make them. Pub/Sub wants a deadline of 10 to 600 s, and 5 to 100 attempts before a dead letter. */
export async function provision(client: PubSub, specs: readonly SubscriptionSpec[]): Promise<void> {
  const topics = new Set(specs.flatMap(({ topic, deadLetter }) => [topic, ...(deadLetter ? [deadLetter.topic] : [])]));
  await Promise.all([...topics].map((topic) => unlessThere(client.createTopic(topic))));
  await Promise.all(
    specs.map(async ({ topic, subscription, ackDeadlineSeconds = 10, deadLetter }) => {
      if (subscription === undefined) return;
      await unlessThere(
        client.topic(topic).createSubscription(subscription, {
          ackDeadlineSeconds,
          messageRetentionDuration: RETENTION_SECONDS,
          expirationPolicy: {},
          ...(deadLetter && {
            deadLetterPolicy: { deadLetterTopic: client.topic(deadLetter.topic).name, maxDeliveryAttempts: deadLetter.maxDeliveryAttempts },
          }),
        }),
      );
    }),
  );
}

async function unlessThere(making: Promise<unknown>): Promise<void> {
  try {
    await making;
  } catch (error) {
    if (codeOf(error) !== STATUS.ALREADY_EXISTS) throw error;
  }
}
