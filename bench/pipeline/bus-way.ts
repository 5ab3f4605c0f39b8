import { PubSub } from '@google-cloud/pubsub';
import { type LogEntryMessage, logEntryMessage } from '../../services/contracts/log-entry';
import { openBus } from '../../services/runtime/bus/open';

/** How log entries go through Pub/Sub: by our adapter, or by Google's library alone. */
export type BusWay = 'ours' | 'bare';

/** One process's end of it, on a topic and a subscription of its own. */
export interface OpenWay {
  /** Resolves when Pub/Sub has it. */
  publish(data: string): Promise<unknown>;
  /** `handle` gets what the parser lets through; its end acknowledges. */
  subscribe(handle: (message: LogEntryMessage) => void, onError: (error: Error) => void): void;
}

/** As the shard subscribes. */
const CONCURRENCY = 20;
/** Milliseconds in which the adapter gathers messages; given to the library too, whose own is 10. */
const GATHERED = 5;

/** Opens a way, and makes its topic and subscription. Both ways parse: JSON, then the contract. */
export async function openWay(way: BusWay, project: string): Promise<OpenWay> {
  const [topic, subscription] = [`bench-${way}`, `bench-${way}`];
  const bus = await openBus({ kind: 'pubsub', project });
  await bus.provision([{ topic, subscription }]);
  const parsed = (data: string) => logEntryMessage.parse(JSON.parse(data));
  if (way === 'ours') {
    return {
      publish: (data) => bus.publish(topic, data),
      subscribe: (handle, onError) => void bus.subscribe(subscription, ({ data }) => handle(parsed(data)), { concurrency: CONCURRENCY, onError }),
    };
  }
  await bus.close();
  const client = new PubSub({ projectId: project });
  const publisher = client.topic(topic, { batching: { maxMilliseconds: GATHERED } });
  return {
    publish: (data) => publisher.publishMessage({ data: Buffer.from(data) }),
    subscribe(handle, onError) {
      const stream = client.subscription(subscription);
      stream.on('error', onError);
      stream.on('message', (message) => {
        handle(parsed(message.data.toString()));
        message.ack();
      });
    },
  };
}
