import { LetterboxdClient } from '../../../services/letterboxd/client';
import { LetterboxdFailure } from '../../../services/letterboxd/failure';
import { tallest, toLogEntry } from '../../../services/letterboxd/log-entry';
import { apiLogEntry } from '../../../services/letterboxd/schemas';
import { authorization } from '../../../services/letterboxd/signature';
import { API, letterboxd } from '../../support/film/letterboxd-double';

const VECTOR = `${API}member/abc?apikey=key&nonce=00000000-0000-0000-0000-000000000000&timestamp=1700000000`;

test('a request is signed as the API documents it', () => {
  expect(authorization('secret', 'GET', VECTOR)).toBe('Signature 933a685254ec19ee47dc7099f41f59ef89e345a7bbac1cbbdb312c3d47594411');
});

test('the client sends what it signs', async () => {
  const sent: unknown[] = [];
  const client = new LetterboxdClient({
    url: API,
    apiKey: 'key',
    sharedSecret: 'secret',
    now: () => 1_700_000_000_999,
    nonce: () => '00000000-0000-0000-0000-000000000000',
    fetch: async (url, { headers }) => {
      sent.push(url, (headers as Record<string, string>).authorization);
      return new Response('{"id":"abc"}');
    },
  });
  await client.member('abc');
  expect(sent).toEqual([VECTOR, 'Signature 933a685254ec19ee47dc7099f41f59ef89e345a7bbac1cbbdb312c3d47594411']);
});

test('addresses are as the API wants them, spaces and quotes included', async () => {
  const { client, requests } = letterboxd({ '*': { items: [] } });
  await client.searchFilms("it's a gift & more", 1);
  await client.searchContributors('chantal akerman', 1);
  await client.searchMembers('ada', 20);
  await client.filmOfTmdb([2, 11]);
  await client.listsOf('u1');
  await client.logEntries({ member: 'u1', film: 'f1', perPage: 5 });
  await client.logEntries({ member: 'u1', perPage: 10, cursor: 'start=10' });
  expect(requests).toEqual([
    'search/?input=it%27s%20a%20gift%20%26%20more&include=FilmSearchItem&perPage=1&searchMethod=Autocomplete',
    'search/?input=chantal%20akerman&include=ContributorSearchItem&perPage=1',
    'search/?input=ada&include=MemberSearchItem&perPage=20&searchMethod=Autocomplete',
    'films/?filmId=tmdb:2&filmId=tmdb:11',
    'lists/?member=u1&memberRelationship=Owner&perPage=50&where=Published',
    'log-entries/?member=u1&film=f1&memberRelationship=Owner&perPage=5',
    'log-entries/?member=u1&memberRelationship=Owner&perPage=10&cursor=start%3D10',
  ]);
});

test.each([
  [401, 'forbidden', undefined],
  [403, 'forbidden', undefined],
  [429, 'limited', 7000],
  [500, 'unavailable', undefined],
  [400, 'refused', undefined],
  ['<html>', 'unreadable', undefined],
  [{ id: 5 }, 'unreadable', undefined],
])('an answer of %j is %s', async (answer, kind, retryAfter) => {
  const failure = await letterboxd({ 'film/f1': answer })
    .client.film('f1')
    .catch((error) => error);
  expect(failure).toBeInstanceOf(LetterboxdFailure);
  expect(failure).toMatchObject({ kind, retryAfter });
  expect(failure.message).toMatch(/^film\/f1: /);
});

test('what does not exist is undefined, or an empty list', async () => {
  const { client } = letterboxd({ '*': 404 });
  expect(await client.member('x')).toBeUndefined();
  expect(await client.logEntries({ member: 'x', perPage: 1 })).toEqual({ items: [] });
});

test('a server that is not reached is said without the key', async () => {
  const refused = Object.assign(new TypeError('fetch failed'), { cause: new Error('connect ECONNREFUSED') });
  const client = new LetterboxdClient({ url: API, apiKey: 'the-key', sharedSecret: 's', fetch: () => Promise.reject(refused) });
  const failure = await client.member('abc').catch((error) => error);
  expect(failure).toMatchObject({ kind: 'unavailable', message: 'member/abc: Letterboxd does not answer: connect ECONNREFUSED' });
});

