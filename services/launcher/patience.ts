import { systemClock as clock } from '../runtime/clock';
import { retrying } from '../runtime/retry';
import { FetchFailure } from './failure';

/** One attempt gets this part of the time: one that hangs leaves room for others. */
const ATTEMPTS = 3;
const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 5000;

/** The time for everything before the service is started. */
export class Patience {
  private readonly end: number;

  constructor(private readonly seconds: number) {
    this.end = clock.now() + seconds * 1000;
  }

  /** Does `work` until it succeeds, fails for good or the time is over; then throws a {@link FetchFailure} that says how often it was tried. */
  async with<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    let tries = 0;
    const attempt = (): Promise<T> => {
      tries += 1;
      return limited(work, Math.min(this.left, (this.seconds * 1000) / ATTEMPTS));
    };
    const worthIt = (error: unknown) => error instanceof FetchFailure && error.isTransient;
    try {
      return await retrying(attempt, { clock, patience: this.left, first: FIRST_PAUSE, longest: LONGEST_PAUSE, worthIt });
    } catch (error) {
      if (!worthIt(error)) throw error;
      throw new FetchFailure(`${(error as Error).message} (${tries === 1 ? 'tried once' : `tried ${tries} times`} within ${this.seconds} s)`, false);
    }
  }

  private get left(): number {
    return Math.max(this.end - clock.now(), 0);
  }
}

/** Ends with `work`, or after so many milliseconds, whatever `work` makes of the signal. */
async function limited<T>(work: (signal: AbortSignal) => Promise<T>, milliseconds: number): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const failure = new FetchFailure(`no whole answer within ${Math.round(milliseconds / 100) / 10} s`, true);
      reject(failure);
      controller.abort(failure);
    }, milliseconds);
  });
  try {
    return await Promise.race([work(controller.signal), over]);
  } finally {
    clearTimeout(timer);
  }
}
