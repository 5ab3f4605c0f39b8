/**
 * Why the API gave no answer that can be used. `forbidden`: it refuses us (401, 403): stop, and alert; `limited`: too many requests (429);
 * `unavailable`: down, slow or not reached; `unreadable`: the answer is not what the API promises; `refused`: any other 4xx.
 */
export type LetterboxdFailureKind = 'not-found' | 'forbidden' | 'limited' | 'unavailable' | 'unreadable' | 'refused';

export class LetterboxdFailure extends Error {
  override readonly name = 'LetterboxdFailure';

  /** @param retryAfter Milliseconds that the API asks to wait. */
  constructor(
    readonly kind: LetterboxdFailureKind,
    message: string,
    readonly retryAfter?: number,
  ) {
    super(message);
  }

  /** Whether the same request may succeed later. */
  get isTransient(): boolean {
    return this.kind === 'limited' || this.kind === 'unavailable' || this.kind === 'unreadable';
  }
}

export function failureOfStatus(status: number, where: string, retryAfter: string | null, now: number): LetterboxdFailure {
  const message = `${where}: Letterboxd answered ${status}`;
  if (status === 404) return new LetterboxdFailure('not-found', message);
  if (status === 401 || status === 403) return new LetterboxdFailure('forbidden', message);
  if (status === 429) return new LetterboxdFailure('limited', message, milliseconds(retryAfter, now));
  if (status >= 500 || status === 408) return new LetterboxdFailure('unavailable', message, milliseconds(retryAfter, now));
  return new LetterboxdFailure('refused', message);
}

/** Retry-After is seconds or a date. */
function milliseconds(retryAfter: string | null, now: number): number | undefined {
  if (!retryAfter) return undefined;
  const seconds = Number(retryAfter);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
