import type { Metrics } from '../metrics';
import { within } from '../within';
import type { Pace } from './pace';
import { type Clock, type Post, PostFailure, type Sender } from './ports';

/** For all tries of one message together. A claim lasts longer. */
const LIMIT_MS = 40_000;
/** For one answer. */
const ANSWER_MS = 15_000;
const TRIES = 6;
const FIRST_WAIT_MS = 500;

/** Sends messages at their pace; tries again what may succeed soon. With the same nonce Discord has a message once, however often it is sent. */
export class PacedSender {
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
      await this.pace.turn(ending);
      try {
        return await within(Math.max(1, Math.min(ANSWER_MS, until - this.clock.now())), ending, (signal) => this.sender.send(post, signal));
      } catch (error) {
        if (ending.aborted) throw ending.reason;
        const failure = error instanceof PostFailure ? error : new PostFailure('failed', (error as Error).message);
        const pause = failure.kind === 'limited' ? failure.wait : wait * (0.5 + Math.random() / 2);
        if (failure.kind === 'limited') this.metrics.limited.inc();
        if (failure.everywhere) this.pace.pause(failure.wait);
        if (failure.kind === 'closed' || tries === TRIES || this.clock.now() + pause > until) throw failure;
        await this.clock.sleep(pause, ending);
      }
    }
  }
}
