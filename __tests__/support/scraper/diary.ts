import { compareLids } from '../../../services/contracts/lid';
import type { LogEntriesQuery, Page } from '../../../services/letterboxd/client';
import { type ApiLogEntry, apiLogEntry } from '../../../services/letterboxd/schemas';
import type { EntrySource } from '../../../services/scraper/letterboxd/polite';

/** What members have logged; answers as the API does, the newest first, without a server. */
export class Diary implements EntrySource {
  readonly queries: LogEntriesQuery[] = [];
  /** What goes wrong with a request. */
  fault: ((query: LogEntriesQuery) => Error | undefined) | undefined;
  private readonly entries = new Map<string, ApiLogEntry[]>();

  /** @param at Milliseconds since 1970. */
  log(member: string, lid: string, at: number, more: object = {}): void {
    const entry = apiLogEntry.parse({
      id: lid,
      owner: { id: member, username: `name of ${member}` },
      film: { id: 'f', name: `Film ${lid}` },
      whenCreated: new Date(at).toISOString(),
      ...more,
    });
    this.entries.set(
      member,
      [entry, ...(this.entries.get(member) ?? [])].sort((a, b) => compareLids(b.id, a.id)),
    );
  }

  async logEntries(query: LogEntriesQuery): Promise<Page<ApiLogEntry>> {
    this.queries.push(query);
    const fault = this.fault?.(query);
    if (fault) throw fault;
    const all = this.entries.get(query.member) ?? [];
    const start = Number(query.cursor?.split('=')[1] ?? 0);
    const end = start + query.perPage;
    return { items: all.slice(start, end), next: end < all.length ? `start=${end}` : undefined };
  }
}

/** Ids that follow each other. */
export const lids = (count: number, from = 0): string[] => Array.from({ length: count }, (_, index) => (1000 + from + index).toString());
