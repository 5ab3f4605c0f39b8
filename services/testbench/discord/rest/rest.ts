import type { Changes } from '../../changes';
import { type Faults, type Refusal, underFault } from '../../http/faults';
import type { HttpAnswer, HttpRequest, Outcome } from '../../http/loopback';
import { ApiError, methodNotAllowed, notFound, unauthorized } from '../api-error';
import { type Limit, RateLimits, tooMany } from './rate-limits';
import { Router } from './router';
import { BOT_ROUTES, type Discord, OPEN_ROUTES, type Route } from './routes';

export interface DiscordRequest {
  /** Such as `POST /channels/:channel/messages`. */
  readonly route: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed; undefined: none. */
  readonly body: unknown;
  /** Of the clock that the fake was given. */
  readonly at: number;
}

export interface RestLimits {
  /** Messages in one channel. @default 5 in 5 s */
  readonly messages?: Limit;
  /** All other routes, each. @default 50 in 1 s */
  readonly others?: Limit;
  /** The whole bot, without answers to commands. @default 50 in 1 s */
  readonly global?: Limit;
}

const BASE = /^\/api\/v10(?=\/)/;
const SECOND: Limit = { count: 50, perMs: 1000 };
const MESSAGES = 'POST /channels/:channel/messages';

/** Discord's REST API, version 10. */
export class Rest {
  /** Requests by route, and answers by status. */
  readonly requests = new Map<string, number>();
  readonly answers = new Map<number, number>();
  private readonly open = new Router<Route>(OPEN_ROUTES);
  private readonly bot = new Router<Route>(BOT_ROUTES);
  private readonly limits: RateLimits;

  constructor(
    private readonly discord: Discord,
    private readonly faults: Faults<DiscordRequest>,
    private readonly changes: Changes,
    private readonly options: { readonly token: string; readonly limits: RestLimits },
  ) {
    this.limits = new RateLimits(discord.world.now);
  }

  async handle(http: HttpRequest): Promise<Outcome> {
    const outcome = await this.outcome(http);
    if (typeof outcome === 'object') this.answers.set(outcome.status, (this.answers.get(outcome.status) ?? 0) + 1);
    this.changes.happened();
    return outcome;
  }

  private async outcome(http: HttpRequest): Promise<Outcome> {
    const path = BASE.test(http.path) ? http.path.replace(BASE, '') : undefined;
    const open = path === undefined ? undefined : this.open.match(http.method, path);
    const matched = path === undefined ? undefined : typeof open === 'object' ? open : (this.bot.match(http.method, path) ?? open);
    if (typeof matched !== 'object') return (matched === 'method' ? methodNotAllowed() : notFound()).answer();
    const { name, route, params } = matched;
    this.requests.set(name, (this.requests.get(name) ?? 0) + 1);
    const body = parsed(http);
    if (body instanceof ApiError) return body.answer();
    const request: DiscordRequest = { route: name, params, query: http.query, body, at: this.discord.world.now() };
    const work = () => this.work(http, request, route, typeof open === 'object');
    return underFault(this.faults.for(request), work, refusal);
  }

  private async work(http: HttpRequest, request: DiscordRequest, route: Route, isOpen: boolean): Promise<HttpAnswer> {
    if (!String(http.headers['user-agent']).startsWith('DiscordBot (')) return { status: 403, body: 'error code: 1010' }; // what Cloudflare says
    if (!isOpen && http.headers.authorization !== `Bot ${this.options.token}`) return unauthorized().answer();
    const { messages = { count: 5, perMs: 5000 }, others = SECOND, global = SECOND } = this.options.limits;
    const whole = isOpen ? undefined : this.limits.take('global', '', global).refusal;
    if (whole) return tooMany((whole.body as { retry_after: number }).retry_after, 'global');
    const major = request.params.channel ?? request.params.guild ?? request.params.token ?? '';
    const { headers, refusal: limited } = this.limits.take(request.route, major, request.route === MESSAGES ? messages : others);
    if (limited) return limited;
    try {
      const answer = await route(this.discord, request);
      return { ...answer, headers: { ...answer.headers, ...headers } };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { ...error.answer(), headers };
    }
  }
}

function parsed({ body, headers }: HttpRequest): unknown {
  if (body === '') return undefined;
  if (!headers['content-type']?.startsWith('application/json')) return new ApiError(400, 50_035, 'the test bench takes JSON only: it has no attachments');
  try {
    return JSON.parse(body);
  } catch {
    return new ApiError(400, 50_109, 'The request body contains invalid JSON.');
  }
}

/** As Discord, or Cloudflare before it, would fail. */
function refusal({ status, retryAfter = 1, scope = 'user' }: Refusal): HttpAnswer {
  if (status === 429) return tooMany(retryAfter, scope);
  if (status === 502 || status === 503 || status === 504)
    return { status, headers: { 'content-type': 'text/html' }, body: `<html><head><title>${status}</title></head></html>` };
  return new ApiError(status, 0, `${status}: as injected`).answer();
}
