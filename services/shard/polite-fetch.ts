import { boundedFetch } from '../letterboxd/bounded-fetch';
import type { Clock } from '../runtime/clock';
import { Pace } from './posting/pace';

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A host that says "too many" without saying for how long. */
const PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** A host that does not let us in: whoever goes on asking works around that. */
const FORBIDDEN_MS = 300_000;

/**
 * fetch for one host: so many requests a second at most, and none after a 429, 401 or 403 until its time is over. What is asked meanwhile gets
 * the same answer at once: people wait for it.
 */
export function politeFetch(perSecond: number, clock: Clock, request: Fetch = boundedFetch): Fetch {
  const pace = new Pace(perSecond, clock);
  let closed = { until: 0, status: 429 };
  const refusal = () => {
    const left = closed.until - clock.now();
    return left > 0 ? new Response('', { status: closed.status, headers: { 'retry-after': String(Math.ceil(left / 1000)) } }) : undefined;
  };
  return async (url, init) => {
    const early = refusal();
    if (early) return early;
    await pace.turn(init.signal ?? new AbortController().signal);
    const late = refusal();
    if (late) return late;
    const response = await request(url, init);
    const wait = waitAfter(response);
    if (wait > 0) closed = { until: clock.now() + wait, status: response.status };
    return response;
  };
}

/** Milliseconds. */
function waitAfter({ status, headers }: Response): number {
  if (status === 401 || status === 403) return FORBIDDEN_MS;
  return status === 429 ? Math.min(Number(headers.get('retry-after')) * 1000 || PAUSE_MS, LONGEST_PAUSE_MS) : 0;
}
