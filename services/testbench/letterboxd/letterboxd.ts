import { Changes } from '../changes';
import { Faults, type Refusal, underFault } from '../http/faults';
import { type HttpAnswer, type HttpRequest, Loopback, type Outcome } from '../http/loopback';
import { endpointOf, Refused } from './endpoints';
import { profile } from './profile';
import { SIGNING, Signatures } from './signature';
import { LetterboxdWorld } from './world';

export interface LetterboxdRequest {
  /** Such as `log-entries` or `member/:id`; `profile`: a page of the site. */
  readonly endpoint: string;
  /** Of whom: the parameter `member`, or the id or name in the path. */
  readonly about: string;
  /** The API key; empty: unsigned. Give each process its own to see who asked. */
  readonly by: string;
  readonly query: URLSearchParams;
  readonly at: number;
}

export interface FakeLetterboxdOptions {
  /** Secrets by API key. @default { key: 'secret' } */
  readonly keys?: Readonly<Record<string, string>>;
  /** @default 0: any that is free */
  readonly port?: number;
  /** Milliseconds since 1970. @default the machine's clock */
  readonly now?: () => number;
}

const API = '/api/v0/';
const SITE = '/site/';
/** Requests that are kept. */
const KEPT = 200_000;

/** Letterboxd's API v0, and the profile pages of its site, on loopback. */
export class FakeLetterboxd {
  readonly world: LetterboxdWorld;
  readonly faults = new Faults<LetterboxdRequest>();
  /** In the order in which they came, whatever became of them. */
  requests: LetterboxdRequest[] = [];
  /** Requests that no correct client sends: wrongly signed, or with parameters that are not known. */
  readonly mistakes: string[] = [];
  /** How many were open at the same time, at most. */
  peak = 0;
  private open = 0;
  private readonly signatures: Signatures;
  private readonly changes = new Changes();

  private constructor(
    private readonly loopback: Loopback,
    private readonly now: () => number,
    keys: Readonly<Record<string, string>>,
  ) {
    this.world = new LetterboxdWorld(now);
    this.signatures = new Signatures(new Map(Object.entries(keys)), now);
  }

  static async start({ keys = { key: 'secret' }, port, now = Date.now }: FakeLetterboxdOptions = {}): Promise<FakeLetterboxd> {
    const loopback = await Loopback.start((request) => fake.handle(request), port);
    const fake = new FakeLetterboxd(loopback, now, keys);
    return fake;
  }

  /** Base of the API, slash at its end. */
  get url(): string {
    return `http://${this.loopback.host}${API}`;
  }

  /** Base of the profile pages. */
  get siteUrl(): string {
    return `http://${this.loopback.host}${SITE}`;
  }

  /** How often each API key asked for a member's entries. */
  askedAbout(memberLid: string): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { endpoint, about, by } of this.requests) if (endpoint === 'log-entries' && about === memberLid) counts.set(by, (counts.get(by) ?? 0) + 1);
    return counts;
  }

  /** Counts anew from here. */
  forgetRequests(): void {
    this.requests = [];
    this.peak = 0;
  }

  /** Resolves with what `look` finds; looks again after each request. */
  until<T>(what: string, look: () => T | undefined | false, limit?: number): Promise<T> {
    return this.changes.until(what, look, limit);
  }

  async stop(): Promise<void> {
    await this.loopback.close();
  }

  private async handle(http: HttpRequest): Promise<Outcome> {
    this.open += 1;
    this.peak = Math.max(this.peak, this.open);
    try {
      return await this.outcome(http);
    } finally {
      this.open -= 1;
      this.changes.happened();
    }
  }

  private outcome(http: HttpRequest): Promise<Outcome> | Outcome {
    if (http.path.startsWith(SITE)) {
      const name = http.path.slice(SITE.length).replace(/\/$/, '');
      const request = this.note('profile', decodeURIComponent(name), http);
      return underFault(this.faults.for(request), async () => profile(this.world, SITE, http), refusal);
    }
    const found = http.path.startsWith(API) ? endpointOf(http.path.slice(API.length)) : undefined;
    if (!found || http.method !== 'GET') return this.mistake(404, `there is no ${http.method} ${http.path}`);
    const request = this.note(found.name, found.id || (http.query.get('member') ?? ''), http);
    return underFault(this.faults.for(request), async () => this.work(http, found), refusal);
  }

  private work(http: HttpRequest, { endpoint, id }: NonNullable<ReturnType<typeof endpointOf>>): HttpAnswer {
    if (!endpoint.isOpen || this.signatures.isSigned(http)) {
      const wrong = this.signatures.mistake(http);
      if (wrong) return this.mistake(401, wrong);
    }
    if (new URL(http.url).search.includes('+')) return this.mistake(400, `${http.url}: a space is %20, not +`);
    const given: Record<string, string[]> = {};
    for (const name of http.query.keys()) if (!(SIGNING as readonly string[]).includes(name)) given[name] = http.query.getAll(name);
    const { success, data, error } = endpoint.query.safeParse(given);
    if (!success) return this.mistake(400, error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
    try {
      return { status: 200, headers: { 'content-type': 'application/json;charset=utf-8' }, body: endpoint.answer(this.world, data as never, id, this.now()) };
    } catch (problem) {
      if (problem instanceof Refused) return failure(problem.status, problem.message);
      throw problem;
    }
  }

  private note(endpoint: string, about: string, { query }: HttpRequest): LetterboxdRequest {
    const request = { endpoint, about, by: query.get('apikey') ?? '', query, at: this.now() };
    this.requests.push(request);
    if (this.requests.length > KEPT) this.requests = this.requests.slice(-KEPT / 2);
    return request;
  }

  private mistake(status: number, message: string): HttpAnswer {
    this.mistakes.push(message);
    return failure(status, message);
  }
}

const failure = (status: number, message: string): HttpAnswer => ({ status, body: { code: String(status), message } });

const refusal = ({ status, retryAfter }: Refusal): HttpAnswer => ({
  ...failure(status, 'as injected'),
  ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
});
