import type { Clock } from '../../runtime/clock';

/** Lets so many pass a second, evenly and in their order, and none while there is a pause. */
export class Pace {
  private next = 0;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly perSecond: number,
    private readonly clock: Clock,
  ) {}

  /** Resolves when it is this one's turn. */
  turn(signal: AbortSignal): Promise<void> {
    const turn = this.last.then(() => this.wait(signal));
    this.last = turn.catch(() => {}); // its caller is told
    return turn;
  }

  /** Nobody passes for so many milliseconds. */
  pause(milliseconds: number): void {
    this.next = Math.max(this.next, this.clock.now() + milliseconds);
  }

  private async wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (let left = this.left(); left > 0; left = this.left()) await this.clock.sleep(left, signal);
    this.next = this.clock.now() + 1000 / this.perSecond;
  }

  private left(): number {
    return this.next - this.clock.now();
  }
}
