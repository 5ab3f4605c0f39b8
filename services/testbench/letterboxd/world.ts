import { compareLids } from '../../contracts/lid';
import { lidOf } from './lids';

/** Fields that the API sends instead of ours, or besides: null where it has nothing, or what we do not model. */
type Raw = Readonly<Record<string, unknown>>;

export interface Pronoun {
  readonly subject: string;
  readonly object: string;
  readonly possessive: string;
}

export interface Member {
  readonly lid: string;
  userName: string;
  displayName: string;
  /** Address of the picture. */
  avatar?: string;
  location?: string;
  /** HTML. */
  bio?: string;
  pronoun?: Pronoun;
  favourites?: readonly Film[];
  /** Instead of what is counted from the entries. */
  watches?: number;
  filmsThisYear?: number;
  raw?: Raw;
}

export interface Film {
  readonly lid: string;
  readonly title: string;
  readonly year?: number;
  readonly tmdb?: number;
  readonly poster?: string;
  readonly adult?: boolean;
  readonly tagline?: string;
  readonly directors?: readonly string[];
  /** Name, such as English. */
  readonly language?: string;
  /** Minutes. */
  readonly runTime?: number;
  readonly genres?: readonly string[];
  readonly rating?: number;
  readonly counts?: { readonly watches: number; readonly likes: number; readonly reviews: number };
  readonly raw?: Raw;
}

export interface Entry {
  readonly lid: string;
  readonly member: Member;
  readonly film: Film;
  /** How many of this member and film there were before. */
  readonly earlier: number;
  /** Milliseconds since 1970. */
  readonly created: number;
  updated: number;
  /** Such as 2024-05-31; undefined: not in the diary. */
  readonly watched?: string;
  rating?: number;
  rewatch?: boolean;
  like?: boolean;
  /** HTML. */
  review?: string;
  spoilers?: boolean;
  raw?: Raw;
}

export interface List {
  readonly lid: string;
  readonly owner: Member;
  readonly name: string;
  /** HTML. */
  readonly description?: string;
  readonly isRanked?: boolean;
  /** @default true */
  readonly isPublished?: boolean;
  readonly films: readonly Film[];
  readonly raw?: Raw;
}

export interface Contributor {
  readonly lid: string;
  readonly name: string;
  readonly bio?: string;
  readonly contributions?: readonly { readonly type: string; readonly filmCount: number }[];
  readonly links?: readonly { readonly type: string; readonly url: string }[];
  readonly raw?: Raw;
}

/** Who is at Letterboxd, and what they watched. Everything may be added at any time. */
export class LetterboxdWorld {
  readonly members = new Map<string, Member>();
  readonly films = new Map<string, Film>();
  readonly lists: List[] = [];
  readonly contributors: Contributor[] = [];
  private readonly entries = new Map<string, Entry[]>();
  private last = 1_000_000;

  constructor(private readonly now: () => number) {}

  addMember(userName: string, { lid = this.nextLid(), displayName = userName, ...rest }: Partial<Omit<Member, 'userName'>> = {}): Member {
    const member = { lid, userName, displayName, ...rest };
    this.members.set(lid, member);
    return member;
  }

  addFilm(title: string, { lid = this.nextLid(), ...rest }: Partial<Omit<Film, 'title'>> = {}): Film {
    const film = { lid, title, ...rest };
    this.films.set(lid, film);
    return film;
  }

  /** The newest of the member, unless `lid` says otherwise. @param options.created @default now */
  addEntry(
    member: Member,
    film: Film,
    { lid = this.nextLid(), created = this.now(), updated = created, ...rest }: Partial<Omit<Entry, 'member' | 'film'>> = {},
  ): Entry {
    const entries = this.entriesOf(member.lid);
    const earlier = entries.filter((other) => other.film === film).length;
    const entry = { lid, member, film, earlier, created, updated, ...rest };
    this.entries.set(
      member.lid,
      [entry, ...entries].sort((a, b) => compareLids(b.lid, a.lid)),
    );
    return entry;
  }

  removeEntry(entry: Entry): void {
    this.entries.set(
      entry.member.lid,
      this.entriesOf(entry.member.lid).filter((other) => other !== entry),
    );
  }

  addList(owner: Member, name: string, films: readonly Film[], { lid = this.nextLid(), ...rest }: Partial<Omit<List, 'owner' | 'name' | 'films'>> = {}): List {
    const list = { lid, owner, name, films, ...rest };
    this.lists.push(list);
    return list;
  }

  addContributor(name: string, { lid = this.nextLid(), ...rest }: Partial<Omit<Contributor, 'name'>> = {}): Contributor {
    const contributor = { lid, name, ...rest };
    this.contributors.push(contributor);
    return contributor;
  }

  /** The newest first. */
  entriesOf(memberLid: string): readonly Entry[] {
    return this.entries.get(memberLid) ?? [];
  }

  /** All of everybody. */
  allEntries(): Entry[] {
    return [...this.entries.values()].flat();
  }

  private nextLid(): string {
    this.last += 1;
    return lidOf(this.last);
  }
}
