import type { Clock } from '../../runtime/clock';

/** Lets so many pass a second, at most, at even distances. Nobody saves up: after a quiet hour there is no burst. */
export class Pace {
  private next = 0;

  constructor(
    private readonly clock: Clock,
    private readonly perSecond: number,
  ) {}

  /** Resolves when it is the caller's turn. */
  async turn(signal?: AbortSignal): Promise<void> {
    const now = this.clock.now();
    const at = Math.max(this.next, now);
    this.next = at + 1000 / this.perSecond;
    if (at > now) await this.clock.sleep(at - now, signal);
  }
}
