import type { LogEntry } from '../contracts/log-entry';
import type { ApiLogEntry, Image } from './schemas';

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
    review: text,
    updatedDate: milliseconds(whenUpdated),
    publishSource,
  };
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
