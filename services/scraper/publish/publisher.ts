import type { LogEntry, LogEntryMessage } from '../../contracts/log-entry';
import type { Bus } from '../../runtime/bus/bus';
import type { Clock } from '../../runtime/clock';
import type { Deliveries, PendingEntry } from '../../runtime/stores/deliveries';
import { tell } from '../../runtime/trouble';
import { type Backoff, backoff } from '../backoff';
import type { Log } from '../log';
import type { Metrics } from '../metrics';

export interface PublisherOptions {
  readonly bus: Pick<Bus, 'publish'>;
  readonly deliveries: Deliveries;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly topic: string;
  /** Milliseconds until what is not in every channel is published again. */
  readonly republishAfter: number;
}

/** Times the first wait. */
const LONGEST_WAIT = 15;

/** Puts entries on the topic. What it was given once is in the database, and comes again until it is closed. */
export class Publisher {
  /** Entries that are on their way to the bus. */
  private readonly publishing = new Set<string>();
  private readonly pauses: Backoff;

  constructor(private readonly options: PublisherOptions) {
    const { republishAfter } = options;
    this.pauses = { first: republishAfter, longest: LONGEST_WAIT * republishAfter };
  }

  /** False: it was known. Rejects when the database did not take it: then nothing is published. */
  async first(entry: LogEntry): Promise<boolean> {
    const { clock, deliveries, log, metrics } = this.options;
    this.publishing.add(entry.lid);
    try {
      const since = new Date(clock.now());
      if (!(await deliveries.open(entry, since))) return false;
      await this.send(entry, since, 1).then(
        () => {
          metrics.published.inc();
          log.info({ entry: entry.lid, user: entry.userLid, source: entry.publishSource }, `Published: ${entry.userName}, ${entry.filmTitle}`);
        },
        (error) => {
          metrics.errors.inc({ where: 'publish' });
          tell(log, error, 'Not published: it is due again', { entry: entry.lid });
        },
      );
    } finally {
      this.publishing.delete(entry.lid);
    }
    return true;
  }

  /** False: somebody is at it. */
  async repeat({ entry, since, published }: PendingEntry): Promise<boolean> {
    if (this.publishing.has(entry.lid)) return false;
    this.publishing.add(entry.lid);
    try {
      await this.send(entry, since, published + 1);
    } finally {
      this.publishing.delete(entry.lid);
    }
    return true;
  }

  private async send(entry: LogEntry, since: Date, times: number): Promise<void> {
    const { bus, clock, deliveries, topic } = this.options;
    // since: the bot gives a closed channel up when the entry has been on its way for a day
    await bus.publish(topic, JSON.stringify({ entry } satisfies LogEntryMessage), { since: String(since.getTime()) });
    await deliveries.published(entry.lid, new Date(Math.round(clock.now() + backoff(this.pauses, times))));
  }
}
