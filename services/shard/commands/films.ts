import type { LetterboxdClient } from '../../letterboxd/client';
import { boxd } from '../../letterboxd/log-entry';
import type { FilmSummary } from '../../letterboxd/schemas';
import { paged } from '../text/embed';
import { stars } from '../text/emoji';
import { filmName, runTime } from '../text/format';
import { escaped, markdown } from '../text/markdown';
import { type Answer, type Command, type CommandMeans, textOption } from './command';
import { counts, links, thumbnail } from './parts';
import { Refusal } from './refusal';

/** What the option holds when a film was picked from the suggestions. */
export const PICKED = 'boxd.it/';

/** A film by its name, or the one that was picked. */
export async function chosenFilm(name: string, letterboxd: LetterboxdClient): Promise<FilmSummary> {
  const id = name.startsWith(PICKED) ? name.slice(PICKED.length) : '';
  const film = /^[0-9A-Za-z]+$/.test(id) ? await letterboxd.film(id) : (await letterboxd.searchFilms(name, 1))[0];
  if (!film) throw new Refusal(`Letterboxd has no film of the name ${escaped(name)}.`);
  return film;
}

export const film: Command = async (call, means) => filmCard(await chosenFilm(textOption(call, 'film-name'), means.letterboxd), means);

async function filmCard(summary: FilmSummary, { letterboxd, emoji }: CommandMeans): Promise<Answer> {
  const { id, name, releaseYear } = summary;
  const [details, statistics] = await Promise.all([letterboxd.film(id), letterboxd.filmStatistics(id)]);
  const rating = summary.rating ?? details?.rating ?? 0;
  const directors = details?.contributions.find(({ type }) => type === 'Director')?.contributors ?? [];
  const lines = [
    details?.tagline && `**${escaped(details.tagline)}**`,
    rating > 0 && `${stars(rating, emoji)} ${rating.toFixed(2)}`,
    directors.length > 0 && `${directors.length === 1 ? 'Director' : 'Directors'}: ${links(directors)}`,
    [details?.primaryLanguage?.name && escaped(details.primaryLanguage.name), details?.runTime && runTime(details.runTime)].filter(Boolean).join(', '),
    details?.genres.map((genre) => escaped(genre.name)).join(', '),
    counts(statistics?.counts ?? {}, emoji),
  ];
  const poster = thumbnail(summary.poster ?? details?.poster);
  return {
    embeds: paged(
      { title: escaped(filmName(name, releaseYear)), url: boxd(id), ...poster },
      lines.filter((line) => typeof line === 'string' && line !== '') as string[],
    ),
  };
}

export const contributor: Command = async (call, { letterboxd }) => {
  const name = textOption(call, 'contributor-name');
  const [person] = await letterboxd.searchContributors(name, 1);
  if (!person) throw new Refusal(`Letterboxd knows nobody of the name ${escaped(name)}.`);
  const blocks = [
    person.links.map(({ type, url }) => `[${escaped(type)}](${url})`).join(' | '),
    person.statistics?.contributions.map(({ type, filmCount }) => `**${escaped(type)}:** ${filmCount ?? 0}`).join('\n') ?? '',
    markdown(person.bio ?? ''),
  ];
  return {
    embeds: paged(
      { title: escaped(person.name), url: boxd(person.id) },
      blocks.filter((block) => block !== ''),
      '\n\n',
    ),
  };
};

const DRAWN = 6;
const ROUNDS = 4;

/** Many numbers have no film, or none that Letterboxd has: several are drawn at once. */
export const roulette: Command = async (_, means) => {
  const { tmdb, letterboxd, random = Math.random } = means;
  const latest = await tmdb.latest();
  for (let round = 1; round <= ROUNDS; round += 1) {
    const ids = Array.from({ length: DRAWN }, () => 2 + Math.floor(random() * (latest - 1)));
    const summary = await letterboxd.filmOfTmdb(ids);
    if (summary) return filmCard(summary, means);
  }
  throw new Refusal('No luck this time: none of the films that were drawn is on Letterboxd. Spin again.');
};
