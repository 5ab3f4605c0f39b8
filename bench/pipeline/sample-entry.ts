import type { LogEntry } from '../../services/contracts/log-entry';

/** A diary entry of ordinary size, with a short review. */
export function sampleEntry(lid: string, more: Partial<LogEntry> = {}): LogEntry {
  return {
    lid,
    userName: 'ada',
    userLid: 'u1',
    type: 'review',
    link: 'https://boxd.it/abcdef',
    publishedDate: 1_700_000_000_000,
    filmTitle: 'Metropolis',
    filmYear: 1927,
    watchedDate: 1_700_000_000_000,
    image: 'https://a.ltrbxd.com/resized/film-poster/5/1/4/7/4/51474-metropolis-1927-0-460-0-690-crop.jpg',
    starCount: 4.5,
    rewatch: false,
    liked: true,
    containsSpoilers: false,
    adult: false,
    review: '<p>A long evening, a longer film, and not a minute of it is lost.</p>'.repeat(4),
    updatedDate: 1_700_000_000_000,
    publishSource: 'Normal',
    ...more,
  };
}
