import { LRUCache } from 'lru-cache';
import type { Emoji } from '../../contracts/filmlinkd-environment';
import type { LogEntry, LogEntryMessage } from '../../contracts/log-entry';
import type { Users } from '../../runtime/stores/users';
import { Deliverer, type DeliveriesMeans } from './delivery';
import { bareEmbed, entryEmbed, type Watcher } from './entry-embed';
import { Lanes } from './lanes';
import { nonceOf } from './nonce';
import type { ChannelState, Post } from './ports';

export interface PosterMeans extends DeliveriesMeans {
  readonly users: Users;
  readonly emoji: Emoji;
  /** Messages that are sent at the same time, at most. */
  readonly concurrency: number;
}

/** A message of the log-entry topic. */
export interface Received {
  readonly message: LogEntryMessage;
  /** The bus's own. */
  readonly id: string;
  /** Since when the entry should be in its channels, milliseconds since 1970. */
  readonly since: number;
}

/** Entries in channels that wait, at most: more are not taken from the queue. */
const OPEN_JOBS = 1000;
const PATIENCE = { tries: 5, wait: 3000 } as const;

/** Posts log entries to the channels that follow their user and live on this process's shards. */
export class Poster {
  private readonly lanes: Lanes;
  private readonly deliverer: Deliverer;
  private readonly ending = new AbortController();
  /** Messages for one channel only, which the bus may bring twice: until they are posted, and after. */
  private readonly seen = new LRUCache<string, Promise<void>>({ max: 1000 });

  constructor(private readonly means: PosterMeans) {
    this.lanes = new Lanes(means.concurrency);
    this.deliverer = new Deliverer(means);
  }

  /**
   * Resolves when the entry's channels are noted, not when it is posted; one for one channel only, when that is done with. Waits while too many are
   * noted. Rejects when the user cannot be read, or the process ends before one for one channel only is posted.
   */
  async post({ message: { entry, channelId }, id, since }: Received): Promise<void> {
    await this.lanes.below(OPEN_JOBS);
    const { users, metrics } = this.means;
    const user = await users.byLid(entry.userLid);
    if (!user && channelId === undefined) return metrics.entries.inc({ result: 'unknown-user' });
    const embeds = [this.embedOf(entry, user ?? { displayName: '', image: '' })];
    if (channelId !== undefined) return this.postOnly(channelId, embeds, { id, entry });
    for (const channel of new Set(user?.channelList.map((item) => item.channelId)))
      this.lanes.add(channel, () => this.deliverer.deliver({ entry, channelId: channel, embeds, since }, this.ending.signal));
  }

  /** What waits. */
  get size(): number {
    return this.lanes.size;
  }

  /** Ends what is being posted; gives up, within so many milliseconds, what is not. That is published again. */
  async close(limit: number): Promise<void> {
    const end = () => this.ending.abort(new Error('the process ends'));
    const timer = setTimeout(end, limit);
    await this.lanes.below(1);
    clearTimeout(timer);
    end();
  }

  private embedOf(entry: LogEntry, watcher: Watcher): Post['embeds'][number] {
    try {
      return entryEmbed(entry, watcher, this.means.emoji, this.means.clock.now());
    } catch (error) {
      this.means.log.warn({ entry: entry.lid, error }, 'its text cannot be shown: posted with title and link');
      return bareEmbed(entry);
    }
  }

  /** Nothing is recorded, and nobody publishes it again: a channel that is not there yet is waited for a little. */
  private postOnly(channelId: string, embeds: Post['embeds'], { id, entry }: { id: string; entry: LogEntry }): Promise<void> {
    const known = this.seen.get(id);
    if (known) {
      this.means.metrics.posts.inc({ result: 'repeated' });
      return known;
    }
    // a test may be asked for twice; what a new follower gets may come by the ordinary way too
    const nonce = entry.publishSource === 'Help' ? nonceOf(entry.lid, channelId, id) : nonceOf(entry.lid, channelId);
    const posted = new Promise<void>((resolve, reject) => {
      this.lanes.add(channelId, () => this.sendOnly({ channelId, embeds, nonce }, entry).then(resolve, reject));
    });
    this.seen.set(id, posted);
    return posted;
  }

  private async sendOnly(post: Post, entry: LogEntry): Promise<void> {
    const { sender, metrics, log } = this.means;
    const { signal } = this.ending;
    try {
      signal.throwIfAborted();
      const state = await this.settled(post.channelId);
      if (state.kind === 'open') await sender.send(post, signal);
      metrics.posts.inc({ result: state.kind === 'open' ? 'posted' : state.kind === 'unknown' ? 'waiting' : state.kind });
    } catch (error) {
      metrics.posts.inc({ result: 'failed' });
      if (signal.aborted) throw error; // the bus brings it to the next process
      log.warn({ entry: entry.lid, channel: post.channelId, error }, 'not posted, and for this channel only: it will not come again');
    }
  }

  private async settled(channelId: string): Promise<ChannelState> {
    for (let tries = 1; ; tries += 1) {
      const state = await this.means.channels.state(channelId);
      if (state.kind !== 'unknown' || tries === PATIENCE.tries) return state;
      await this.means.clock.sleep(PATIENCE.wait, this.ending.signal);
    }
  }
}
