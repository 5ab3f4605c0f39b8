import { createHmac, randomUUID } from 'node:crypto';
import { compareLids } from '../../../services/contracts/lid';
import { GARBAGE } from '../../../services/testbench/http/faults';
import { FakeLetterboxd } from '../../../services/testbench/letterboxd/letterboxd';
import { lidOf } from '../../../services/testbench/letterboxd/lids';
import { sign } from '../../../services/testbench/letterboxd/signature';
import { FakeTmdb } from '../../../services/testbench/tmdb/tmdb';
import type { Json } from './json';

const NOW = 1_700_000_000_000;
let api: FakeLetterboxd;

beforeEach(async () => {
  api = await FakeLetterboxd.start({ keys: { a: 'secret a', b: 'secret b' }, now: () => NOW });
});
afterEach(() => api.stop());

interface Signing {
  readonly key?: string;
  readonly secret?: string;
  readonly nonce?: string;
  readonly timestamp?: string;
  readonly scheme?: string;
  /** What is signed instead. */
  readonly over?: (url: string) => string;
}

/** Written by hand from the description of the scheme. */
async function get(
  path: string,
  { key = 'a', secret = `secret ${key}`, nonce = randomUUID(), timestamp = String(NOW / 1000), scheme = 'Signature', over }: Signing = {},
) {
  const url = `${api.url}${path}${path.includes('?') ? '&' : '?'}apikey=${key}&nonce=${nonce}&timestamp=${timestamp}`;
  const hex = createHmac('sha256', secret)
    .update(over ? over(url) : `GET\0${url}\0`)
    .digest('hex');
  return answer(await fetch(url, { headers: { authorization: `${scheme} ${hex}` } }));
}

const unsigned = async (path: string) => answer(await fetch(`${api.url}${path}`, { headers: { authorization: '' } }));

async function answer(response: Response) {
  return { status: response.status, headers: response.headers, body: (await response.json()) as Json };
}

describe('signatures', () => {
  test('the vector', () => {
    const url = 'https://api.letterboxd.com/api/v0/member/abc?apikey=key&nonce=00000000-0000-0000-0000-000000000000&timestamp=1700000000';
    expect(sign('secret', 'GET', url)).toBe('933a685254ec19ee47dc7099f41f59ef89e345a7bbac1cbbdb312c3d47594411');
  });

  test.each<[string, Signing, string]>([
    ['another secret', { secret: 'x' }, 'the signature does not fit GET http://127.0.0.1'],
    ['a key that does not exist', { key: 'c' }, 'there is no API key c'],
    ['a nonce that is no UUID', { nonce: '1' }, 'the nonce 1 is no UUID'],
    ['an old timestamp', { timestamp: String(NOW / 1000 - 301) }, 'is not fresh'],
    ['a timestamp in milliseconds', { timestamp: String(NOW) }, 'is no time in seconds'],
    ['another scheme', { scheme: 'Bearer' }, 'the header Authorization must be'],
    ['a signature without the last NUL', { over: (url) => `GET\0${url}` }, 'does not fit'],
    ['a signature of another method', { over: (url) => `get\0${url}\0` }, 'does not fit'],
    ['a signature of the path only', { over: (url) => `GET\0${new URL(url).pathname}\0` }, 'does not fit'],
  ])('%s is refused', async (_, signing, message) => {
    api.world.addMember('ann', { lid: 'abc' });
    expect(await get('member/abc', signing)).toMatchObject({ status: 401, body: { message: expect.stringContaining(message) } });
    expect(api.mistakes).toEqual([expect.stringContaining(message)]);
    expect((await get('member/abc')).body).toMatchObject({ id: 'abc', username: 'ann' });
  });

  test('a nonce serves once', async () => {
    const nonce = randomUUID();
    expect((await get('films', { nonce })).status).toBe(200);
    expect((await get('films', { nonce })).status).toBe(401);
  });

  test('only the search answers without', async () => {
    api.world.addFilm('Paper Moon');
    expect((await unsigned('search/?input=Paper%20Moon&include=FilmSearchItem&perPage=1&searchMethod=Autocomplete')).body.items).toMatchObject([
      { type: 'FilmSearchItem', film: { name: 'Paper Moon' } },
    ]);
    expect((await unsigned('films')).status).toBe(401);
    expect((await unsigned('search?input=x&include=FilmSearchItem&apikey=a')).status).toBe(401);
  });

  test('what the API does not know is refused, not passed over', async () => {
    expect((await get('films?perpage=1')).body.message).toContain('perpage');
    expect((await get('log-entries?perPage=0&member=x')).status).toBe(400);
    expect((await get('nothing')).status).toBe(404);
    expect((await unsigned('search/?input=Paper+Moon&include=FilmSearchItem')).body.message).toContain('a space is %20');
    expect(api.mistakes).toHaveLength(4);
  });
});

