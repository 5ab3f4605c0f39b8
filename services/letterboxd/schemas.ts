import * as z from 'zod';
import { lid } from '../contracts/lid';

/** What of the API's answers is read. Every field may be null or missing, but ids and names by which things are known. */

const text = z.string().nullish();
const number = z.number().nullish();
const flag = z.boolean().nullish();
const id = lid.min(1, 'is empty');

/** A list without its unusable items: one broken item must not hide the others. */
function items<S extends z.ZodType>(item: S) {
  return z
    .array(z.unknown())
    .nullish()
    .transform((values) =>
      (values ?? []).flatMap((value): z.output<S>[] => {
        const { success, data } = item.safeParse(value);
        return success ? [data] : [];
      }),
    );
}

const image = z.object({ sizes: items(z.object({ height: number, url: z.string().min(1) })) }).nullish();
export type Image = z.output<typeof image>;
const links = items(z.object({ type: z.string(), url: z.string().min(1) }));

export const memberSummary = z.object({ id, username: text, displayName: text, avatar: image });
export type MemberSummary = z.output<typeof memberSummary>;

export const filmSummary = z.object({ id, name: z.string(), releaseYear: number, rating: number, poster: image, adult: flag, links });
export type FilmSummary = z.output<typeof filmSummary>;

export const member = memberSummary.extend({
  location: text,
  /** HTML. */
  bio: text,
  pronoun: z.object({ subjectPronoun: text, objectPronoun: text, possessivePronoun: text }).nullish(),
  favoriteFilms: items(filmSummary),
  links,
});
export type Member = z.output<typeof member>;

export const memberStatistics = z.object({ counts: z.object({ watches: number, filmsInDiaryThisYear: number }).nullish() });
export type MemberStatistics = z.output<typeof memberStatistics>;

export const film = filmSummary.extend({
  tagline: text,
  /** Minutes. */
  runTime: number,
  primaryLanguage: z.object({ name: text }).nullish(),
  genres: items(z.object({ name: z.string() })),
  contributions: items(z.object({ type: z.string(), contributors: items(z.object({ id, name: z.string() })) })),
});
export type Film = z.output<typeof film>;

export const filmStatistics = z.object({ counts: z.object({ watches: number, likes: number, reviews: number }).nullish() });
export type FilmStatistics = z.output<typeof filmStatistics>;

export const contributor = z.object({
  id,
  name: z.string(),
  /** HTML. */
  bio: text,
  links,
  statistics: z.object({ contributions: items(z.object({ type: z.string(), filmCount: number })) }).nullish(),
});
export type Contributor = z.output<typeof contributor>;

export const listSummary = z.object({
  id,
  name: z.string(),
  filmCount: number,
  /** HTML. */
  description: text,
  owner: memberSummary.nullish(),
  previewEntries: items(z.object({ rank: number, film: filmSummary })),
});
export type ListSummary = z.output<typeof listSummary>;

/** The API's log entry, of which `toLogEntry` makes ours. */
export const apiLogEntry = z.object({
  id,
  owner: memberSummary,
  film: filmSummary,
  /** `diaryDate` is a day, such as 2024-01-31. */
  diaryDetails: z.object({ diaryDate: text, rewatch: flag }).nullish(),
  /** HTML. */
  review: z.object({ text, containsSpoilers: flag }).nullish(),
  whenCreated: text,
  whenUpdated: text,
  /** Stars, 0.5 to 5. */
  rating: number,
  like: flag,
  links,
});
export type ApiLogEntry = z.output<typeof apiLogEntry>;

/** An item that is not what the API promises. */
export interface Unreadable {
  readonly lid?: string;
  readonly problem: string;
}

/** Unlike other lists it tells of what cannot be read: that may be news. */
export const logEntryPage = z.object({ items: z.array(z.unknown()).nullish(), next: text }).transform(({ items: values, next }) => {
  const [entries, unreadable]: [ApiLogEntry[], Unreadable[]] = [[], []];
  for (const value of values ?? []) {
    const { data, error } = apiLogEntry.safeParse(value);
    if (data) entries.push(data);
    else unreadable.push({ lid: z.object({ id }).safeParse(value).data?.id, problem: z.prettifyError(error).replaceAll('\n', ' ') });
  }
  return { items: entries, unreadable, next: next ?? undefined };
});

export const page = <S extends z.ZodType>(item: S) => z.object({ items: items(item), next: text });
export const searchResults = z.object({
  items: items(z.object({ member: memberSummary.nullish(), film: filmSummary.nullish(), contributor: contributor.nullish() })),
});
