import type { FakeDiscord } from '../discord/discord';
import type { Channel, Guild, User } from '../discord/world';
import type { FakeLetterboxd } from '../letterboxd/letterboxd';
import type { Entry, Film, Member } from '../letterboxd/world';
import { Random } from '../random';
import { sampleFilms } from './films';

export interface SampleOptions {
  /** The same world for the same seed. @default 'filmlinkd' */
  readonly seed?: string;
  /** Members of Letterboxd. @default 24 */
  readonly members?: number;
  /** @default 60 */
  readonly films?: number;
  /** Guilds of Discord, with {@link channelsPerGuild} channels each. @default 4 */
  readonly guilds?: number;
  /** @default 3 */
  readonly channelsPerGuild?: number;
}

/** One member followed by one channel. */
export interface Follow {
  readonly member: Member;
  readonly channel: Channel;
}

const NAMES = ['ada', 'bruno', 'chiara', 'dmitri', 'elena', 'farid', 'greta', 'hugo', 'ines', 'jonas', 'keiko', 'lars', 'marta', 'nils', 'olga', 'pedro'];
const REVIEWS = [
  '<p>Saw it <b>twice</b>. The second half is another film.</p>',
  '<p>Slow, and better for it.</p><p>The <i>station scene</i> alone is worth it.</p>',
  '<p>I know how it ends now: <a href="https://letterboxd.com/">he was the lighthouse keeper</a>.</p>',
  `<p>${'A long evening, a longer film, and not a minute of it is lost. '.repeat(9)}</p>`,
];
const DAY = 86_400_000;

/** People, films, guilds and who follows whom: a small world for the demo. What happens in it, happens by {@link next}. */
export class SampleWorld {
  readonly members: readonly Member[];
  readonly films: readonly Film[];
  readonly guilds: readonly Guild[];
  readonly channels: readonly Channel[];
  /** Somebody who may give every command in every guild. */
  readonly moderator: User;
  /** Each member is followed by one to four channels. */
  readonly follows: readonly Follow[];
  /** Entries that {@link next} made. */
  readonly entries: Entry[] = [];
  private readonly random: Random;

  constructor(
    private readonly letterboxd: Pick<FakeLetterboxd, 'world'>,
    discord: Pick<FakeDiscord, 'world'>,
    { seed = 'filmlinkd', members = 24, films = 60, guilds = 4, channelsPerGuild = 3 }: SampleOptions = {},
  ) {
    this.random = new Random(seed);
    this.films = sampleFilms(letterboxd.world, this.random, films);
    this.members = Array.from({ length: members }, (_, i) => this.member(i));
    this.guilds = Array.from({ length: guilds }, (_, i) => discord.world.addGuild({ name: `Cinema ${i + 1}` }));
    this.channels = this.guilds.flatMap(({ id }) =>
      Array.from({ length: channelsPerGuild }, (_, i) => discord.world.addChannel(id, { name: i === 0 ? 'diary' : `diary-${i + 1}` })),
    );
    this.moderator = discord.world.addUser('moderator');
    for (const { id } of this.guilds) discord.world.addMember(id, this.moderator, ['ManageGuild']);
    this.follows = this.members.flatMap((member) => {
      const count = Math.min(this.channels.length, 1 + Math.floor(this.random.between(0, 4)));
      const start = Math.floor(this.random.between(0, this.channels.length));
      return Array.from({ length: count }, (_, i) => ({ member, channel: this.channels[(start + i) % this.channels.length] as Channel }));
    });
    for (const member of this.members) this.letterboxd.world.addList(member, 'Favourites of all time', this.some(8), { isRanked: true });
  }

  channelsOf({ lid }: Member): Channel[] {
    return this.follows.filter(({ member }) => member.lid === lid).map(({ channel }) => channel);
  }

  /** The next entry of somebody. @param created milliseconds since 1970; bots wait until an entry is some minutes old */
  next(created: number): Entry {
    const { random } = this;
    const watched = random.chance(0.9) ? new Date(created - Math.floor(random.between(0, 3)) * DAY).toISOString().slice(0, 10) : undefined;
    const review = random.chance(0.4) ? random.pick(REVIEWS) : undefined;
    const entry = this.letterboxd.world.addEntry(random.pick(this.members), random.pick(this.films), {
      created,
      ...(watched === undefined ? {} : { watched }),
      ...(random.chance(0.85) ? { rating: Math.ceil(random.between(0, 10)) / 2 } : {}),
      rewatch: random.chance(0.15),
      like: random.chance(0.35),
      ...(review === undefined ? {} : { review, spoilers: review.includes('how it ends') }),
    });
    this.entries.push(entry);
    return entry;
  }

  private member(i: number): Member {
    const name = `${NAMES[i % NAMES.length]}${i < NAMES.length ? '' : i}`;
    return this.letterboxd.world.addMember(name, {
      displayName: `${name[0]?.toUpperCase()}${name.slice(1)}`,
      avatar: `https://a.ltrbxd.com/resized/avatar/${name}.jpg`,
      pronoun: this.random.pick([
        { subject: 'they', object: 'them', possessive: 'theirs' },
        { subject: 'she', object: 'her', possessive: 'hers' },
        { subject: 'he', object: 'him', possessive: 'his' },
      ]),
      favourites: this.some(4),
      ...(this.random.chance(0.5) ? { location: 'Somewhere by the sea', bio: '<p>Mostly <b>documentaries</b>.</p>' } : {}),
    });
  }

  private some(count: number): Film[] {
    return Array.from({ length: count }, () => this.random.pick(this.films));
  }
}

/** Entries appear, one after another, until it is stopped. @param everyMs mean time between two @param ageMs how old they already are */
export function play(world: SampleWorld, everyMs: number, { ageMs = 0, onEntry }: { ageMs?: number; onEntry?: (entry: Entry) => void } = {}): () => void {
  const timer = setInterval(() => {
    const entry = world.next(Date.now() - ageMs);
    onEntry?.(entry);
  }, everyMs);
  return () => clearInterval(timer);
}
