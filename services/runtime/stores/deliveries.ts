import type { LogEntry } from '../../contracts/log-entry';

/** What became of an entry in a channel. */
export type Outcome =
  /** Discord has it; `messageId` is Discord's. */
  | { readonly state: 'delivered'; readonly messageId: string }
  /** It never will: the reason is counted and shown. */
  | { readonly state: 'undeliverable'; readonly reason: string };

/** An entry that is not yet where it should be. */
export interface PendingEntry {
  readonly entry: LogEntry;
  /** When it was first found. */
  readonly since: Date;
  /** How often it was published so far. */
  readonly published: number;
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

/**
 * Entries on their way to channels. What is published and not recorded as delivered is published again: this is what makes
 * the immediate acknowledgement of messages safe.
 */
export interface Deliveries {
  /** Notes an entry before its first publication, which is due `at` once. False: it is known already, open or closed. */
  open(entry: LogEntry, at: Date): Promise<boolean>;
  /**
   * Entries that were not closed and whose next publication is due, those that are due for longest first; only those that are `mine`. An entry
   * or an outcome that cannot be read is left out and told to `onBroken`; rejects where nobody asks to be told.
   */
  due(now: Date, limit: number, mine?: (entry: LogEntry) => boolean, onBroken?: (error: Error) => void): Promise<PendingEntry[]>;
  /** Notes one more publication, and when the next is due. */
  published(entryLid: string, nextAt: Date): Promise<void>;
  /**
   * Before a message is sent: this process alone works on this entry in this channel until `until`. `busy`: another process does.
   * An outcome: it is done. The same owner may claim again, which renews its claim; the entry need not have been opened.
   */
  claim(entryLid: string, channelId: string, owner: string, until: Date): Promise<'claimed' | 'busy' | Outcome>;
  /** Records the outcome. The first one stays. */
  record(entryLid: string, channelId: string, outcome: Outcome): Promise<void>;
  /** Gives a claim back, when sending failed and may be tried again. */
  release(entryLid: string, channelId: string, owner: string): Promise<void>;
  /** Nothing is left to do: it is not due any more, and is forgotten after a month. */
  close(entryLid: string): Promise<void>;
}
