import type { UserDocument } from '../../contracts/filmlinkd-documents';
import type { Unreadable } from '../../letterboxd/schemas';
import { backoff } from '../backoff';
import { type Floor, isNeverPosted, NEVER_POSTED, raised } from './floor';
import { createdAt, type News } from './news';

interface Remembered {
  floor: Floor;
  /** Milliseconds since 1970; undefined: not yet. */
  askedAt?: number;
  /** Of those who were asked at one moment, who came first. */
  turn: number;
  /** When the newest entry was logged. 0: none is known. */
  activeAt: number;
  /** Not asked before. */
  notBefore: number;
  failures: number;
  /** When somebody began to follow, until the user was asked because of it. */
  followedAt?: number;
  /** What their channel got then. */
  followedEntry?: string;
  /** Entries that cannot be read, and of which that was told. */
  readonly told: Set<string>;
}

/** A user's place in the line: by urgency, and among equals by turn. */
export interface Rank {
  readonly urgency: number;
  readonly turn: number;
}

const DAY = 86_400_000;
/** Milliseconds after a failure of one user. */
const FAILED = { first: 1000, longest: 60_000 } as const;
/** Milliseconds for which a follow is new. The database tells of its user long before. */
const NEW_FOLLOW = 600_000;

/** What this process knows of each user from asking: a restart forgets it, and takes what the database says. */
export class Memory {
  private readonly users = new Map<string, Remembered>();
  private turns = 0;

  constructor(private readonly minimumAge: number) {}

  get size(): number {
    return this.users.size;
  }

  floor(user: UserDocument): Floor {
    const known = this.of(user.letterboxdId);
    known.floor = raised(known.floor, user.previous.lid);
    if (user.newsFrom && isNeverPosted(known.floor)) known.floor = user.newsFrom;
    // others who follow already may not have it: it says something only of who was never posted anywhere
    if (known.followedEntry && isNeverPosted(known.floor) && known.askedAt === undefined) known.floor = raised(known.floor, known.followedEntry);
    known.followedEntry = undefined;
    return known.floor;
  }

  /** Whether somebody has just begun to follow. */
  isFollowed(lid: string, now: number): boolean {
    const known = this.users.get(lid);
    return known !== undefined && isNewFollow(known, now);
  }

  /** Somebody follows: the user is asked next. `entry` is what the channel got already. */
  follow(lid: string, entry: string, now: number): void {
    const known = this.of(lid);
    known.followedEntry = entry;
    known.followedAt = now;
  }

  /**
   * Who is asked next comes first; undefined: not now. Who was active in the last day comes round twice as often as who was in the
   * last week, and four times as often as others.
   */
  rank(lid: string, now: number): Rank | undefined {
    const known = this.users.get(lid);
    if (!known) return { urgency: Number.MAX_VALUE, turn: 0 };
    if (known.notBefore > now) return undefined;
    return { urgency: urgencyOf(known, now), turn: known.turn };
  }

  /** The user was asked; all that is ripe is on its way. */
  answered(lid: string, { ripe, waits, newest }: News, now: number): void {
    const known = this.of(lid);
    const last = ripe.at(-1);
    if (last) known.floor = raised(known.floor, last.id);
    known.askedAt = now;
    known.turn = ++this.turns;
    known.activeAt = newest ? createdAt(newest) : 0;
    known.notBefore = waits ? createdAt(waits) + this.minimumAge : 0;
    known.failures = 0;
    if (!waits) known.followedAt = undefined;
  }

  /** From here on everything is news. */
  found(lid: string, floor: Floor): void {
    const known = this.of(lid);
    if (isNeverPosted(known.floor)) known.floor = floor;
  }

  /** One entry is on its way, or was before. */
  raise(lid: string, entry: string): void {
    const known = this.of(lid);
    known.floor = raised(known.floor, entry);
  }

  failed(lid: string, now: number): void {
    const known = this.of(lid);
    known.failures += 1;
    known.notBefore = now + backoff(FAILED, known.failures);
  }

  /** Of what cannot be read, what was not told yet. */
  untold(lid: string, unreadable: readonly Unreadable[]): Unreadable[] {
    const { told } = this.of(lid);
    return unreadable.filter((one) => told.size < told.add(one.lid ?? one.problem).size);
  }

  /** Forgets who is not there any more. */
  keep(isThere: (lid: string) => boolean, now: number): void {
    for (const [lid, known] of this.users) if (!isThere(lid) && !isNewFollow(known, now)) this.users.delete(lid);
  }

  private of(lid: string): Remembered {
    let known = this.users.get(lid);
    if (!known) {
      known = { floor: NEVER_POSTED, turn: 0, activeAt: 0, notBefore: 0, failures: 0, told: new Set() };
      this.users.set(lid, known);
    }
    return known;
  }
}

function isNewFollow({ followedAt }: Remembered, now: number): boolean {
  return followedAt !== undefined && now - followedAt < NEW_FOLLOW;
}

function urgencyOf(known: Remembered, now: number): number {
  if (isNewFollow(known, now)) return Number.POSITIVE_INFINITY;
  if (known.askedAt === undefined) return Number.MAX_VALUE;
  const quiet = now - known.activeAt;
  return (now - known.askedAt) / (quiet < DAY ? 1 : quiet < 7 * DAY ? 2 : 4);
}
