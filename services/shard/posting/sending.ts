import { LRUCache } from 'lru-cache';
import type { Clock } from '../../runtime/clock';
import type { Metrics } from '../metrics';
import { within } from '../within';
import type { Pace } from './pace';
import { type Post, PostFailure, type Sender } from './ports';

/** For all tries of one message together. A claim lasts longer. */
const LIMIT_MS = 40_000;
/** For one answer. */
const ANSWER_MS = 15_000;
const TRIES = 6;
const FIRST_WAIT_MS = 500;

/** Sends messages at their pace; tries again what may succeed soon. With the same nonce Discord has a message once, however often it is sent. */
export class PacedSender {
  /** Channels in which Discord takes nothing for the time being. */
  private readonly closedUntil = new LRUCache<string, number>({ max: 10_000 });

  constructor(
    private readonly sender: Sender,
    private readonly pace: Pace,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  /** Resolves with Discord's id of the message; rejects with the last {@link PostFailure}, or the signal's reason. */
  async send(post: Post, ending: AbortSignal): Promise<string> {
    const until = this.clock.now() + LIMIT_MS;
    for (let tries = 1, wait = FIRST_WAIT_MS; ; tries += 1, wait *= 2) {
      await this.whenOpen(post.channelId, until, ending);
      try {
        return await within(Math.min(ANSWER_MS, until - this.clock.now()), ending, (signal) => this.sender.send(post, signal));
      } catch (error) {
        if (ending.aborted) throw ending.reason;
        const failure = error instanceof PostFailure ? error : new PostFailure('failed', (error as Error).message);
        if (failure.kind === 'closed' || tries === TRIES) throw failure;
        if (failure.kind === 'limited') this.limited(post.channelId, failure);
        else await this.clock.sleep(wait * (0.5 + Math.random() / 2), ending);
      }
    }
  }

  /** Waits for the channel, and for this message's turn; rejects when that takes too long. */
  private async whenOpen(channelId: string, until: number, ending: AbortSignal): Promise<void> {
    const closedUntil = this.closedUntil.get(channelId) ?? 0;
    if (closedUntil >= until) throw new PostFailure('limited', 'Discord takes no messages in this channel for a while', closedUntil - this.clock.now());
    if (closedUntil > this.clock.now()) await this.clock.sleep(closedUntil - this.clock.now(), ending);
    await this.pace.turn(ending);
    if (this.clock.now() >= until) throw new PostFailure('limited', 'its turn comes too late');
  }

  private limited(channelId: string, { wait, everywhere }: PostFailure): void {
    this.metrics.limited.inc();
    if (everywhere) this.pace.pause(wait);
    else this.closedUntil.set(channelId, this.clock.now() + wait);
  }
}
