import type { Clock } from '../../../services/runtime/clock';
import { type ChannelState, type Channels, type Post, PostFailure, type Sender } from '../../../services/shard/posting/ports';

/** What happens to one message instead of the ordinary. `lost`: it is taken, and the answer is lost. */
export type Fault = 'lost' | 'down' | 'refused' | { readonly wait: number; readonly everywhere?: boolean };

/** Channels that know a nonce for a while, as Discord's do. */
export class ChannelDouble implements Sender, Channels {
  readonly posts: (Post & { readonly id: string; readonly at: number })[] = [];
  /** Everything that was asked, also what was not taken. */
  readonly requests: { readonly nonce: string; readonly at: number }[] = [];
  readonly states = new Map<string, ChannelState>();
  /** For the next messages, in their order. */
  readonly faults: (Fault | undefined)[] = [];

  constructor(
    private readonly clock: Clock,
    /** Milliseconds in which a nonce is known. */
    private readonly nonceWindow = 300_000,
  ) {}

  async state(channelId: string): Promise<ChannelState> {
    return this.states.get(channelId) ?? { kind: 'open' };
  }

  async send(post: Post, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const at = this.clock.now();
    this.requests.push({ nonce: post.nonce, at });
    const fault = this.faults.shift();
    if (fault === 'down') throw new PostFailure('failed', 'Discord answered 500');
    if (fault === 'refused') throw new PostFailure('closed', 'Discord refuses the message: 50013 Missing Permissions');
    if (typeof fault === 'object') throw new PostFailure('limited', 'too many', fault.wait, fault.everywhere);
    const known = this.posts.find((other) => other.channelId === post.channelId && other.nonce === post.nonce && at - other.at < this.nonceWindow);
    const id = known?.id ?? `m${this.posts.length + 1}`;
    if (!known) this.posts.push({ ...post, id, at });
    if (fault === 'lost') throw new PostFailure('failed', 'other side closed');
    return id;
  }

  /** What stands in a channel, by the titles. */
  titles(channelId: string): string[] {
    return this.posts.filter((post) => post.channelId === channelId).map(({ embeds }) => embeds[0]?.title ?? '');
  }
}
