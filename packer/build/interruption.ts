/** What signals come from: this process. */
export interface Signals {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

export interface Interruption {
  /** Stop and clean up. */
  readonly interrupt: AbortSignal;
  /** End at once. */
  readonly kill: AbortSignal;
}

/** Milliseconds. A second Ctrl-C that comes sooner is a key that was held, or the same one on its way through make. */
const DELIBERATE_MS = 1000;

const PACKER = 'Packer deletes its machines now, which takes a minute. Ctrl-C to end it at once, which leaves them running.';

/** Ctrl-C, once: stop and clean up. Twice: end at once. A terminal that goes, or whoever ends us, never asks for more than the first. */
export function interruption(signals: Signals, tell: (text: string) => void, now: () => number = () => performance.now(), meaning = PACKER): Interruption {
  const interrupt = new AbortController();
  const kill = new AbortController();
  let asked: number | undefined;
  const stop = () => {
    if (interrupt.signal.aborted) return;
    interrupt.abort();
    tell(`\nInterrupted: ${meaning}`);
  };
  signals.on('SIGINT', () => {
    if (asked !== undefined && now() - asked >= DELIBERATE_MS) kill.abort();
    asked ??= now();
    stop();
  });
  for (const name of ['SIGTERM', 'SIGHUP']) signals.on(name, () => stop());
  signals.on('uncaughtException', (error) => {
    // Dying of it would leave every Packer behind, unwatched.
    tell(`\n${error instanceof Error ? error.stack : error}`);
    stop();
  });
  return { interrupt: interrupt.signal, kill: kill.signal };
}
