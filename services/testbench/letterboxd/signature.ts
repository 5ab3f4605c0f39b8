import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '../http/loopback';

/** Seconds that a timestamp may be away from now. */
const FRESH = 300;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** Nonces that are remembered: many more than come within {@link FRESH}. */
const REMEMBERED = 200_000;

export const SIGNING = ['apikey', 'nonce', 'timestamp'] as const;

/** As a client signs: lower-case hex HMAC-SHA256 over method, address and body, NUL between them. */
export const sign = (secret: string, method: string, url: string, body = ''): string =>
  createHmac('sha256', secret).update(`${method.toUpperCase()}\0${url}\0${body}`).digest('hex');

/** Checks how requests are signed. */
export class Signatures {
  private nonces = new Set<string>();

  constructor(
    /** Secrets by API key. */
    private readonly keys: ReadonlyMap<string, string>,
    private readonly now: () => number,
  ) {}

  /** What is wrong with it; undefined: well signed. */
  mistake({ method, url, query, headers, body }: HttpRequest): string | undefined {
    for (const name of SIGNING) if (query.getAll(name).length !== 1) return `the parameter ${name} must be there once`;
    const [key, nonce, timestamp] = SIGNING.map((name) => query.get(name) as string) as [string, string, string];
    const secret = this.keys.get(key);
    if (secret === undefined) return `there is no API key ${key}`;
    if (!UUID.test(nonce)) return `the nonce ${nonce} is no UUID`;
    if (!/^\d{1,11}$/.test(timestamp)) return `the timestamp ${timestamp} is no time in seconds`;
    if (Math.abs(this.now() / 1000 - Number(timestamp)) > FRESH) return `the timestamp ${timestamp} is not fresh`;
    const given = /^Signature ([0-9a-f]{64})$/.exec(headers.authorization ?? '')?.[1];
    if (given === undefined)
      return `the header Authorization must be "Signature", a space and 64 hex digits in lower case, not "${headers.authorization ?? ''}"`;
    if (!timingSafeEqual(Buffer.from(given), Buffer.from(sign(secret, method, url, body)))) return `the signature does not fit ${method} ${url}`;
    if (this.nonces.has(nonce)) return `the nonce ${nonce} was used before`;
    if (this.nonces.size >= REMEMBERED) this.nonces = new Set();
    this.nonces.add(nonce);
    return undefined;
  }

  /** Whether it is meant to be signed at all. */
  isSigned({ query, headers }: HttpRequest): boolean {
    return (headers.authorization ?? '').trim() !== '' || SIGNING.some((name) => query.has(name));
  }
}
