import { LetterboxdFailure } from '../../letterboxd/failure';
import { COLOUR } from '../text/embed';
import type { Answer, Call, Command, CommandMeans } from './command';
import type { CommandName } from './definitions';
import { contributor, film, roulette } from './films';
import { follow, following, refresh, unfollow } from './following';
import { help } from './help';
import { diary, list, logged, user } from './members';
import { explanation, Refusal } from './refusal';

/** Every command that Discord is told of is served. */
export const COMMANDS: Readonly<Record<CommandName, Command>> = {
  help,
  follow,
  unfollow,
  following,
  refresh,
  diary,
  user,
  contributor,
  film,
  list,
  logged,
  roulette,
};

export interface Served extends Answer {
  readonly result: 'answered' | 'refused' | 'failed';
}

/** Never rejects: what goes wrong is the answer. */
export async function serve(name: CommandName, call: Call, means: CommandMeans): Promise<Served> {
  try {
    return { ...(await COMMANDS[name](call, means)), result: 'answered' };
  } catch (error) {
    const result = error instanceof Refusal ? 'refused' : 'failed';
    const isAlarm = error instanceof LetterboxdFailure && error.kind === 'forbidden';
    if (result === 'failed') means.log[isAlarm ? 'error' : 'warn']({ command: name, error }, 'a command failed');
    return { embeds: [{ color: COLOUR, description: explanation(error) }], result };
  }
}
