import type { Clock } from '../runtime/clock';
import { TaskFailure } from './failure';

/** Whether, and why, the task has to stop. The first reason stays. */
export class Stop {
  private readonly controller = new AbortController();

  /** Aborted with a {@link TaskFailure}. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get reason(): TaskFailure | undefined {
    return this.signal.aborted ? (this.signal.reason as TaskFailure) : undefined;
  }

  request(reason: TaskFailure): void {
    if (!this.signal.aborted) this.controller.abort(reason);
  }

  /** `seconds` after `since`, whatever time has passed already. */
  limit(clock: Clock, since: number, seconds: number): void {
    const reason = new TaskFailure('timed-out', `did not end within ${seconds} s (task_max_seconds)`);
    clock.sleep(Math.max(0, since + seconds * 1000 - clock.now()), this.signal).then(
      () => this.request(reason),
      () => {}, // stopped before
    );
  }
}
