import { Counter, Histogram, type Registry } from 'prom-client';

/** What the process counts. */
export class Metrics {
  /** Log entries received. `result`: queued, full (dropped from memory: they are published again), poison, unknown-user, failed. */
  readonly entries: Counter<'result'>;
  /**
   * Entries in channels. `result`: posted, repeated (it was there already), busy (another process posts it), closed (missing channel or permission,
   * tried again), undeliverable (the same, for a day), waiting (shard not connected), failed (tried again), unrecorded (posted, but the store does not answer).
   */
  readonly posts: Counter<'result'>;
  /** Seconds from when an entry should be in a channel until Discord has it. */
  readonly latency: Histogram;
  /** Requests that Discord put off. */
  readonly limited: Counter;
  /** Slash commands. `result`: answered, refused, failed. */
  readonly commands: Counter<'command' | 'result'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.entries = new Counter({ name: 'filmlinkd_entries_total', help: 'Log entries received', labelNames: ['result'], registers });
    this.posts = new Counter({ name: 'filmlinkd_posts_total', help: 'Entries in channels', labelNames: ['result'], registers });
    const buckets = [1, 5, 15, 60, 300, 900, 3600, 6 * 3600, 24 * 3600];
    this.latency = new Histogram({ name: 'filmlinkd_post_latency_seconds', help: 'From an entry to its message', buckets, registers });
    this.limited = new Counter({ name: 'filmlinkd_rate_limited_total', help: 'Messages that Discord put off', registers });
    this.commands = new Counter({ name: 'filmlinkd_commands_total', help: 'Slash commands', labelNames: ['command', 'result'], registers });
  }
}
