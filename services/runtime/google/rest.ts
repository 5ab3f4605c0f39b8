import { GoogleAuth } from 'google-auth-library';
import * as z from 'zod';
import type { Clock } from '../clock';
import { retrying } from '../retry';

/** One HTTP exchange; rejects when there is no answer. */
export type Transport = (method: string, url: string, body?: unknown) => Promise<{ readonly status: number; readonly body: unknown }>;

/** With the identity that the process runs as. */
export function googleTransport(
  auth: Pick<GoogleAuth, 'getAccessToken'> = new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' }),
): Transport {
  return async (method, url, body) => {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${await auth.getAccessToken()}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    });
    const text = await response.text();
    try {
      return { status: response.status, body: JSON.parse(text) };
    } catch {
      return { status: response.status, body: text }; // a proxy's own words
    }
  };
}

/** Worth another try: the other side did not answer, or asked for patience. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

/** Google's no, which another try does not change. */
export class GoogleError extends Error {
  override name = 'GoogleError';

  constructor(
    /** Of the answer; 200 when an operation failed later. */
    readonly status: number,
    /** Such as `alreadyExists`, `QUOTA_EXCEEDED`. */
    readonly code: string,
    message: string,
    /** What was asked, such as `GET /projects/p`; empty when an operation failed later. */
    readonly call = '',
  ) {
    super(`${code}: ${message}`);
  }
}

/** Compute's errors have reasons one by one, the newer APIs one status. */
const failure = z.object({
  error: z.object({
    message: z.string().default(''),
    status: z.string().default(''),
    errors: z.array(z.object({ reason: z.string().default('') })).default([]),
  }),
});

const PATIENCE = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'resourceNotReady']);

export interface GoogleRestOptions {
  /** What paths are added to. */
  readonly root: string;
  readonly clock: Clock;
  readonly transport: Transport;
  /** Seconds that one call is tried for. */
  readonly trySeconds: number;
  /** 0 to 1, for the pauses between tries. @default Math.random */
  readonly random?: () => number;
}

/** One of Google's REST APIs. What is worth another try has been tried when it rejects with {@link Unavailable}; its no is a {@link GoogleError}. */
export class GoogleRest {
  constructor(private readonly options: GoogleRestOptions) {}

  ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const { clock, random, trySeconds } = this.options;
    const worthIt = (error: unknown) => error instanceof Unavailable;
    return retrying(() => this.once(method, path, body), { clock, random, worthIt, patience: trySeconds * 1000, longest: 8000 });
  }

  /** Undefined for what is not there. */
  async find(method: string, path: string): Promise<unknown> {
    return unlessMissing(() => this.ask(method, path));
  }

  private async once(method: string, path: string, body?: unknown): Promise<unknown> {
    const what = `${method} ${path.split('?')[0]}`;
    const answer = await this.options.transport(method, `${this.options.root}${path}`, body).catch((error: Error) => {
      throw new Unavailable(`${what}: no answer: ${error.message}`, { cause: error });
    });
    if (answer.status < 400) return answer.body;
    const { error } = failure.safeParse(answer.body).data ?? { error: { message: String(answer.body).slice(0, 200), status: '', errors: [] } };
    const reason = error.errors[0]?.reason || error.status;
    if (answer.status === 429 || answer.status >= 500 || PATIENCE.has(reason)) {
      throw new Unavailable(`${what}: ${answer.status} ${reason}: ${error.message}`);
    }
    throw new GoogleError(answer.status, reason || String(answer.status), error.message, what);
  }
}

/** What `work` brings; undefined when Google says that it is not there. */
export async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GoogleError && error.status === 404) return undefined;
    throw error;
  }
}
