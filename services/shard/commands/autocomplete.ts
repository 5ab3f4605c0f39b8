import { shortened } from '../text/embed';
import { filmName } from '../text/format';
import type { CommandMeans } from './command';
import { PICKED } from './films';

export interface Choice {
  readonly name: string;
  readonly value: string;
}

export interface Typing {
  readonly command: string;
  readonly option: string;
  readonly text: string;
  /** The channel that the command is about; undefined: one that the person may not use, or that is not known. */
  readonly channelId: string | undefined;
}

/** What Discord shows, at most. */
const CHOICES = 25;
const LONGEST = 100;
/** Discord waits 3 s for suggestions. */
const LIMIT_MS = 2500;

/** What may be meant by what somebody types. Nothing when it cannot be said in time. */
export async function suggestions(
  { command, option, text, channelId }: Typing,
  { letterboxd, users }: Pick<CommandMeans, 'letterboxd' | 'users'>,
): Promise<Choice[]> {
  const typed = text.trim();
  const signal = AbortSignal.timeout(LIMIT_MS);
  try {
    if (command === 'unfollow' && option === 'account') {
      if (channelId === undefined) return [];
      const followed = (await users.ofChannel(channelId)).filter(({ userName, displayName }) =>
        `${userName} ${displayName}`.toLowerCase().includes(typed.toLowerCase()),
      );
      return choices(followed.map(({ userName, displayName }) => ({ name: account(userName, displayName), value: userName })));
    }
    if (typed === '') return [];
    if (option === 'account') {
      const members = await letterboxd.searchMembers(typed, CHOICES, signal);
      return choices(members.flatMap(({ username, displayName }) => (username ? { name: account(username, displayName), value: username } : [])));
    }
    if (option === 'film-name') {
      const films = await letterboxd.searchFilms(typed, CHOICES, signal);
      return choices(films.map(({ id, name, releaseYear }) => ({ name: filmName(name, releaseYear), value: `${PICKED}${id}` })));
    }
    return [];
  } catch {
    return []; // the command itself says what is wrong
  }
}

const account = (userName: string, displayName: string | null | undefined): string => (displayName ? `${userName} (${displayName})` : userName);

function choices(all: readonly Choice[]): Choice[] {
  return all.slice(0, CHOICES).map(({ name, value }) => ({ name: shortened(name, LONGEST), value: value.slice(0, LONGEST) }));
}
