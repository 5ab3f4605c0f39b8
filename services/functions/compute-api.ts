import * as z from 'zod';
import type { Clock } from '../runtime/clock';
import { GoogleError, GoogleRest, type Transport, unlessMissing } from '../runtime/google/rest';

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
  private readonly rest: GoogleRest;

  constructor(private readonly options: ComputeOptions) {
    const { baseUrl = 'https://compute.googleapis.com/compute/v1', project, clock, transport, random } = options;
    this.rest = new GoogleRest({ root: `${baseUrl}/projects/${project}`, clock, transport, trySeconds: TRY_SECONDS, ...(random && { random }) });
  }

  /** Resolves when Google has accepted the machine: its operation ended well, or goes on without an error. */
  async insert(zone: string, body: object, requestId: string): Promise<void> {
    await this.watch(zone, operation.parse(await this.rest.ask('POST', `/zones/${zone}/instances?requestId=${requestId}`, body)));
  }

  async get(zone: string, name: string): Promise<Instance | undefined> {
    const found = await this.rest.find('GET', `/zones/${zone}/instances/${name}`);
    return found === undefined ? undefined : instance.parse(found);
  }

  /** One that is not there, or gone meanwhile, is deleted. */
  async delete(zone: string, name: string): Promise<void> {
    const begun = await this.rest.find('DELETE', `/zones/${zone}/instances/${name}`);
    if (begun !== undefined) await unlessMissing(() => this.watch(zone, operation.parse(begun)));
  }

  /** All machines of the project that carry the label, in all zones, and the zones that could not say. */
  withLabel(label: string): Promise<Labelled> {
    // Google recommends the parameter: without it one zone that is down fails the whole list. Its API as of 2026-11 does not list it any more;
    // should it be refused one day, the list without it is better than none.
    return this.listed(label, { returnPartialSuccess: 'true' }).catch((error) => {
      if (error instanceof GoogleError && error.status === 400) return this.listed(label, {});
      throw error;
    });
  }

  private async listed(label: string, options: Readonly<Record<string, string>>): Promise<Labelled> {
    const instances: Instance[] = [];
    const unreachable: string[] = [];
    let token: string | undefined;
    do {
      const query = new URLSearchParams({ filter: `labels.${label}:*`, maxResults: '500', ...options, ...(token ? { pageToken: token } : {}) });
      const { items, nextPageToken, unreachables } = page.parse(await this.rest.ask('GET', `/aggregated/instances?${query}`));
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
      const answer = await this.rest.find('GET', `/zones/${zone}/operations/${current.name}`);
      if (answer === undefined) return;
      current = operation.parse(answer);
    }
    const [first] = current.error?.errors ?? [];
    if (first) throw new GoogleError(first.code === 'RESOURCE_NOT_FOUND' ? 404 : 200, first.code, first.message);
  }
}

/** `us-west1-a` of the zone's address. */
export const zoneOf = ({ zone }: Pick<Instance, 'zone'>): string => zone.slice(zone.lastIndexOf('/') + 1);

export const metadataOf = ({ metadata }: Instance, key: string): string | undefined => metadata?.items.find((item) => item.key === key)?.value;