test('one broken item does not hide the others, and nulls are normal', async () => {
  const items = [
    { id: 'e1', owner: { id: 'u1' }, film: { id: 'f1', name: 'Jeanne' }, review: null, diaryDetails: null, rating: null, links: null },
    { id: null },
    'nonsense',
    { id: 'e2', owner: { id: 'u1', avatar: { sizes: null } }, film: { id: 'f1', name: 'Jeanne', poster: { sizes: [null, {}] } } },
  ];
  const { client } = letterboxd({ 'log-entries/?member=u1&memberRelationship=Owner&perPage=4': { items, next: null } });
  expect((await client.logEntries({ member: 'u1', perPage: 4 })).items.map(({ id }) => id)).toEqual(['e1', 'e2']);
});

test('an entry of the API becomes ours', () => {
  const entry = apiLogEntry.parse({
    id: 'e1',
    owner: { id: 'u1', username: 'Ada' },
    film: {
      id: 'f1',
      name: 'Jeanne',
      releaseYear: 1975,
      adult: true,
      poster: {
        sizes: [
          { height: 100, url: 'http://i/s' },
          { height: 900, url: 'http://i/l' },
          { height: 300, url: 'http://i/m' },
        ],
      },
    },
    diaryDetails: { diaryDate: '2024-01-31', rewatch: true },
    review: { text: '<p>Yes.</p>', containsSpoilers: true },
    whenCreated: '2024-02-01T10:00:00Z',
    whenUpdated: '2024-02-01T11:00:00Z',
    rating: 4.5,
    like: true,
    links: [
      { type: 'x', url: 'http://x' },
      { type: 'letterboxd', url: 'https://boxd.it/abc' },
    ],
  });
  expect(toLogEntry(entry, 'VIP')).toEqual({
    lid: 'e1',
    userName: 'Ada',
    userLid: 'u1',
    type: 'review',
    link: 'https://boxd.it/abc',
    publishedDate: 1706781600000,
    filmTitle: 'Jeanne',
    filmYear: 1975,
    watchedDate: 1706659200000,
    image: 'http://i/l',
    starCount: 4.5,
    rewatch: true,
    liked: true,
    containsSpoilers: true,
    adult: true,
    review: '<p>Yes.</p>',
    updatedDate: 1706785200000,
    publishSource: 'VIP',
  });
});

test('an entry of which little is known becomes ours too', () => {
  const bare = { id: 'e1', owner: { id: 'u1' }, film: { id: 'f1', name: 'Jeanne' }, review: { text: ' \n' } };
  expect(toLogEntry(apiLogEntry.parse(bare), 'Normal')).toMatchObject({
    type: 'watch',
    review: '',
    link: 'https://boxd.it/e1',
    watchedDate: 0,
    image: '',
    filmYear: 0,
  });
  expect(tallest(null)).toBeUndefined();
});

test('entries that cannot be read are told, with their ids where there is one', async () => {
  const readable = { id: 'e3', owner: { id: 'u1' }, film: { id: 'f1', name: 'Jeanne' } };
  const { client } = letterboxd({ '*': { items: [{ ...readable, id: 'e5', film: null }, readable, 'broken'], next: 'start=3' } });
  const { items, next, unreadable } = await client.logEntries({ member: 'u1', perPage: 3 });
  expect([items.map(({ id }) => id), next]).toEqual([['e3'], 'start=3']);
  expect(unreadable).toEqual([
    { lid: 'e5', problem: expect.stringContaining('film') },
    { lid: undefined, problem: expect.stringContaining('expected object') },
  ]);
});

test('a review of a megabyte is cut to what every store takes, and no tag or character is cut in two', () => {
  const of = (text: string) =>
    toLogEntry(apiLogEntry.parse({ id: 'e1', owner: { id: 'u1' }, film: { id: 'f1', name: 'Jeanne' }, review: { text } }), 'Normal').review;
  expect(of(`<p>${'long '.repeat(300_000)}</p>`)).toHaveLength(20_000);
  expect(of(`${'x'.repeat(19_990)}<a href="https://boxd.it/">here</a>`)).toBe('x'.repeat(19_990));
  expect(of(`${'x'.repeat(19_999)}🎬`)).toBe('x'.repeat(19_999));
  expect(of('x'.repeat(20_000))).toHaveLength(20_000);
});
