import type { UserDocument } from '../../contracts/filmlinkd-documents';
import type { LogEntry } from '../../contracts/log-entry';
import { toLogEntry } from '../../letterboxd/log-entry';
import type { Clock } from '../../runtime/clock';
import type { Users } from '../../runtime/stores/users';
import { inParallel } from '../in-parallel';
import { type EntrySource, LetterboxdPaused } from '../letterboxd/polite';
import type { Log } from '../log';
import type { Metrics } from '../metrics';
import type { Publisher } from '../publish/publisher';
import { type Floor, isNeverPosted } from './floor';
import type { Memory, Rank } from './memory';
import { MOST, type News, newsOf } from './news';
import type { Roster } from './roster';

export interface WalkerOptions {
  readonly source: EntrySource;
  readonly users: Pick<Users, 'newsFrom'>;
  readonly roster: Roster;
  readonly memory: Memory;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Whether this process asks for the user. */
  readonly isMine: (user: UserDocument) => boolean;
  /** Of entries that nobody waits for. */
  readonly publishSource: Extract<LogEntry['publishSource'], 'Normal' | 'VIP'>;
  readonly pageSize: number;
  readonly concurrency: number;
  /** Milliseconds for one page. */
  readonly runTimeout: number;
  /** Milliseconds; younger entries wait. */
  readonly minimumAge: number;
}

/** Goes through the users of this process page by page, those first who are most urgent. */
export class Walker {
  /** When a page last did what it should; the start counts. */
  lastSuccess: number;

  constructor(private readonly options: WalkerOptions) {
    this.lastSuccess = options.clock.now();
  }

  /** One page. */
  async page(ending: AbortSignal): Promise<void> {
    const { clock, concurrency, memory, roster, runTimeout } = this.options;
    if (!roster.isComplete) return;
    memory.keep((lid) => roster.user(lid) !== undefined, clock.now());
    const users = this.choose();
    const signal = AbortSignal.any([ending, AbortSignal.timeout(runTimeout)]);
    let answered = users.length === 0;
    await inParallel(users, concurrency, async (user) => {
      if (!signal.aborted && (await this.ask(user, signal))) answered = true;
    });
    if (answered) this.lastSuccess = clock.now();
  }

  /** Of who was never posted, everything from now on is news: also for whoever takes over before the first is posted everywhere. */
  private async note({ letterboxdId: lid, newsFrom, previous }: UserDocument, before: Floor, { newest }: News): Promise<void> {
    if (newsFrom || !isNeverPosted({ lid: previous.lid, isNews: false })) return;
    const floor = isNeverPosted(before) ? newest && { lid: newest.id, isNews: true } : before;
    if (!floor) return;
    await this.options.users.newsFrom(lid, floor);
    this.options.memory.found(lid, floor);
  }

  private choose(): UserDocument[] {
    const { clock, isMine, memory, pageSize, roster } = this.options;
    const now = clock.now();
    const candidates: { user: UserDocument; rank: Rank }[] = [];
    for (const user of roster.followed()) {
      const rank = isMine(user) ? memory.rank(user.letterboxdId, now) : undefined;
      if (rank) candidates.push({ user, rank });
    }
    candidates.sort(({ rank: a }, { rank: b }) => (a.urgency === b.urgency ? a.turn - b.turn : b.urgency - a.urgency));
    return candidates.slice(0, pageSize).map(({ user }) => user);
  }

  /** Whether there was an answer. */
  private async ask(user: UserDocument, signal: AbortSignal): Promise<boolean> {
    const { clock, log, memory, metrics, minimumAge, publishSource, publisher, source } = this.options;
    const lid = user.letterboxdId;
    try {
      metrics.asked.inc();
      const before = memory.floor(user);
      const news = await newsOf(source, lid, { floor: before, minimumAge, clock, signal });
      if (news.isCut) log.warn({ user: lid }, `More than ${MOST} entries since ${before.lid}: the older ones are left out`);
      for (const { lid: entry, problem } of memory.untold(lid, news.unreadable)) {
        metrics.errors.inc({ where: 'entry' });
        log.warn({ user: lid, entry, problem }, 'An entry of Letterboxd cannot be read, and is left out');
      }
      await this.note(user, before, news);
      const asWhat = memory.isFollowed(lid, clock.now()) ? 'Follow' : publishSource;
      for (const entry of news.ripe) {
        if (await publisher.first(toLogEntry(entry, asWhat))) metrics.found.inc();
        memory.raise(lid, entry.id); // one that fails behind it is found again
      }
      memory.answered(lid, news, clock.now());
      return true;
    } catch (error) {
      if (signal.aborted || error instanceof LetterboxdPaused) return false;
      metrics.errors.inc({ where: 'ask' });
      memory.failed(lid, clock.now());
      log.warn({ error, user: lid }, 'Asking for a user failed; it is tried again');
      return false;
    }
  }
}
