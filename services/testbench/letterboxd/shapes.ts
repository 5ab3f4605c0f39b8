import type { Contributor, Entry, Film, List, Member } from './world';

/** What the API sends. What is not there is left out, as it does. */

const links = (lid: string, url: string) => [
  { type: 'letterboxd', id: lid, url },
  { type: 'boxd', id: lid, url: `https://boxd.it/${lid}` },
];

/** In three sizes, of which the tallest comes in the middle. */
function image(url: string, width: number, height: number) {
  const size = (part: number) => ({ width: Math.round(width * part), height: Math.round(height * part), url: part === 1 ? url : `${url}?k=${part}` });
  return { sizes: [size(0.25), size(1), size(0.5)] };
}

export const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

export function memberSummary({ lid, userName, displayName, avatar, pronoun, raw }: Member) {
  return {
    id: lid,
    username: userName,
    displayName,
    shortName: displayName.split(' ')[0],
    ...(avatar === undefined ? {} : { avatar: image(avatar, 1000, 1000) }),
    ...(pronoun === undefined
      ? {}
      : {
          pronoun: {
            id: pronoun.subject,
            label: `${pronoun.subject} / ${pronoun.possessive}`,
            subjectPronoun: pronoun.subject,
            objectPronoun: pronoun.object,
            possessiveAdjective: pronoun.possessive,
            possessivePronoun: pronoun.possessive,
            reflexive: `${pronoun.object}self`,
          },
        }),
    memberStatus: 'Member',
    accountStatus: 'Active',
    commentPolicy: 'Anyone',
    hideAds: false,
    ...raw,
  };
}

export function member(of: Member) {
  const { lid, userName, location, bio, favourites = [], raw } = of;
  return {
    ...memberSummary(of),
    ...(location === undefined ? {} : { location }),
    ...(bio === undefined ? {} : { bio, bioLbml: bio }),
    favoriteFilms: favourites.map(filmSummary),
    links: links(lid, `https://letterboxd.com/${userName.toLowerCase()}/`),
    privateWatchlist: false,
    ...raw,
  };
}

export function memberStatistics({ lid, watches, filmsThisYear }: Member, entries: readonly Entry[], year: number) {
  const inDiary = entries.filter(({ watched }) => watched !== undefined);
  const thisYear = new Set(inDiary.filter(({ watched }) => watched?.startsWith(`${year}-`)).map(({ film }) => film.lid));
  const counts = {
    watches: watches ?? new Set(entries.map(({ film }) => film.lid)).size,
    filmsInDiaryThisYear: filmsThisYear ?? thisYear.size,
    diaryEntries: inDiary.length,
    reviews: entries.filter(({ review }) => review !== undefined).length,
    ratings: entries.filter(({ rating }) => rating !== undefined).length,
  };
  return { member: { id: lid }, counts, ratingsHistogram: [], yearsInReview: [] };
}

const filmAddress = (title: string): string => `https://letterboxd.com/film/${slugOf(title)}/`;

export function filmSummary({ lid, title, year, poster, adult = false, directors = [], rating, tmdb, raw }: Film) {
  return {
    id: lid,
    name: title,
    sortingName: title.replace(/^(The|A|An) (.*)$/, '$2, $1'),
    ...(year === undefined ? {} : { releaseYear: year }),
    directors: directors.map((name) => ({ id: `d${slugOf(name)}`, name })),
    ...(poster === undefined ? {} : { poster: image(poster, 1000, 1500) }),
    adult,
    reviewsHidden: false,
    ...(rating === undefined ? {} : { rating }),
    links: [
      ...links(lid, filmAddress(title)),
      ...(tmdb === undefined ? [] : [{ type: 'tmdb', id: String(tmdb), url: `https://www.themoviedb.org/movie/${tmdb}` }]),
    ],
    relationships: [],
    ...raw,
  };
}

export function film(of: Film) {
  const { tagline, directors = [], language, runTime, genres = [], raw } = of;
  return {
    ...filmSummary(of),
    ...(tagline === undefined ? {} : { tagline }),
    ...(runTime === undefined ? {} : { runTime }),
    ...(language === undefined ? {} : { primaryLanguage: { code: language.slice(0, 2).toLowerCase(), name: language }, languages: [] }),
    genres: genres.map((name) => ({ id: `g${slugOf(name)}`, name })),
    contributions: [
      ...(directors.length > 0 ? [{ type: 'Director', contributors: directors.map((name) => ({ id: `d${slugOf(name)}`, name })) }] : []),
      { type: 'Actor', contributors: [{ id: 'a1', name: 'Somebody', characterName: 'Somebody else' }] },
    ],
    countries: [],
    ...raw,
  };
}

export function filmStatistics({ lid, rating, counts }: Film, entries: readonly Entry[]) {
  const own = entries.filter(({ film: { lid: its } }) => its === lid);
  const counted = {
    watches: own.length,
    likes: own.filter(({ like }) => like).length,
    reviews: own.filter(({ review }) => review !== undefined).length,
  };
  return {
    film: { id: lid },
    counts: { ratings: 0, fans: 0, lists: 0, ...(counts ?? counted) },
    ...(rating === undefined ? {} : { rating }),
    ratingsHistogram: [],
  };
}

export function logEntry(entry: Entry) {
  const { lid, member: owner, film: seen, created, updated, watched, rating, rewatch = false, like = false, review, spoilers = false, raw } = entry;
  return {
    id: lid,
    name: `${owner.displayName}'s entry for ${seen.title}`,
    owner: memberSummary(owner),
    film: filmSummary(seen),
    ...(watched === undefined ? {} : { diaryDetails: { diaryDate: watched, rewatch } }),
    ...(review === undefined ? {} : { review: { lbml: review, text: review, containsSpoilers: spoilers, whenReviewed: new Date(created).toISOString() } }),
    whenCreated: new Date(created).toISOString(),
    whenUpdated: new Date(updated).toISOString(),
    ...(rating === undefined ? {} : { rating }),
    like,
    tags2: [],
    commentable: review !== undefined,
    links: links(lid, `https://letterboxd.com/${owner.userName.toLowerCase()}/film/${slugOf(seen.title)}/`),
    ...raw,
  };
}

/** The first twelve films come along. */
export function listSummary({ lid, owner, name, description, isRanked = false, isPublished = true, films, raw }: List) {
  return {
    id: lid,
    name,
    filmCount: films.length,
    published: isPublished,
    ranked: isRanked,
    ...(description === undefined ? {} : { description, descriptionLbml: description, descriptionTruncated: false }),
    owner: memberSummary(owner),
    previewEntries: films.slice(0, 12).map((one, i) => ({ ...(isRanked ? { rank: i + 1 } : {}), entryId: `${lid}${i}`, film: filmSummary(one) })),
    links: links(lid, `https://letterboxd.com/${owner.userName.toLowerCase()}/list/${slugOf(name)}/`),
    whenCreated: '2020-01-01T00:00:00Z',
    whenPublished: '2020-01-01T00:00:00Z',
    ...raw,
  };
}

export function contributor({ lid, name, bio, contributions = [], links: own = [], raw }: Contributor) {
  return {
    id: lid,
    name,
    ...(bio === undefined ? {} : { bio }),
    statistics: { contributions },
    links: [...links(lid, `https://letterboxd.com/actor/${slugOf(name)}/`), ...own.map(({ type, url }) => ({ type, id: lid, url }))],
    ...raw,
  };
}
