import { UsageError } from '../../../rehearsal/runner/failure';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds: what clouds make is seen a little later, and a person takes longer. */
const PATIENCE_MS = 120_000;

/** `PATIENCE=10m` in milliseconds. */
export function patienceOf(text: string | undefined): number {
  if (text === undefined) return PATIENCE_MS;
  const [, number, unit = ''] = /^(\d{1,5})(s|m|h)$/.exec(text) ?? [];
  if (number === undefined) throw new UsageError(`PATIENCE=${text}: must be a time such as 0s, 90s, 10m or 1h`);
  return Number(number) * (UNITS[unit] as number);
}

/** Milliseconds between two questions: soon at first, then less often. */
const SHORTEST_MS = 500;
const LONGEST_MS = 15_000;

/** Asks until the answer is good enough, the time is over, or somebody interrupts; returns the last answer. */
export async function until<T>(ask: () => Promise<T>, isGood: (answer: T) => boolean, patienceMs: number, interrupt: AbortSignal): Promise<T> {
  const end = performance.now() + patienceMs;
  for (let pause = SHORTEST_MS; ; pause = Math.min(2 * pause, LONGEST_MS)) {
    const answer = await ask();
    const left = end - performance.now();
    if (isGood(answer) || left <= 0 || interrupt.aborted) return answer;
    await slept(Math.min(pause, left), interrupt);
  }
}

function slept(milliseconds: number, interrupt: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      interrupt.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    interrupt.addEventListener('abort', wake, { once: true });
  });
}
