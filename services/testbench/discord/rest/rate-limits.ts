import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../../http/loopback';

export interface Limit {
  readonly count: number;
  readonly perMs: number;
}

interface Bucket {
  left: number;
  resetAt: number;
}

/** Discord's: so many requests in a window, for each route and channel, and for all together. */
export class RateLimits {
  private readonly buckets = new Map<string, Bucket>();
  private readonly hashes = new Map<string, string>();

  constructor(private readonly now: () => number) {}

  /** Counts a request. `headers` say what is left; `refusal` is there when nothing was. */
  take(name: string, major: string, limit: Limit): { headers: Record<string, string>; refusal: HttpAnswer | undefined } {
    const key = `${name}:${major}`;
    const now = this.now();
    let bucket = this.buckets.get(key);
    if (!bucket || bucket.resetAt <= now) {
      bucket = { left: limit.count, resetAt: now + limit.perMs };
      this.buckets.set(key, bucket);
    }
    const after = (bucket.resetAt - now) / 1000;
    const isOver = bucket.left === 0;
    if (!isOver) bucket.left -= 1;
    const headers = {
      'x-ratelimit-limit': String(limit.count),
      'x-ratelimit-remaining': String(bucket.left),
      'x-ratelimit-reset': String(bucket.resetAt / 1000),
      'x-ratelimit-reset-after': String(after),
      'x-ratelimit-bucket': this.hash(name),
    };
    return { headers, refusal: isOver ? tooMany(after, 'user', headers) : undefined };
  }

  private hash(name: string): string {
    let hash = this.hashes.get(name);
    if (hash === undefined) {
      hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
      this.hashes.set(name, hash);
    }
    return hash;
  }
}

/** @param after seconds; the header has whole ones, the body all of it */
export function tooMany(after: number, scope: 'user' | 'shared' | 'global', headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  const isGlobal = scope === 'global';
  return {
    status: 429,
    headers: {
      ...headers,
      'retry-after': String(Math.ceil(after)),
      'x-ratelimit-scope': scope,
      via: '1.1 google',
      ...(isGlobal ? { 'x-ratelimit-global': 'true' } : {}),
    },
    body: { message: 'You are being rate limited.', retry_after: after, global: isGlobal },
  };
}