describe('log entries', () => {
  const ids = (body: { items: { id: string }[] }) => body.items.map(({ id }) => id);

  test('come newest first, in pages', async () => {
    const member = api.world.addMember('ann');
    const film = api.world.addFilm('Film');
    const made = Array.from({ length: 25 }, () => api.world.addEntry(member, film).lid).reverse();
    expect([...made].sort(compareLids).reverse()).toEqual(made);
    const path = `log-entries/?member=${member.lid}&memberRelationship=Owner&perPage=10`;
    const first = (await get(path)).body;
    const second = (await get(`${path}&cursor=${encodeURIComponent(first.next)}`)).body;
    const third = (await get(`${path}&cursor=${encodeURIComponent(second.next)}`)).body;
    expect([...ids(first), ...ids(second), ...ids(third)]).toEqual(made);
    expect(third.next).toBeUndefined();
    const late = api.world.addEntry(member, film);
    expect(ids((await get(`log-entries/?member=${member.lid}&memberRelationship=Owner&perPage=1`)).body)).toEqual([late.lid]);
  });

  test('hold what was watched; what is not there is left out', async () => {
    const member = api.world.addMember('Ann', { displayName: 'Ann B', avatar: 'https://a/ann.jpg' });
    const film = api.world.addFilm('The Film', { year: 1999, poster: 'https://a/film.jpg', adult: true });
    api.world.addEntry(member, api.world.addFilm('Bare'), { created: NOW });
    const full = api.world.addEntry(member, film, {
      created: NOW,
      watched: '2023-11-14',
      rating: 4.5,
      rewatch: true,
      like: true,
      review: '<p>x</p>',
      spoilers: true,
    });
    const { items } = (await get(`log-entries/?member=${member.lid}&memberRelationship=Owner`)).body;
    expect(items[0]).toMatchObject({
      id: full.lid,
      owner: {
        id: member.lid,
        username: 'Ann',
        displayName: 'Ann B',
        avatar: { sizes: [{ height: 250 }, { height: 1000, url: 'https://a/ann.jpg' }, { height: 500 }] },
      },
      film: { id: film.lid, name: 'The Film', releaseYear: 1999, adult: true, poster: { sizes: expect.any(Array) } },
      diaryDetails: { diaryDate: '2023-11-14', rewatch: true },
      review: { text: '<p>x</p>', containsSpoilers: true },
      whenCreated: '2023-11-14T22:13:20.000Z',
      rating: 4.5,
      like: true,
    });
    expect(items[0].links).toContainEqual({ type: 'letterboxd', id: full.lid, url: 'https://letterboxd.com/ann/film/the-film/' });
    for (const key of ['diaryDetails', 'review', 'rating']) expect(items[1]).not.toHaveProperty(key);
    for (const key of ['poster', 'releaseYear']) expect(items[1].film).not.toHaveProperty(key);
  });

  test('of one film only; of nobody; with nulls that somebody put there', async () => {
    const member = api.world.addMember('ann');
    const [one, two] = [api.world.addFilm('One'), api.world.addFilm('Two')];
    const entry = api.world.addEntry(member, one, { raw: { rating: null, review: null } });
    api.world.addEntry(member, two);
    const { items } = (await get(`log-entries/?member=${member.lid}&film=${one.lid}&memberRelationship=Owner&perPage=5`)).body;
    expect(items).toMatchObject([{ id: entry.lid, rating: null, review: null }]);
    expect((await get('log-entries/?member=zzz&memberRelationship=Owner')).status).toBe(404);
  });

  test('who asked about whom is counted', async () => {
    const [ann, bob] = [api.world.addMember('ann'), api.world.addMember('bob')];
    const path = (lid: string) => `log-entries/?member=${lid}&memberRelationship=Owner&perPage=1`;
    await Promise.all([get(path(ann.lid)), get(path(ann.lid)), get(path(bob.lid), { key: 'b' })]);
    expect([Object.fromEntries(api.askedAbout(ann.lid)), Object.fromEntries(api.askedAbout(bob.lid))]).toEqual([{ a: 2 }, { b: 1 }]);
    expect(api.peak).toBeGreaterThanOrEqual(1);
    api.forgetRequests();
    expect(api.askedAbout(ann.lid).size).toBe(0);
  });
});

