import { compareLids } from '../../contracts/lid';
import type { Page } from '../../letterboxd/client';
import { LetterboxdFailure } from '../../letterboxd/failure';
import type { ApiLogEntry, Unreadable } from '../../letterboxd/schemas';
import type { Clock } from '../../runtime/clock';
import { backoff } from '../backoff';
import type { EntrySource } from '../letterboxd/polite';
import { type Floor, isNeverPosted, isNews } from './floor';

/** Entries of one page, and of all pages that are gone back, at most. */
export const PAGE = 10;
export const MOST = 100;
/** Attempts for one of those pages: a failure there would cost all that are read. */
const ATTEMPTS = 3;
const PAUSE = { first: 500, longest: 2000 } as const; // milliseconds

export interface News {
  /** What is to be published, the oldest first. */
  readonly ripe: readonly ApiLogEntry[];
  /** The oldest that waits: people edit. Nothing newer than it is published before it. */
  readonly waits?: ApiLogEntry;
  /** The user's newest that can be read, whether it is news or not. */
  readonly newest?: ApiLogEntry;
  /** There was more than is gone back for. */
  readonly isCut: boolean;
  /** Entries that cannot be read, and may be news. */
  readonly unreadable: readonly Unreadable[];
}

export interface NewsOptions {
  readonly floor: Floor;
  /** Milliseconds; younger entries wait. */
  readonly minimumAge: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** What a user has logged since. One request when that is nothing. */
export async function newsOf(source: EntrySource, member: string, { floor, minimumAge, clock, signal }: NewsOptions): Promise<News> {
  const { items, unreadable = [] } = await source.logEntries({ member, perPage: 1 }, signal);
  const [first] = items;
  const mayBeNews = unreadable.some((one) => isPossibleNews(one, floor)) || (first && isNews(first.id, floor));
  if (!mayBeNews) return { ripe: [], newest: first, isCut: false, unreadable: [] };
  const found = first && isNeverPosted(floor) ? { entries: [first], isCut: false, unreadable: [] } : await since(source, member, { floor, clock, signal });
  const { entries } = found;
  // a date far in the future is none: it would be waited for until then
  const young = entries.findIndex((entry) => Math.abs(clock.now() - createdAt(entry)) < minimumAge);
  return { ...found, ripe: young < 0 ? entries : entries.slice(0, young), waits: young < 0 ? undefined : entries[young], newest: first ?? entries.at(-1) };
}

/** Milliseconds since 1970; long ago, when Letterboxd does not say. */
export function createdAt({ whenCreated }: Pick<ApiLogEntry, 'whenCreated'>): number {
  return (whenCreated && Date.parse(whenCreated)) || 0;
}

/** Goes back page by page until something is no news; of a user who was never posted, to the newest that can be read. The oldest first. */
async function since(source: EntrySource, member: string, { floor, clock, signal }: Omit<NewsOptions, 'minimumAge'>) {
  const news = new Map<string, ApiLogEntry>(); // pages overlap when something is logged meanwhile
  const broken: Unreadable[] = [];
  let cursor: string | undefined;
  let isCut = false;
  for (let read = 0; ; ) {
    const query = { member, perPage: PAGE, cursor };
    const { items, next, unreadable = [] } = await patiently(() => source.logEntries(query, signal), clock, signal);
    // taken for the end, it would be published without what stands behind it
    if (items.length + unreadable.length === 0)
      throw new LetterboxdFailure('unreadable', `log-entries of ${member}: the page ${cursor ?? 'at the front'} is empty`);
    read += items.length + unreadable.length;
    const fresh = items.filter(({ id }) => isNews(id, floor));
    const freshBroken = unreadable.filter((one) => isPossibleNews(one, floor));
    for (const entry of fresh) news.set(entry.id, entry);
    broken.push(...freshBroken);
    if (isNeverPosted(floor) && items.length > 0) break;
    if (fresh.length + freshBroken.length < items.length + unreadable.length || !next) break;
    isCut = read >= MOST;
    if (isCut) break;
    cursor = next;
  }
  const entries = [...news.values()].sort((a, b) => compareLids(a.id, b.id));
  return { entries: isNeverPosted(floor) ? entries.slice(-1) : entries, isCut, unreadable: broken };
}

/** What cannot be read at all may be anything. */
function isPossibleNews({ lid }: Unreadable, floor: Floor): boolean {
  return lid === undefined || isNews(lid, floor);
}

async function patiently(ask: () => Promise<Page<ApiLogEntry>>, clock: Clock, signal?: AbortSignal): Promise<Page<ApiLogEntry>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LetterboxdFailure) || !error.isTransient || attempt === ATTEMPTS) throw error;
      await clock.sleep(backoff(PAUSE, attempt), signal);
    }
  }
}
