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

/** Of whole seconds. */
const timestamp = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

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
    hideAdsInContent: false,
    canPublishStories: false,
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

/** What a summary and the whole film have in common. */
function filmBase({ lid, title, year, poster, adult = false, runTime, genres = [], rating, tmdb }: Film) {
  return {
    id: lid,
    name: title,
    fullDisplayName: year === undefined ? title : `${title} (${year})`,
    link: filmAddress(title),
    sortingName: title.replace(/^(The|A|An) (.*)$/, '$2, $1'),
    ...(year === undefined ? {} : { releaseYear: year }),
    ...(runTime === undefined ? {} : { runTime }),
    ...(poster === undefined ? {} : { poster: image(adult ? `${poster}?obfuscated` : poster, 1000, 1500) }),
    ...(poster === undefined || !adult ? {} : { adultPoster: image(poster, 1000, 1500) }),
    adult,
    reviewsHidden: false,
    posterCustomisable: false,
    backdropCustomisable: false,
    genres: genres.map((name) => ({ id: `g${slugOf(name)}`, name })),
    ...(rating === undefined ? {} : { rating }),
    links: [
      ...links(lid, filmAddress(title)),
      ...(tmdb === undefined ? [] : [{ type: 'tmdb', id: String(tmdb), url: `https://www.themoviedb.org/movie/${tmdb}` }]),
    ],
  };
}

export function filmSummary(of: Film) {
  const directors = (of.directors ?? []).map((name) => ({ id: `d${slugOf(name).replaceAll('-', '')}`, name }));
  return { type: 'FilmSummary', ...filmBase(of), directors, relationships: [], ...of.raw };
}

/** The whole film has no `directors`: they are among its contributions. */
export function film(of: Film) {
  const { tagline, directors = [], language, raw } = of;
  return {
    type: 'Film',
    ...filmBase(of),
    ...(tagline === undefined ? {} : { tagline }),
    ...(language === undefined ? {} : { primaryLanguage: { code: language.slice(0, 2).toLowerCase(), name: language } }),
    contributions: [
      ...(directors.length > 0 ? [{ type: 'Director', contributors: directors.map((name) => ({ id: `d${slugOf(name).replaceAll('-', '')}`, name })) }] : []),
      { type: 'Actor', contributors: [{ id: 'a1', name: 'Somebody', characterName: 'Somebody else' }] },
    ],
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

/** The page of an entry: of one film a member may have several. */
export function entryAddress({ member, film, earlier }: Entry): string {
  return `https://letterboxd.com/${member.userName.toLowerCase()}/film/${slugOf(film.title)}/${earlier > 0 ? `${earlier}/` : ''}`;
}

export function logEntry(entry: Entry) {
  const { lid, member: owner, film: seen, created, updated, watched, rating, rewatch = false, like = false, review, spoilers = false, raw } = entry;
  return {
    id: lid,
    type: 'FilmLogEntry',
    privacyPolicy: 'Anyone',
    name: `${owner.displayName}'s entry for ${seen.title}`,
    owner: memberSummary(owner),
    film: filmSummary(seen),
    ...(watched === undefined ? {} : { diaryDetails: { diaryDate: watched, rewatch } }),
    ...(review === undefined ? {} : { review: { lbml: review, text: review, containsSpoilers: spoilers, whenReviewed: timestamp(created) } }),
    whenCreated: timestamp(created),
    whenUpdated: timestamp(updated),
    ...(rating === undefined ? {} : { rating }),
    like,
    tags2: [],
    commentable: review !== undefined,
    links: links(lid, entryAddress(entry)),
    ...raw,
  };
}

/** The first twelve films come along; an address does not. */
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
    sharePolicy: 'Anyone',
    whenCreated: '2020-01-01T00:00:00Z',
    whenUpdated: '2020-01-01T00:00:00Z',
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
