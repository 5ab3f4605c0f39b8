import { GoogleAuth } from 'google-auth-library';
import * as z from 'zod';
import type { Clock } from '../runtime/clock';
import { retrying } from '../runtime/retry';
import { Unavailable } from './unavailable';

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

/** Google's no, which another try does not change. */
export class ComputeError extends Error {
  override name = 'ComputeError';

  constructor(
    /** Of the answer; 200 when the operation failed later. */
    readonly status: number,
    /** Such as `alreadyExists`, `QUOTA_EXCEEDED`. */
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

const instance = z.object({
  name: z.string(),
  /** Address of the zone. */
  zone: z.string(),
  creationTimestamp: z.string(),
  labels: z.record(z.string(), z.string()).optional(),
  scheduling: z.object({ maxRunDuration: z.object({ seconds: z.string() }).optional() }).optional(),
  metadata: z.object({ items: z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]) }).optional(),
});
export type Instance = z.output<typeof instance>;

const operation = z.object({
  name: z.string(),
  status: z.enum(['PENDING', 'RUNNING', 'DONE']),
  error: z.object({ errors: z.array(z.object({ code: z.string(), message: z.string().default('') })).default([]) }).optional(),
});
type Operation = z.output<typeof operation>;

const page = z.object({
  items: z.record(z.string(), z.object({ instances: z.array(instance).default([]) })).default({}),
  nextPageToken: z.string().optional(),
  unreachables: z.array(z.string()).default([]),
});

const failure = z.object({
  error: z.object({ message: z.string().default(''), errors: z.array(z.object({ reason: z.string().default('') })).default([]) }),
});

const PATIENCE = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'resourceNotReady']);

/** The machines that carry a label, and the zones that could not say. */
interface Labelled {
  readonly instances: Instance[];
  readonly unreachable: string[];
}

export interface ComputeOptions {
  readonly project: string;
  readonly clock: Clock;
  readonly transport: Transport;
  /** @default Google's */
  readonly baseUrl?: string;
  /** 0 to 1, for the pauses between tries. @default Math.random */
  readonly random?: () => number;
}

/** Seconds that one call is tried for, and that an operation is then watched for: both fit into a function's minute. */
const TRY_SECONDS = 25;
const WATCH_SECONDS = 25;

/** The four things that are asked of Compute Engine, over REST. What is worth another try has been tried when they reject with {@link Unavailable}. */
export class ComputeApi {
  private readonly root: string;

  constructor(private readonly options: ComputeOptions) {
    this.root = `${options.baseUrl ?? 'https://compute.googleapis.com/compute/v1'}/projects/${options.project}`;
  }

  /** Resolves when Google has accepted the machine: its operation ended well, or goes on without an error. */
  async insert(zone: string, body: object, requestId: string): Promise<void> {
    await this.watch(zone, operation.parse(await this.ask('POST', `/zones/${zone}/instances?requestId=${requestId}`, body)));
  }

  async get(zone: string, name: string): Promise<Instance | undefined> {
    const found = await this.unlessMissing(() => this.ask('GET', `/zones/${zone}/instances/${name}`));
    return found === undefined ? undefined : instance.parse(found);
  }

  /** One that is not there, or gone meanwhile, is deleted. */
  async delete(zone: string, name: string): Promise<void> {
    const begun = await this.unlessMissing(() => this.ask('DELETE', `/zones/${zone}/instances/${name}`));
    if (begun !== undefined) await this.unlessMissing(() => this.watch(zone, operation.parse(begun)));
  }

  /** All machines of the project that carry the label, in all zones, and the zones that could not say. */
  withLabel(label: string): Promise<Labelled> {
    // Google recommends the parameter: without it one zone that is down fails the whole list. Its API as of 2026-11 does not list it any more;
    // should it be refused one day, the list without it is better than none.
    return this.listed(label, { returnPartialSuccess: 'true' }).catch((error) => {
      if (error instanceof ComputeError && error.status === 400) return this.listed(label, {});
      throw error;
    });
  }

  private async listed(label: string, options: Readonly<Record<string, string>>): Promise<Labelled> {
    const instances: Instance[] = [];
    const unreachable: string[] = [];
    let token: string | undefined;
    do {
      const query = new URLSearchParams({ filter: `labels.${label}:*`, maxResults: '500', ...options, ...(token ? { pageToken: token } : {}) });
      const { items, nextPageToken, unreachables } = page.parse(await this.ask('GET', `/aggregated/instances?${query}`));
      instances.push(...Object.values(items).flatMap((scope) => scope.instances));
      unreachable.push(...unreachables);
      token = nextPageToken;
    } while (token);
    return { instances, unreachable };
  }

  private async watch(zone: string, begun: Operation): Promise<void> {
    const { clock } = this.options;
    const until = clock.now() + WATCH_SECONDS * 1000;
    let current = begun;
    while (current.status !== 'DONE') {
      if (clock.now() > until) return;
      await clock.sleep(1500);
      const answer = await this.unlessMissing(() => this.ask('GET', `/zones/${zone}/operations/${current.name}`));
      if (answer === undefined) return;
      current = operation.parse(answer);
    }
    const [first] = current.error?.errors ?? [];
    if (first) throw new ComputeError(first.code === 'RESOURCE_NOT_FOUND' ? 404 : 200, first.code, first.message);
  }

  private async unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ComputeError && error.status === 404) return undefined;
      throw error;
    }
  }

  private ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const { clock, random } = this.options;
    const worthIt = (error: unknown) => error instanceof Unavailable;
    return retrying(() => this.once(method, path, body), { clock, random, worthIt, patience: TRY_SECONDS * 1000, longest: 8000 });
  }

  private async once(method: string, path: string, body?: unknown): Promise<unknown> {
    const what = `${method} ${path.split('?')[0]}`;
    const answer = await this.options.transport(method, `${this.root}${path}`, body).catch((error: Error) => {
      throw new Unavailable(`${what}: no answer: ${error.message}`, { cause: error });
    });
    if (answer.status < 400) return answer.body;
    const { error } = failure.safeParse(answer.body).data ?? { error: { message: String(answer.body).slice(0, 200), errors: [] } };
    const reason = error.errors[0]?.reason ?? '';
    if (answer.status === 429 || answer.status >= 500 || PATIENCE.has(reason)) {
      throw new Unavailable(`${what}: ${answer.status} ${reason}: ${error.message}`);
    }
    throw new ComputeError(answer.status, reason || String(answer.status), error.message);
  }
}

/** `us-west1-a` of the zone's address. */
export const zoneOf = ({ zone }: Pick<Instance, 'zone'>): string => zone.slice(zone.lastIndexOf('/') + 1);

export const metadataOf = ({ metadata }: Instance, key: string): string | undefined => metadata?.items.find((item) => item.key === key)?.value;
