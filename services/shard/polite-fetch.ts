import { boundedFetch } from '../letterboxd/bounded-fetch';
import type { Clock } from '../runtime/clock';
import { Pace } from './posting/pace';

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A host that says "too many" without saying for how long. */
const PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * fetch for one host: so many requests a second at most, and none after a 429 until its time is over. What is asked meanwhile gets the same
 * answer at once: people wait for it.
 */
export function politeFetch(perSecond: number, clock: Clock, request: Fetch = boundedFetch): Fetch {
  const pace = new Pace(perSecond, clock);
  let closedUntil = 0;
  const refusal = () => {
    const left = closedUntil - clock.now();
    return left > 0 ? new Response('', { status: 429, headers: { 'retry-after': String(Math.ceil(left / 1000)) } }) : undefined;
  };
  return async (url, init) => {
    const early = refusal();
    if (early) return early;
    await pace.turn(init.signal ?? new AbortController().signal);
    const late = refusal();
    if (late) return late;
    const response = await request(url, init);
    if (response.status === 429) closedUntil = clock.now() + Math.min(Number(response.headers.get('retry-after')) * 1000 || PAUSE_MS, LONGEST_PAUSE_MS);
    return response;
  };
}
