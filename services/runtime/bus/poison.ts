import type { PoisonMessage } from '../../contracts/log-entry';
import type { Bus, Message } from './bus';

/** Characters of what could not be read. */
const LONGEST_DATA = 100_000;

/** Where what cannot be read goes, and where it came from. */
export interface PoisonTopics {
  readonly topic: string;
  readonly poisonTopic: string;
}

/** Parks a message that cannot be read, with the reason. Rejects as publishing does: the message comes again then. */
export async function park(bus: Pick<Bus, 'publish'>, { topic, poisonTopic }: PoisonTopics, { id, data }: Message, reason: string): Promise<void> {
  const body: PoisonMessage = { topic, messageId: id, reason, data: data.slice(0, LONGEST_DATA) };
  await bus.publish(poisonTopic, JSON.stringify(body));
}
