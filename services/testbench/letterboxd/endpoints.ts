import * as z from 'zod';
import { contributor, film, filmStatistics, filmSummary, listSummary, logEntry, member, memberStatistics, memberSummary } from './shapes';
import type { Film, LetterboxdWorld, Member } from './world';

/** Thrown for an answer that is no success. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

type Query = Readonly<Record<string, unknown>>;

interface Endpoint {
  /** What it may be asked; anything else is refused: the real API would pass over a misspelt name. */
  readonly query: z.ZodType<Query, unknown>;
  /** Whether it answers without a signature. */
  readonly isOpen?: boolean;
  readonly answer: (world: LetterboxdWorld, query: never, id: string, now: number) => object;
}

const endpoint = <T extends Query>(
  query: z.ZodType<T, unknown>,
  answer: (world: LetterboxdWorld, query: T, id: string, now: number) => object,
  isOpen = false,
): Endpoint => ({
  query,
  isOpen,
  answer: answer as Endpoint['answer'],
});

/** A parameter that comes once, or a list of those that may repeat. */
const once = z
  .array(z.string())
  .length(1, 'must be there once')
  .transform(([value]) => value as string);
const several = z.array(z.string());
const oneOf = <T extends string>(...values: T[]) => once.pipe(z.enum(values));
const paging = {
  perPage: once.transform(Number).pipe(z.int().min(1).max(100)).default(20),
  cursor: once.pipe(z.string().regex(/^start=\d+$/, 'is no cursor of ours')).default('start=0'),
};

/** One page of them, and where the next one starts. */
function page<T>(items: readonly T[], { perPage, cursor }: { perPage: number; cursor: string }, shape: (item: T) => object) {
  const start = Number(cursor.slice('start='.length));
  const end = start + perPage;
  return { ...(end < items.length ? { next: `start=${end}` } : {}), items: items.slice(start, end).map(shape) };
}

const nothing = z.strictObject({});

const logEntries = endpoint(
  z.strictObject({ ...paging, member: once, film: once.optional(), memberRelationship: oneOf('Owner').optional(), sort: oneOf('WhenAdded').optional() }),
  (world, { member: lid, film: filmLid, ...rest }) => {
    memberOf(world, lid);
    return page(
      world.entriesOf(lid).filter((entry) => filmLid === undefined || entry.film.lid === filmLid),
      rest,
      logEntry,
    );
  },
);

const search = endpoint(
  z.strictObject({
    ...paging,
    input: once,
    include: once.transform((value) => value.split(',')).pipe(z.array(z.enum(['ContributorSearchItem', 'FilmSearchItem', 'MemberSearchItem']))),
    searchMethod: oneOf('FullText', 'Autocomplete', 'NamesAndKeywords').default('FullText'),
  }),
  (world, { input, include, searchMethod, ...rest }) => {
    const score = scorer(input, searchMethod === 'Autocomplete');
    const found = [
      ...[...world.films.values()].map((one) => ({ type: 'FilmSearchItem' as const, score: score(one.title), film: filmSummary(one) })),
      ...world.contributors.map((one) => ({ type: 'ContributorSearchItem' as const, score: score(one.name), contributor: contributor(one) })),
      ...[...world.members.values()].map((one) => ({
        type: 'MemberSearchItem' as const,
        score: Math.max(score(one.userName), score(one.displayName)),
        member: memberSummary(one),
      })),
    ].filter((item) => item.score > 0 && include.includes(item.type));
    return page(
      found.sort((a, b) => b.score - a.score),
      rest,
      (item) => item,
    );
  },
  true,
);

const lists = endpoint(
  z.strictObject({ ...paging, member: once, memberRelationship: oneOf('Owner').optional(), where: oneOf('Published', 'NotPublished').optional() }),
  (world, { member: lid, where, ...rest }) => {
    memberOf(world, lid);
    const own = world.lists.filter(({ owner }) => owner.lid === lid);
    return page(
      own.filter(({ isPublished = true }) => where === undefined || isPublished === (where === 'Published')),
      rest,
      listSummary,
    );
  },
);

const films = endpoint(z.strictObject({ ...paging, filmId: several.default([]) }), (world, { filmId, ...rest }) => {
  const all = [...world.films.values()];
  const wanted = filmId.length === 0 ? all : all.filter(({ lid, tmdb }) => filmId.includes(lid) || filmId.includes(`tmdb:${tmdb}`));
  return page(wanted, rest, filmSummary);
});

/** By path, where `:id` is anything. */
export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'log-entries': logEntries,
  search,
  lists,
  films,
  'film/:id': endpoint(nothing, (world, _, id) => film(filmOf(world, id))),
  'film/:id/statistics': endpoint(nothing, (world, _, id) => filmStatistics(filmOf(world, id), world.allEntries())),
  'member/:id': endpoint(nothing, (world, _, id) => member(memberOf(world, id))),
  'member/:id/statistics': endpoint(nothing, (world, _, id, now) => memberStatistics(memberOf(world, id), world.entriesOf(id), new Date(now).getUTCFullYear())),
};

/** The endpoint of a path below the base, with or without a slash at its end. */
export function endpointOf(path: string): { name: string; id: string; endpoint: Endpoint } | undefined {
  const parts = path.replace(/\/$/, '').split('/');
  const name = parts.map((part, i) => (i === 1 ? ':id' : part)).join('/');
  const found = ENDPOINTS[name];
  return found && { name, id: parts[1] ?? '', endpoint: found };
}

function memberOf(world: LetterboxdWorld, lid: string): Member {
  const found = world.members.get(lid);
  if (!found) throw new Refused(404, `No member with LID ${lid}`);
  return found;
}

function filmOf(world: LetterboxdWorld, lid: string): Film {
  const found = world.films.get(lid);
  if (!found) throw new Refused(404, `No film with LID ${lid}`);
  return found;
}

/** Equal names first, then beginnings, then parts (not while somebody is typing); 0: does not fit. */
function scorer(input: string, isTyping: boolean): (name: string) => number {
  const wanted = input.trim().toLowerCase();
  return (name) => {
    const own = name.toLowerCase();
    if (own === wanted) return 3;
    if (wanted !== '' && own.startsWith(wanted)) return 2;
    return !isTyping && wanted !== '' && own.includes(wanted) ? 1 : 0;
  };
}
