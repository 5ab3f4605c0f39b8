import type { LogEntry } from '../../services/contracts/log-entry';

/** An entry as it is published. */
export function entryOf(lid: string, more: Partial<LogEntry> = {}): LogEntry {
  return {
    lid,
    userName: 'ada',
    userLid: 'u1',
    type: 'watch',
    link: `https://boxd.it/${lid}`,
    publishedDate: 1_700_000_000_000,
    filmTitle: 'Metropolis "\\ \n 😀',
    filmYear: 1927,
    watchedDate: 0,
    image: '',
    starCount: 4.5,
    rewatch: false,
    liked: true,
    containsSpoilers: false,
    adult: false,
    review: '',
    updatedDate: 0,
    publishSource: 'Normal',
    ...more,
  };
}
