import type { UserDocument } from '../../contracts/filmlinkd-documents';
import type { LogEntry } from '../../contracts/log-entry';
import type { Clock } from '../../runtime/clock';
import type { Deliveries, PendingEntry } from '../../runtime/stores/deliveries';
import type { Users } from '../../runtime/stores/users';
import { tell } from '../../runtime/trouble';
import { inParallel } from '../in-parallel';
import type { Log } from '../log';
import type { Metrics } from '../metrics';
import type { Publisher } from './publisher';

export interface RepublisherOptions {
  readonly deliveries: Deliveries;
  readonly users: Pick<Users, 'byLid' | 'posted'>;
  /** The user as the roster has it; undefined: ask the database. */
  readonly userOf: (lid: string) => UserDocument | undefined;
  /** Whether this process looks after the user's entries. */
  readonly isMine: (userLid: string) => boolean;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What is not in every channel after so long never will be. An hour more than the bot's day: it records the channels that it gives up. */
const GIVEN_UP_AFTER = 25 * 3_600_000;
/** Entries that are read together; so many at a time. */
const TOGETHER = 200;
const AT_A_TIME = 8;

/** Publishes again what is not in every channel, and closes what is: without it an entry that a bot lost would stay lost. */
export class Republisher {
  constructor(private readonly options: RepublisherOptions) {}

  /** Everything that is due now. */
  async turn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.part(signal)) === TOGETHER);
  }

  /** A part of it. How much of it is done with, for now. */
  private async part(signal: AbortSignal): Promise<number> {
    let settled = 0;
    const { clock, deliveries, isMine, log, metrics } = this.options;
    const isOurs = ({ userLid }: LogEntry) => isMine(userLid);
    const due = await deliveries.due(new Date(clock.now()), TOGETHER, isOurs, (error) => {
      metrics.errors.inc({ where: 'republish' });
      log.error({ error }, 'What cannot be read is left out');
    });
    await inParallel(due, AT_A_TIME, async (pending) => {
      if (signal.aborted) return;
      try {
        await this.settle(pending);
        settled += 1;
      } catch (error) {
        metrics.errors.inc({ where: 'republish' });
        tell(log, error, 'Not published again: it stays due', { entry: pending.entry.lid });
      }
    });
    return settled;
  }

  private async settle(pending: PendingEntry): Promise<void> {
    const { clock, metrics, publisher, userOf, users } = this.options;
    const { entry, outcomes, since } = pending;
    const user = userOf(entry.userLid) ?? (await users.byLid(entry.userLid));
    const channels = (user?.channelList ?? []).map(({ channelId }) => channelId);
    if (channels.every((channel) => outcomes.has(channel))) return this.close(pending, channels.length > 0 ? undefined : 'unfollowed');
    if (clock.now() - since.getTime() >= GIVEN_UP_AFTER) return this.close(pending, 'expired');
    if (await publisher.repeat(pending)) metrics.republished.inc();
  }

  /** First what the original reads, then the end: a death between them is made good by the next turn. */
  private async close({ entry, outcomes, since }: PendingEntry, why?: 'unfollowed' | 'expired'): Promise<void> {
    const { clock, deliveries, log, metrics, users } = this.options;
    const states = [...outcomes.values()].map(({ state }) => state);
    const isPosted = states.includes('delivered');
    if (isPosted) await users.posted(entry.userLid, { lid: entry.lid, published: entry.publishedDate, link: entry.link });
    await deliveries.close(entry.lid);
    const how = why ?? (isPosted ? 'delivered' : 'undeliverable');
    metrics.closed.inc({ how });
    const channels = {
      delivered: states.filter((state) => state === 'delivered').length,
      undeliverable: states.filter((state) => state !== 'delivered').length,
    };
    log[how === 'expired' ? 'warn' : 'info']({ entry: entry.lid, ...channels, seconds: Math.round((clock.now() - since.getTime()) / 1000) }, `Closed: ${how}`);
  }
}
