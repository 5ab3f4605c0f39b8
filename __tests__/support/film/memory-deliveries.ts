import type { LogEntry } from '../../../services/contracts/log-entry';
import type { Deliveries, Outcome, PendingEntry } from '../../../services/runtime/stores/deliveries';

interface Claim {
  readonly owner: string;
  readonly until: number;
}

/** Entries on their way, in memory. */
export class MemoryDeliveries implements Deliveries {
  readonly outcomes = new Map<string, Outcome>();
  readonly claims = new Map<string, Claim>();
  private readonly entries = new Map<string, { entry: LogEntry; since: Date; published: number; due: number | undefined }>();
  /** So many of the next records fail. */
  failingRecords = 0;

  constructor(private readonly now: () => number) {}

  async open(entry: LogEntry, at: Date): Promise<boolean> {
    if (this.entries.has(entry.lid)) return false;
    this.entries.set(entry.lid, { entry, since: at, published: 0, due: at.getTime() });
    return true;
  }

  async due(now: Date, limit: number, mine: (entry: LogEntry) => boolean = () => true): Promise<PendingEntry[]> {
    const due = [...this.entries.values()].filter((pending) => pending.due !== undefined && pending.due <= now.getTime() && mine(pending.entry));
    return due
      .sort((a, b) => (a.due as number) - (b.due as number))
      .slice(0, limit)
      .map(({ entry, since, published }) => ({ entry, since, published, outcomes: this.of(entry.lid) }));
  }

  async published(entryLid: string, nextAt: Date): Promise<void> {
    const pending = this.entries.get(entryLid);
    if (pending?.due === undefined) return;
    pending.published += 1;
    pending.due = nextAt.getTime();
  }

  async claim(entryLid: string, channelId: string, owner: string, until: Date): Promise<'claimed' | 'busy' | Outcome> {
    const key = `${entryLid} ${channelId}`;
    const outcome = this.outcomes.get(key);
    if (outcome) return outcome;
    const claim = this.claims.get(key);
    if (claim && claim.owner !== owner && claim.until > this.now()) return 'busy';
    this.claims.set(key, { owner, until: until.getTime() });
    return 'claimed';
  }

  async record(entryLid: string, channelId: string, outcome: Outcome): Promise<void> {
    if (this.failingRecords > 0) {
      this.failingRecords -= 1;
      throw new Error('the store does not answer');
    }
    const key = `${entryLid} ${channelId}`;
    if (!this.outcomes.has(key)) this.outcomes.set(key, outcome);
  }

  async release(entryLid: string, channelId: string, owner: string): Promise<void> {
    const key = `${entryLid} ${channelId}`;
    if (this.claims.get(key)?.owner === owner) this.claims.delete(key);
  }

  async close(entryLid: string): Promise<void> {
    const pending = this.entries.get(entryLid);
    if (pending) pending.due = undefined;
  }

  private of(entryLid: string): Map<string, Outcome> {
    const own = [...this.outcomes].filter(([key]) => key.startsWith(`${entryLid} `));
    return new Map(own.map(([key, outcome]) => [key.slice(entryLid.length + 1), outcome]));
  }
}
