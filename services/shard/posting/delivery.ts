import { LRUCache } from 'lru-cache';
import type { LogEntry } from '../../contracts/log-entry';
import type { Clock } from '../../runtime/clock';
import type { Deliveries, Outcome } from '../../runtime/stores/deliveries';
import type { Metrics } from '../metrics';
import type { Log } from './log';
import { nonceOf } from './nonce';
import { type Channels, type Post, PostFailure } from './ports';
import type { PacedSender } from './sending';

/** What is posted, where, and since when it should be there (milliseconds since 1970). */
export interface Delivery {
  readonly entry: LogEntry;
  readonly channelId: string;
  readonly embeds: Post['embeds'];
  readonly since: number;
}

export interface DeliveriesMeans {
  readonly channels: Channels;
  readonly sender: PacedSender;
  readonly deliveries: Deliveries;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
  /** This process's name among its like. */
  readonly owner: string;
}

/** A process that dies leaves its claim so long; after it the nonce still works. */
const CLAIM_MS = 60_000;
const GIVE_UP_MS = 24 * 3600_000;
/** Entries in channels. */
export const REMEMBERED = 10_000;
const RECORD_TRIES = 4;

/** Brings entries into channels, each once: whoever failed leaves it as it was, and the entry is published again. */
export class Deliverer {
  /** What is done, by entry and channel. `isRecorded` false: the store did not answer then. */
  private readonly done = new LRUCache<string, { readonly outcome: Outcome; readonly isRecorded: boolean }>({ max: REMEMBERED });

  constructor(private readonly means: DeliveriesMeans) {}

  /** Never rejects. One after another for one channel: the same entry may come twice. */
  async deliver(delivery: Delivery, ending: AbortSignal): Promise<void> {
    const { metrics, log } = this.means;
    const key = `${delivery.entry.lid} ${delivery.channelId}`;
    try {
      metrics.posts.inc({ result: await this.attempt(delivery, key, ending) });
    } catch (error) {
      metrics.posts.inc({ result: 'failed' });
      if (!ending.aborted) log.warn({ entry: delivery.entry.lid, channel: delivery.channelId, error }, 'not posted: it will be published again');
    }
  }

  private async attempt(delivery: Delivery, key: string, ending: AbortSignal): Promise<string> {
    const { channels, deliveries, clock, owner, metrics } = this.means;
    const { entry, channelId } = delivery;
    ending.throwIfAborted();
    const done = this.done.get(key);
    if (done) {
      if (!done.isRecorded) await this.record(delivery, key, done.outcome, ending);
      return 'repeated';
    }
    const state = await channels.state(channelId);
    if (state.kind === 'elsewhere') return 'elsewhere';
    if (state.kind === 'unknown') return 'waiting';
    if (state.kind === 'closed') return this.closed(delivery, key, state.reason, ending);

    const claim = await deliveries.claim(entry.lid, channelId, owner, new Date(clock.now() + CLAIM_MS));
    if (claim === 'busy') return 'busy';
    if (claim !== 'claimed') {
      this.done.set(key, { outcome: claim, isRecorded: true });
      return 'repeated';
    }
    let messageId: string;
    try {
      ending.throwIfAborted();
      messageId = await this.means.sender.send({ channelId, embeds: delivery.embeds, nonce: nonceOf(entry.lid, channelId) }, ending);
    } catch (error) {
      await deliveries.release(entry.lid, channelId, owner);
      if (error instanceof PostFailure && error.kind === 'closed') return this.closed(delivery, key, error.message, ending);
      throw error;
    }
    metrics.latency.observe(Math.max(0, clock.now() - delivery.since) / 1000);
    return (await this.record(delivery, key, { state: 'delivered', messageId }, ending)) ? 'posted' : 'unrecorded';
  }

  /** People mend their permissions; a day is long enough. */
  private async closed(delivery: Delivery, key: string, reason: string, ending: AbortSignal): Promise<string> {
    if (this.means.clock.now() - delivery.since < GIVE_UP_MS) return 'closed';
    await this.record(delivery, key, { state: 'undeliverable', reason }, ending);
    this.means.log.info({ entry: delivery.entry.lid, channel: delivery.channelId, reason }, 'undeliverable for a day');
    return 'undeliverable';
  }

  /** False: the store does not answer. This process remembers, and records it when the entry comes again. */
  private async record({ entry, channelId }: Delivery, key: string, outcome: Outcome, ending: AbortSignal): Promise<boolean> {
    this.done.set(key, { outcome, isRecorded: false });
    for (let tries = 1; tries <= RECORD_TRIES; tries += 1) {
      try {
        await this.means.deliveries.record(entry.lid, channelId, outcome);
        this.done.set(key, { outcome, isRecorded: true });
        return true;
      } catch (error) {
        this.means.log.warn({ entry: entry.lid, channel: channelId, error }, `posted, and not recorded, try ${tries} of ${RECORD_TRIES}`);
        await this.means.clock.sleep(500 * 2 ** tries, ending).catch(() => {}); // one last try, at once, when the process ends
      }
    }
    return false;
  }
}
