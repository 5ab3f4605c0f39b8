import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { failureOfStatus, LetterboxdFailure } from './failure';
import * as schemas from './schemas';
import { authorization } from './signature';

export interface LetterboxdSettings {
  /** The API's address, with a slash at its end. */
  readonly url: string;
  readonly apiKey: string;
  readonly sharedSecret: string;
  /** Milliseconds for a whole answer. @default 15000 */
  readonly limit?: number;
  /** @default Node's */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** A new one for each request. @default random */
  readonly nonce?: () => string;
}

export interface LogEntriesQuery {
  readonly member: string;
  readonly film?: string;
  readonly perPage: number;
  /** The last page's `next`. @default the first page */
  readonly cursor?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
  /** What stands on the page and cannot be read. @default nothing */
  readonly unreadable?: readonly schemas.Unreadable[];
}

type Parameters = Readonly<Record<string, string | number | undefined>>;

const USER_AGENT = 'filmlinkd (a Discord bot for Letterboxd)';

/** Letterboxd's API v0. Every request is signed; every failure is a {@link LetterboxdFailure}; what is not there is undefined or an empty list. */
export class LetterboxdClient {
  private readonly settings: Required<LetterboxdSettings>;

  constructor(settings: LetterboxdSettings) {
    this.settings = { limit: 15_000, fetch: (url, init) => fetch(url, init), now: Date.now, nonce: randomUUID, ...settings };
  }

  async searchMembers(input: string, perPage: number, signal?: AbortSignal): Promise<schemas.MemberSummary[]> {
    return (await this.search(input, { include: 'MemberSearchItem', perPage, searchMethod: 'Autocomplete' }, signal)).flatMap(({ member }) => member ?? []);
  }

  async searchFilms(input: string, perPage: number, signal?: AbortSignal): Promise<schemas.FilmSummary[]> {
    return (await this.search(input, { include: 'FilmSearchItem', perPage, searchMethod: 'Autocomplete' }, signal)).flatMap(({ film }) => film ?? []);
  }

  async searchContributors(input: string, perPage: number, signal?: AbortSignal): Promise<schemas.Contributor[]> {
    return (await this.search(input, { include: 'ContributorSearchItem', perPage }, signal)).flatMap(({ contributor }) => contributor ?? []);
  }

  member(lid: string, signal?: AbortSignal): Promise<schemas.Member | undefined> {
    return found(this.get(`member/${lid}`, {}, schemas.member, signal));
  }

  memberStatistics(lid: string, signal?: AbortSignal): Promise<schemas.MemberStatistics | undefined> {
    return found(this.get(`member/${lid}/statistics`, {}, schemas.memberStatistics, signal));
  }

  film(id: string, signal?: AbortSignal): Promise<schemas.Film | undefined> {
    return found(this.get(`film/${id}`, {}, schemas.film, signal));
  }

  filmStatistics(id: string, signal?: AbortSignal): Promise<schemas.FilmStatistics | undefined> {
    return found(this.get(`film/${id}/statistics`, {}, schemas.filmStatistics, signal));
  }

  /** The first of these films of The Movie Database that Letterboxd has. */
  async filmOfTmdb(ids: readonly number[], signal?: AbortSignal): Promise<schemas.FilmSummary | undefined> {
    const query = ids.map((id) => `filmId=tmdb:${id}`).join('&');
    return (await this.get(`films/?${query}`, {}, schemas.page(schemas.filmSummary), signal)).items[0];
  }

  /** What a member published: 50 lists at most. */
  async listsOf(member: string, signal?: AbortSignal): Promise<schemas.ListSummary[]> {
    const parameters = { member, memberRelationship: 'Owner', perPage: 50, where: 'Published' };
    return (await this.get('lists/', parameters, schemas.page(schemas.listSummary), signal)).items;
  }

  /** The newest first. A member that does not exist has none. */
  async logEntries({ member, film, perPage, cursor }: LogEntriesQuery, signal?: AbortSignal): Promise<Page<schemas.ApiLogEntry>> {
    const parameters = { member, film, memberRelationship: 'Owner', perPage, cursor };
    return (await found(this.get('log-entries/', parameters, schemas.logEntryPage, signal))) ?? { items: [] };
  }

  private async search(input: string, parameters: Parameters, signal?: AbortSignal) {
    return (await this.get('search/', { input, ...parameters }, schemas.searchResults, signal)).items;
  }

  private async get<S extends z.ZodType>(path: string, parameters: Parameters, schema: S, signal?: AbortSignal): Promise<z.output<S>> {
    const where = path.split('?')[0] as string;
    const { success, data, error } = schema.safeParse(await this.json(this.address(path, parameters), where, signal));
    if (success) return data;
    const [issue] = error.issues;
    throw new LetterboxdFailure('unreadable', `${where}: ${issue?.path.join('.') || 'the answer'} ${issue?.message}`);
  }

  /** As it is signed: `URL` writes it as `fetch` will send it. */
  private address(path: string, parameters: Parameters): string {
    const { url, apiKey, nonce, now } = this.settings;
    const all = { ...parameters, apikey: apiKey, nonce: nonce(), timestamp: Math.floor(now() / 1000) };
    const query = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : `${name}=${encodeURIComponent(value)}`));
    return new URL(`${path}${path.includes('?') ? '&' : '?'}${query.join('&')}`, url).href;
  }

  private async json(url: string, where: string, signal?: AbortSignal): Promise<unknown> {
    const { limit, sharedSecret } = this.settings;
    const headers = { authorization: authorization(sharedSecret, 'GET', url), accept: 'application/json', 'user-agent': USER_AGENT };
    const signals = [AbortSignal.timeout(limit), ...(signal ? [signal] : [])];
    let response: Response;
    let body: string;
    try {
      response = await this.settings.fetch(url, { headers, signal: AbortSignal.any(signals) });
      body = await response.text();
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw new LetterboxdFailure('unavailable', `${where}: Letterboxd does not answer: ${causeOf(error)}`);
    }
    if (!response.ok) throw failureOfStatus(response.status, where, response.headers.get('retry-after'), this.settings.now());
    try {
      return JSON.parse(body);
    } catch {
      throw new LetterboxdFailure('unreadable', `${where}: the answer is not JSON`);
    }
  }
}

async function found<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof LetterboxdFailure && error.kind === 'not-found') return undefined;
    throw error;
  }
}

/** fetch says only that it failed; why is in its cause. */
function causeOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message;
}