test('members, films, lists and people', async () => {
  const film = api.world.addFilm('The Film', {
    year: 1999,
    tmdb: 7,
    tagline: 'Once.',
    directors: ['Jo Doe'],
    language: 'English',
    runTime: 97,
    genres: ['Drama'],
    rating: 3.21,
    counts: { watches: 5, likes: 3, reviews: 2 },
  });
  const ann = api.world.addMember('ann', {
    location: 'There',
    bio: '<p>hi</p>',
    pronoun: { subject: 'she', object: 'her', possessive: 'hers' },
    favourites: [film],
  });
  api.world.addEntry(ann, film, { watched: '2023-01-01' });
  api.world.addEntry(ann, film, { watched: '2022-12-31' });
  api.world.addList(ann, 'Best of', [film], { isRanked: true, description: '<p>x</p>' });
  api.world.addList(ann, 'Hidden', [], { isPublished: false });
  api.world.addContributor('Jo Doe', { bio: 'b', contributions: [{ type: 'Director', filmCount: 2 }], links: [{ type: 'imdb', url: 'https://imdb/jo' }] });

  expect((await get(`member/${ann.lid}`)).body).toMatchObject({
    location: 'There',
    bio: '<p>hi</p>',
    pronoun: { possessivePronoun: 'hers' },
    favoriteFilms: [{ id: film.lid }],
  });
  expect((await get(`member/${ann.lid}/statistics`)).body).toMatchObject({ counts: { watches: 1, filmsInDiaryThisYear: 1 } });
  expect((await get(`film/${film.lid}`)).body).toMatchObject({
    tagline: 'Once.',
    runTime: 97,
    primaryLanguage: { name: 'English' },
    genres: [{ name: 'Drama' }],
    contributions: [{ type: 'Director', contributors: [{ name: 'Jo Doe' }] }, { type: 'Actor' }],
  });
  expect((await get(`film/${film.lid}/statistics`)).body).toMatchObject({ rating: 3.21, counts: { watches: 5, likes: 3, reviews: 2 } });
  expect((await get('films/?filmId=tmdb:6&filmId=tmdb:7')).body.items).toMatchObject([{ id: film.lid }]);
  expect((await get('films/?filmId=tmdb:6')).body.items).toEqual([]);
  expect((await get(`lists/?member=${ann.lid}&memberRelationship=Owner&perPage=50&where=Published`)).body.items).toMatchObject([
    { name: 'Best of', filmCount: 1, ranked: true, previewEntries: [{ rank: 1, film: { name: 'The Film' } }] },
  ]);
  expect((await get('search/?input=jo&include=ContributorSearchItem&perPage=1')).body.items).toMatchObject([
    {
      contributor: {
        statistics: { contributions: [{ type: 'Director', filmCount: 2 }] },
        links: expect.arrayContaining([expect.objectContaining({ type: 'imdb' })]),
      },
    },
  ]);
  expect((await get('search/?input=ann&include=MemberSearchItem&perPage=1')).body.items).toMatchObject([{ member: { id: ann.lid } }]);
  expect((await get('search/?input=film&include=FilmSearchItem&searchMethod=Autocomplete')).body.items).toEqual([]);
});

test('profile pages say in a header whose they are', async () => {
  const ann = api.world.addMember('Ann');
  const head = (path: string) => fetch(`${api.siteUrl}${path}`, { method: 'HEAD', redirect: 'manual' });
  expect((await head('ann/')).headers.get('x-letterboxd-identifier')).toBe(ann.lid);
  expect((await head('ann/')).headers.get('x-letterboxd-type')).toBe('Member');
  expect((await head('Ann/')).headers.get('location')).toBe('/site/ann/');
  expect((await fetch(`${api.siteUrl}Ann`)).headers.get('x-letterboxd-identifier')).toBe(ann.lid);
  expect([(await head('bob/')).status, (await head('bob/')).headers.has('x-letterboxd-identifier')]).toEqual([404, false]);
});

test('what goes wrong on request', async () => {
  api.faults.add({ status: 403 });
  expect((await get('films')).status).toBe(403);
  api.faults.add({ status: 429, retryAfter: 7 });
  expect((await get('films')).headers.get('retry-after')).toBe('7');
  api.faults.add(GARBAGE);
  await expect(get('films')).rejects.toThrow('JSON');
  api.faults.add({ status: 500, body: '<html>' });
  await expect(get('films')).rejects.toThrow('JSON');
  api.faults.add('drop', ({ endpoint }) => endpoint === 'films');
  await expect(get('films')).rejects.toThrow('fetch failed');
  api.faults.add({ delayMs: 60 });
  const before = Date.now();
  expect((await get('films')).status).toBe(200);
  expect(Date.now() - before).toBeGreaterThanOrEqual(55);
  api.faults.add({ status: 500 }, ({ by }) => by === 'b', 1);
  expect([(await get('films')).status, (await get('films', { key: 'b' })).status, (await get('films', { key: 'b' })).status]).toEqual([200, 500, 200]);
  expect([api.faults.injected, api.mistakes]).toEqual([7, []]);
});

test('ids grow as the contracts order them', () => {
  const ids = [1, 10, 11, 36, 37, 62, 63, 64, 124, 125, 3906, 3907, 1_000_000, 1_000_001].map(lidOf);
  expect(ids.slice(0, 8)).toEqual(['0', '9', 'a', 'z', 'A', 'Z', '00', '01']);
  expect([...ids].sort(compareLids)).toEqual(ids);
  expect(new Set(Array.from({ length: 5000 }, (_, i) => lidOf(i + 1))).size).toBe(5000);
});

test('TMDB knows its newest film, for who has a key', async () => {
  const tmdb = await FakeTmdb.start({ key: 'k' });
  tmdb.latest = 42;
  const latest = (key: string) => fetch(`${tmdb.url}movie/latest?api_key=${key}`);
  expect(await (await latest('k')).json()).toMatchObject({ id: 42 });
  expect((await latest('x')).status).toBe(401);
  tmdb.faults.add({ status: 500 });
  expect((await latest('k')).status).toBe(500);
  await tmdb.stop();
});
