import { logEntryMessage } from '../../contracts/log-entry';
import type { Bus, Message, Subscription } from '../../runtime/bus/bus';
import { park } from '../../runtime/bus/poison';
import { tell } from '../../runtime/trouble';
import type { Metrics } from '../metrics';
import type { Log } from './log';
import type { Received } from './poster';

export interface ReceiverSettings {
  readonly bus: Bus;
  readonly subscription: string;
  readonly logEntryTopic: string;
  readonly poisonTopic: string;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Messages that wait in memory, at most. @default 1000 */
  readonly capacity?: number;
}

const CONCURRENCY = 20;
const REST_MS = 1000;

/**
 * Takes log entries off the bus and acknowledges them at once: an entry that is not recorded as delivered is published again. So one that
 * finds the queue full may be forgotten, and one whose user cannot be read too. What is for one channel only nobody publishes again: the bus
 * keeps it until it is posted.
 */
export class Receiver {
  private readonly queue: Received[] = [];
  private subscription: Subscription | undefined;
  private working: Promise<void> = Promise.resolve();
  private isWorking = false;
  private isEnding = false;

  constructor(
    private readonly settings: ReceiverSettings,
    private readonly post: (received: Received) => Promise<void>,
  ) {}

  start(): void {
    const { bus, subscription, log } = this.settings;
    const onError = (error: Error) => tell(log, error, 'the subscription has trouble, and goes on');
    this.subscription = bus.subscribe(subscription, (message) => this.receive(message), { concurrency: CONCURRENCY, onError });
  }

  /** Messages that wait. */
  get size(): number {
    return this.queue.length;
  }

  /** Takes no more messages, and hands on those that are there, within so many milliseconds. */
  async close(limit: number): Promise<void> {
    await Promise.race([this.subscription?.stop(), new Promise((resolve) => setTimeout(resolve, limit).unref())]);
    const timer = setTimeout(() => {
      this.isEnding = true;
    }, limit);
    await Promise.race([this.working, new Promise((resolve) => setTimeout(resolve, limit).unref())]);
    clearTimeout(timer);
    if (this.queue.length > 0) this.settings.log.info({ entries: this.queue.length }, 'left for the next publication');
  }

  /** Its end acknowledges the message. */
  private async receive(message: Message): Promise<void> {
    const { bus, logEntryTopic: topic, poisonTopic, metrics, log, capacity = 1000 } = this.settings;
    const { value, reason } = parsed(message.data);
    if (!value) {
      metrics.entries.inc({ result: 'poison' });
      log.warn({ messageId: message.id, reason }, 'cannot be read: parked');
      return park(bus, { topic, poisonTopic }, message, reason);
    }
    const received = { message: value, id: message.id, since: sinceOf(message.attributes.since) ?? value.entry.publishedDate };
    const isForOne = value.channelId !== undefined;
    const isFull = !isForOne && this.queue.length >= capacity;
    metrics.entries.inc({ result: isFull ? 'full' : 'queued' });
    if (isForOne) return this.postNow(received);
    if (isFull) return;
    this.queue.push(received);
    if (!this.isWorking) this.working = this.work();
  }

  private async postNow(received: Received): Promise<void> {
    try {
      await this.post(received);
    } catch (error) {
      this.settings.log.warn({ entry: received.message.entry.lid, error }, 'not posted: the bus brings it again');
      throw error;
    }
  }

  /** Hands on in the order of arrival. */
  private async work(): Promise<void> {
    this.isWorking = true;
    for (let received = this.queue.shift(); received && !this.isEnding; received = this.queue.shift()) {
      try {
        await this.post(received);
      } catch (error) {
        this.settings.metrics.entries.inc({ result: 'failed' });
        this.settings.log.warn({ entry: received.message.entry.lid, error }, 'its user cannot be read: it will be published again');
        if (!this.isEnding) await new Promise((resolve) => setTimeout(resolve, REST_MS).unref());
      }
    }
    this.isWorking = false;
  }
}

function parsed(data: string) {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return { reason: 'not JSON' };
  }
  const { data: value, error } = logEntryMessage.safeParse(json);
  if (value) return { value, reason: '' };
  return { reason: error.issues.map(({ path, message }) => `${path.join('.') || 'the message'}: ${message}`).join('; ') };
}

/** When the entry was first published, if the publisher says so: it may be older than its first publication. */
function sinceOf(attribute: string | undefined): number | undefined {
  const since = Number(attribute);
  return attribute && Number.isFinite(since) ? since : undefined;
}
