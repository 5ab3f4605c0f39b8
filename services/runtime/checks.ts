import type { Health } from '../contracts/health';

/** Ends well, or its error says what is wrong. The signal is aborted when its time is over. */
export type Check = (signal: AbortSignal) => Promise<unknown> | unknown;

/** Named checks that are made together, each within its own time. */
export class Checks {
  private readonly checks = new Map<string, () => Promise<string | null>>();

  /** @param limit Milliseconds. */
  add(name: string, check: Check, limit: number): void {
    if (this.checks.has(name)) throw new Error(`there is a check '${name}' already`);
    let running: Promise<string | null> | undefined;
    this.checks.set(name, () => {
      // one that hangs is not started again by every probe
      running ??= outcome(check, limit).finally(() => {
        running = undefined;
      });
      return Promise.race([running, timeUp(limit)]);
    });
  }

  async run(): Promise<Health> {
    const checks = Object.fromEntries(await Promise.all([...this.checks].map(async ([name, check]) => [name, await check()] as const)));
    return { status: Object.values(checks).every((wrong) => wrong === null) ? 'ok' : 'failing', checks };
  }
}

async function outcome(check: Check, limit: number): Promise<string | null> {
  try {
    await check(AbortSignal.timeout(limit));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function timeUp(limit: number): Promise<string> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(`no answer within ${limit} ms`), limit).unref();
  });
}
