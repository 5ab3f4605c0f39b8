import type { LogEntry } from '../contracts/log-entry';
import type { ApiLogEntry, Image } from './schemas';

/** Characters of HTML, of which channels see 400. A document of the database holds a million bytes, a message ten. */
const LONGEST_REVIEW = 20_000;

/** The API's entry as we publish it. */
export function toLogEntry(entry: ApiLogEntry, publishSource: LogEntry['publishSource']): LogEntry {
  const { id, owner, film, diaryDetails, review, whenCreated, whenUpdated, rating, like, links } = entry;
  const text = review?.text?.trim() ? review.text : '';
  return {
    lid: id,
    userName: owner.username ?? '',
    userLid: owner.id,
    type: text ? 'review' : 'watch',
    link: links.find(({ type }) => type === 'letterboxd')?.url ?? boxd(id),
    publishedDate: milliseconds(whenCreated),
    filmTitle: film.name,
    filmYear: film.releaseYear ?? 0,
    watchedDate: milliseconds(diaryDetails?.diaryDate),
    image: tallest(film.poster) ?? '',
    starCount: rating ?? 0,
    rewatch: diaryDetails?.rewatch ?? false,
    liked: like ?? false,
    containsSpoilers: review?.containsSpoilers ?? false,
    adult: film.adult ?? false,
    review: cut(text),
    updatedDate: milliseconds(whenUpdated),
    publishSource,
  };
}

/** Without half a tag or half a character at its end. */
function cut(html: string): string {
  return html.length > LONGEST_REVIEW
    ? html
        .slice(0, LONGEST_REVIEW)
        .replace(/<[^<>]*$/, '')
        .replace(/[\ud800-\udbff]$/, '')
    : html;
}

/** The short address of anything. */
export const boxd = (id: string): string => `https://boxd.it/${id}`;

/** Address of an image's largest size. */
export function tallest(image: Image): string | undefined {
  const [first, ...others] = image?.sizes ?? [];
  return others.reduce((best, size) => ((size.height ?? 0) > (best?.height ?? 0) ? size : best), first)?.url;
}

/** 0: none, or none that can be read. A day begins at midnight UTC. */
function milliseconds(date: string | null | undefined): number {
  return Math.max(0, (date && Date.parse(date)) || 0);
}
