import type { Call } from '../../../services/shard/commands/command';
import { COMMANDS } from '../../../services/shard/commands/commands';
import { type CommandName, DEFINITIONS } from '../../../services/shard/commands/definitions';
import { CommandBench, HERE } from '../../support/film/command-bench';
import type { Pairs } from '../../support/film/letterboxd-double';

/** Requests and answers as design and API documents have them, written by hand. */
const SEARCH_ADA = 'search/?input=ada&include=MemberSearchItem&perPage=100&searchMethod=Autocomplete';
const SEARCH_FILM = 'search/?input=jeanne&include=FilmSearchItem&perPage=1&searchMethod=Autocomplete';
const SEARCH_PERSON = 'search/?input=akerman&include=ContributorSearchItem&perPage=1';
const DIARY = 'log-entries/?member=1aB&memberRelationship=Owner&perPage=5';
const LOGGED = 'log-entries/?member=1aB&film=f9&memberRelationship=Owner&perPage=5';
const NEWEST = 'log-entries/?member=1aB&memberRelationship=Owner&perPage=1';
const LISTS = 'lists/?member=1aB&memberRelationship=Owner&perPage=50&where=Published';
const TEST = 'log-entries/?member=1e4Ab&memberRelationship=Owner&perPage=1';
const DRAWN = `films/?${Array(6).fill('filmId=tmdb:501').join('&')}`;

const poster = {
  sizes: [
    { height: 100, url: 'https://a.ltrbxd.com/small.jpg' },
    { height: 900, url: 'https://a.ltrbxd.com/large.jpg' },
  ],
};
const jeanne = { id: 'f9', name: 'Jeanne_D', releaseYear: 1975, rating: 4.27, poster };
const ada = {
  id: '1aB',
  username: 'Ada',
  displayName: 'Ada L.',
  avatar: { sizes: [{ height: 48, url: 'https://a.ltrbxd.com/ada.jpg' }] },
  pronoun: { subjectPronoun: 'she', objectPronoun: 'her', possessivePronoun: 'hers' },
  location: 'London',
  bio: '<p>I <i>compute</i>.</p>',
  favoriteFilms: [jeanne],
};
const people = { [SEARCH_ADA]: { items: [{ member: { id: '9', username: 'adam' } }, { member: { id: '1aB', username: 'Ada' } }] }, 'member/1aB': ada };
const nobody = { [SEARCH_ADA]: { items: [{ member: { id: '9', username: 'adam' } }] } };
const entry = {
  id: 'e5',
  owner: ada,
  film: jeanne,
  diaryDetails: { diaryDate: '2024-01-31', rewatch: true },
  rating: 4.5,
  like: true,
  review: { text: '<p>Slow, <b>good</b>.</p>', containsSpoilers: true },
  whenCreated: '2024-02-01T10:00:00Z',
};
const bare = { id: 'e4', owner: ada, film: { ...jeanne, releaseYear: null }, diaryDetails: null, review: null, whenCreated: '2023-01-05T10:00:00Z' };
const film = {
  ...jeanne,
  tagline: 'Three days',
  runTime: 201,
  primaryLanguage: { name: 'French' },
  genres: [{ name: 'Drama' }, { name: 'Quiet' }],
  contributions: [
    { type: 'Actor', contributors: [{ id: 'p1', name: 'Delphine Seyrig' }] },
    { type: 'Director', contributors: [{ id: 'p2', name: 'Chantal Akerman' }] },
  ],
};
const films = {
  [SEARCH_FILM]: { items: [{ film: jeanne }] },
  'film/f9': film,
  'film/f9/statistics': { counts: { watches: 125_000, likes: 41_250, reviews: 999 } },
};
const FILM_CARD =
  'Jeanne\\_D (1975)\n**Three days**\n★★★★½ 4.27\nDirector: [Chantal Akerman](https://boxd.it/p2)\nFrench, 3h 21m\nDrama, Quiet\n👀 125K  ♥ 41.3K  💬 999';
const bestOf = (id: string, name: string) => ({
  id,
  name,
  filmCount: 2,
  description: '<p>My <i>best</i>.</p>',
  previewEntries: [
    { rank: 1, film: jeanne },
    { rank: 0, film: { id: 'f1', name: 'M' } },
  ],
});

interface Case {
  readonly options?: Call['options'];
  readonly found: { readonly pairs: Pairs; readonly says: string };
  readonly notFound?: { readonly pairs: Pairs; readonly says: string };
}

const account = { account: 'ada' };
const NO_ADA = 'Letterboxd has no account with the user name `ada`.';

const CASES: Readonly<Record<Exclude<CommandName, 'help' | 'following'>, Case>> = {
  follow: { options: account, found: { pairs: people, says: '**Ada L.** (Ada) is followed in <#c1> from now on.' }, notFound: { pairs: nobody, says: NO_ADA } },
  unfollow: {
    options: account,
    found: { pairs: people, says: '**Ada L.** (Ada) is not followed in <#c1> any more.' },
    notFound: { pairs: nobody, says: NO_ADA },
  },
  refresh: {
    options: account,
    found: { pairs: people, says: '**Ada L.** (Ada) is shown with this name and picture from now on.' },
    notFound: { pairs: nobody, says: NO_ADA },
  },
  diary: {
    options: account,
    found: {
      pairs: { ...people, [DIARY]: { items: [entry, bare] } },
      says: 'The last entries of Ada L.\n**[Jeanne\\_D (1975)](https://boxd.it/e5)**\n2024-01-31 ★★★★½ ↻ ♥ 💬\n**[Jeanne\\_D](https://boxd.it/e4)**',
    },
    notFound: { pairs: { ...people, [DIARY]: { items: [] } }, says: 'Ada L. has no entries yet.' },
  },
  user: {
    options: { account: 'https://letterboxd.com/ADA/' },
    found: {
      pairs: { ...people, 'member/1aB/statistics': { counts: { watches: 1250, filmsInDiaryThisYear: 12 } } },
      says: "Ada L. (she/her/hers)\n***London***\nI *compute*.\n┈┈┈┈┈┈┈┈┈┈┈┈\n- [Jeanne\\_D (1975)](https://boxd.it/f9)\nFilms: **1.3K**, in this year's diary: **12**",
    },
    notFound: { pairs: nobody, says: 'Letterboxd has no account with the user name `https://letterboxd.com/ADA/`.' },
  },
  contributor: {
    options: { 'contributor-name': 'akerman' },
    found: {
      pairs: {
        [SEARCH_PERSON]: {
          items: [
            {
              contributor: {
                id: 'p2',
                name: 'Chantal Akerman',
                bio: '<p>Born in <b>Brussels</b>.</p>',
                links: [
                  { type: 'tmdb', url: 'https://www.themoviedb.org/person/1' },
                  { type: 'letterboxd', url: 'https://boxd.it/p2' },
                ],
                statistics: {
                  contributions: [
                    { type: 'Director', filmCount: 42 },
                    { type: 'Writer', filmCount: 40 },
                  ],
                },
              },
            },
          ],
        },
      },
      says: 'Chantal Akerman\n[tmdb](https://www.themoviedb.org/person/1) | [letterboxd](https://boxd.it/p2)\n\n**Director:** 42\n**Writer:** 40\n\nBorn in **Brussels**.',
    },
    notFound: { pairs: { [SEARCH_PERSON]: { items: null } }, says: 'Letterboxd knows nobody of the name akerman.' },
  },
  film: {
    options: { 'film-name': 'jeanne' },
    found: { pairs: films, says: FILM_CARD },
    notFound: { pairs: { [SEARCH_FILM]: {} }, says: 'Letterboxd has no film of the name jeanne.' },
  },
  list: {
    options: { account: 'ada', 'list-name': ' best of, 2024' },
    found: {
      pairs: { ...people, [LISTS]: { items: [bestOf('l1', 'Best of 2024'), bestOf('l2', 'Best Of: 2024!'), bestOf('l3', 'Worst')] } },
      says: 'Best Of: 2024!\n**2 films, by [Ada L.](https://boxd.it/1aB)**\nMy *best*.\n1\\. [Jeanne\\_D (1975)](https://boxd.it/f9)\n- [M](https://boxd.it/f1)',
    },
    notFound: { pairs: { ...people, [LISTS]: { items: [bestOf('l3', 'Worst')] } }, says: 'Ada L. has no list of the name best of, 2024.' },
  },
  logged: {
    options: { account: 'ada', 'film-name': 'jeanne' },
    found: {
      pairs: {
        ...people,
        [SEARCH_FILM]: { items: [{ film: jeanne }] },
        [LOGGED]: { items: [entry, { ...entry, id: 'e3', review: null, rating: null, like: null }, bare] },
      },
      says: [
        'Ada L.: Jeanne\\_D (1975)',
        '**[Reviewed on Jan 31](https://boxd.it/e5)**\n★★★★½ ↻ ♥\n||Slow, **good**.||',
        '**[Watched on Jan 31](https://boxd.it/e3)**\n↻',
        '**[Logged on Jan 05, 2023](https://boxd.it/e4)**',
      ].join('\n'),
    },
    notFound: { pairs: { ...people, [SEARCH_FILM]: { items: [{ film: jeanne }] }, [LOGGED]: { items: [] } }, says: 'Ada L. has not logged Jeanne\\_D (1975).' },
  },
  roulette: {
    found: { pairs: { 'film/f9': film, 'film/f9/statistics': films['film/f9/statistics'], [DRAWN]: { items: [jeanne] } }, says: FILM_CARD },
    notFound: { pairs: { [DRAWN]: { items: [] } }, says: 'No luck this time: none of the films that were drawn is on Letterboxd. Spin again.' },
  },
};
const cases = Object.entries(CASES) as [CommandName, Case][];

test.each(cases)('/%s: found', async (name, { options, found }) => {
  const bench = new CommandBench(found.pairs);
  if (name === 'unfollow' || name === 'refresh') bench.users.add({ letterboxdId: '1aB', userName: 'renamed' }, 'c1');
  expect(await bench.says(name, options)).toBe(found.says);
});

test.each(cases)('/%s: not found', async (name, { options, notFound }) => {
  const answer = await new CommandBench(notFound?.pairs).call(name, options);
  expect(answer.embeds).toEqual([{ color: 0xa700bd, description: notFound?.says }]);
  expect(answer.result).toBe('refused');
});

test.each(cases.flatMap(([name, { options }]) => [500, 403, 429, '<html>'].map((answer) => [name, answer, options] as const)))(
  '/%s when Letterboxd answers %s',
  async (name, answer, options) => {
    const bench = new CommandBench({ '*': answer });
    const { embeds, result } = await bench.call(name, options);
    const expected = {
      500: /^Letterboxd does not answer/,
      403: /^Letterboxd does not let the bot in/,
      429: /try again in 7 seconds/,
      '<html>': /cannot be read/,
    }[answer];
    expect(embeds).toEqual([{ color: 0xa700bd, description: expect.stringMatching(expected as RegExp) }]);
    expect(result).toBe('failed');
    expect(bench.log.lines.map(({ level }) => level)).toEqual([answer === 403 ? 'error' : 'warn']); // one is an alarm
    expect([bench.commands, bench.entries, await bench.users.count()]).toEqual([[], [], 0]);
  },
);

test.each(cases.flatMap(([name, { options, found }]) => Object.keys(found.pairs).map((request) => [name, request, options, found] as const)))(
  '/%s when only %s fails is answered',
  async (name, request, options, { pairs }) => {
    const { embeds } = await new CommandBench({ ...pairs, [request]: 500 }).call(name, options);
    expect(embeds[0]?.description).toMatch(/^Letterboxd does not answer/);
  },
);

/** What is there beside the text, by command. */
const BESIDE: Readonly<Record<keyof typeof CASES, object>> = {
  follow: { thumbnail: { url: 'https://a.ltrbxd.com/ada.jpg' } },
  unfollow: { thumbnail: { url: 'https://a.ltrbxd.com/ada.jpg' } },
  refresh: { thumbnail: { url: 'https://a.ltrbxd.com/ada.jpg' } },
  diary: { url: 'https://boxd.it/1aB', thumbnail: { url: 'https://a.ltrbxd.com/ada.jpg' } },
  user: { url: 'https://boxd.it/1aB', thumbnail: { url: 'https://a.ltrbxd.com/ada.jpg' } },
  contributor: { url: 'https://boxd.it/p2' },
  film: { url: 'https://boxd.it/f9', thumbnail: { url: 'https://a.ltrbxd.com/large.jpg' } },
  list: { url: 'https://boxd.it/l2', thumbnail: { url: 'https://a.ltrbxd.com/large.jpg' } },
  logged: { thumbnail: { url: 'https://a.ltrbxd.com/large.jpg' } },
  roulette: { url: 'https://boxd.it/f9', thumbnail: { url: 'https://a.ltrbxd.com/large.jpg' } },
};

test.each(cases)('/%s: colour, address and picture', async (name, { options, found }) => {
  const bench = new CommandBench(found.pairs);
  if (name === 'unfollow' || name === 'refresh') bench.users.add({ letterboxdId: '1aB', userName: 'renamed' }, 'c1');
  const { embeds, result } = await bench.call(name, options);
  const { title: _, description: __, ...beside } = embeds[0] ?? {};
  expect([beside, result]).toEqual([{ color: 0xa700bd, ...BESIDE[name as keyof typeof CASES] }, 'answered']);
});

test.each([
  [0, 2],
  [0.999_999, 1000],
])('roulette draws from 2 to the newest film: %s is %s', async (random, id) => {
  const drawn = `films/?${Array(6).fill(`filmId=tmdb:${id}`).join('&')}`;
  const bench = new CommandBench({ ...CASES.roulette.found.pairs, [drawn]: { items: [jeanne] } });
  expect(await bench.says('roulette', {}, {}, () => random)).toBe(FILM_CARD);
});

test('roulette spins again by itself when none of six is there, four times', async () => {
  const rounds = [0.1, 0.2, 0.3, 0.5];
  const drawn = (number: number) =>
    `films/?${Array(6)
      .fill(`filmId=tmdb:${2 + Math.floor(number * 999)}`)
      .join('&')}`;
  const nothing = Object.fromEntries(rounds.slice(0, -1).map((number) => [drawn(number), { items: [] }]));
  const spun = async (numbers: readonly number[]) => {
    const draws = numbers.flatMap((number) => Array<number>(6).fill(number));
    return new CommandBench({ ...nothing, ...CASES.roulette.found.pairs }).says('roulette', {}, {}, () => draws.shift() ?? 0.5);
  };
  expect(await spun(rounds)).toBe(FILM_CARD);
  expect(await spun([0.1, 0.2, 0.3, 0.1])).toMatch(/^No luck this time/);
});

test('a film of which nothing is known is shown all the same', async () => {
  const pairs = {
    [SEARCH_FILM]: { items: [{ film: { id: 'f9', name: 'M', poster: null, rating: null } }] },
    'film/f9': { id: 'f9', name: 'M' },
    'film/f9/statistics': 404,
  };
  expect(await new CommandBench(pairs).says('film', { 'film-name': 'jeanne' })).toBe('M\n👀 0  ♥ 0  💬 0');
});

test('a film that was picked is taken by its id', async () => {
  const { [SEARCH_FILM]: _, ...known } = films;
  expect(await new CommandBench(known).says('film', { 'film-name': 'boxd.it/f9' })).toBe(FILM_CARD);
});

test('a name in letters that the comparison does not know still finds its list', async () => {
  const bench = () => new CommandBench({ ...people, [LISTS]: { items: [bestOf('l1', 'Лучшее'), bestOf('l2', '最高')] } });
  expect(await bench().says('list', { account: 'ada', 'list-name': 'лучшее' })).toMatch(/^Лучшее/);
  expect(await bench().says('list', { account: 'ada', 'list-name': 'Худшее' })).toMatch(/has no list/);
});

test('roulette without The Movie Database says so', async () => {
  const bench = new CommandBench();
  bench.tmdb = 503;
  expect(await bench.says('roulette')).toMatch(/^The Movie Database gives no answer/);
  bench.tmdb = { id: null };
  expect(await bench.says('roulette')).toMatch(/^The Movie Database gives no answer/);
  expect(bench.requests).toEqual([]);
});

test('a first follow stores the profile and tells the scrapers, which bring the first entry', async () => {
  const bench = new CommandBench({ ...people, [NEWEST]: { items: [entry] } });
  await bench.call('follow', account);
  expect(await bench.users.byLid('1aB')).toMatchObject({
    userName: 'ada',
    displayName: 'Ada L.',
    image: 'https://a.ltrbxd.com/ada.jpg',
    channelList: [{ channelId: 'c1' }],
  });
  expect(JSON.stringify(bench.commands)).toBe('[{"type":"FOLLOW","user":"1aB","entry":"0"}]');
  expect(bench.entries).toEqual([]);
});

test('a follow of somebody known posts their newest entry in this channel only', async () => {
  const bench = new CommandBench({ ...people, [NEWEST]: { items: [entry] } });
  bench.users.add({ letterboxdId: '1aB', previous: { lid: 'e5', list: ['e5'], published: 1 } }, 'c9');
  await bench.call('follow', account);
  expect(bench.commands).toEqual([{ type: 'FOLLOW', user: '1aB', entry: 'e5' }]);
  expect(bench.entries).toMatchObject([{ channelId: 'c1', entry: { lid: 'e5', publishSource: 'Follow' } }]);
  expect(await bench.says('follow', account)).toMatch(/was followed in <#c1> already/);
  expect([bench.commands.length, bench.entries.length]).toEqual([2, 1]);
});

test('an entry that is newer than what was posted is left to the scrapers: it goes to all channels', async () => {
  const bench = new CommandBench({ ...people, [NEWEST]: { items: [entry] } });
  bench.users.add({ letterboxdId: '1aB', previous: { lid: 'e4', list: ['e4'], published: 1 } }, 'c9');
  await bench.call('follow', account);
  expect(bench.entries).toEqual([]);
});

test('a follow is stored, and said, though the bus is down', async () => {
  const bench = new CommandBench({ ...people, [NEWEST]: { items: [entry] } });
  bench.busFailure = new Error('the bus is down');
  expect(await bench.says('follow', account)).toMatch(/is followed in/);
  expect(bench.log.lines).toHaveLength(1);
});

test('a follow says what the bot lacks, and is refused to whom lacks it himself', async () => {
  const bench = new CommandBench(people);
  const closed = {
    ...HERE,
    channelId: 'c2',
    bot: new Map([
      ['View Channel', true],
      ['Embed Links', false],
    ]),
  };
  expect(await bench.says('follow', account, { chosen: closed })).toBe(
    '**Ada L.** (Ada) is followed in <#c2> from now on.\nThe bot cannot post there yet: it needs the permission Embed Links.',
  );
  expect(await bench.says('follow', account, { chosen: { ...HERE, channelId: 'c3', callerLacks: ['View Channel'] } })).toBe(
    'You have not the permission for that in <#c3>: View Channel.',
  );
  expect(await bench.users.ofChannel('c3')).toEqual([]);
});

test('unfollow needs no Letterboxd for those who are listed, and publishes nothing', async () => {
  const bench = new CommandBench({ '*': 500 });
  bench.users.add({ letterboxdId: '1aB', userName: 'Ada', displayName: 'Ada L.' }, 'c1', 'c9');
  expect(await bench.says('unfollow', account)).toBe('**Ada L.** (Ada) is not followed in <#c1> any more.');
  expect((await bench.users.byLid('1aB'))?.channelList).toEqual([{ channelId: 'c9' }]);
  expect([bench.commands, bench.entries, bench.requests]).toEqual([[], [], []]);
});

test('what nobody follows cannot be unfollowed or renewed', async () => {
  expect(await new CommandBench(people).says('unfollow', account)).toBe('Nobody follows Ada L. anywhere.');
  expect(await new CommandBench(people).says('refresh', account)).toBe('Nobody follows Ada L. anywhere: there is nothing to renew.');
});

test('unfollow of somebody who is not listed here is a success too', async () => {
  const bench = new CommandBench(people);
  bench.users.add({ letterboxdId: '1aB' }, 'c9');
  expect(await bench.says('unfollow', account)).toBe('**Ada L.** (Ada) was not followed in <#c1>.');
});

test('refresh stores the profile', async () => {
  const bench = new CommandBench(people);
  bench.users.add({ letterboxdId: '1aB', userName: 'old', displayName: 'Old' }, 'c1');
  expect(await bench.says('refresh', account)).toBe('**Ada L.** (Ada) is shown with this name and picture from now on.');
  expect(await bench.users.byLid('1aB')).toMatchObject({
    userName: 'Ada',
    displayName: 'Ada L.',
    image: 'https://a.ltrbxd.com/ada.jpg',
    channelList: [{ channelId: 'c1' }],
  });
});

test('/following lists in the order of ids, however many they are', async () => {
  const bench = new CommandBench();
  expect(await bench.says('following')).toBe('Nobody is followed in <#c1> yet.');
  for (const lid of ['aB', 'Ab', 'ab', '9']) bench.users.add({ letterboxdId: lid, userName: `u_${lid}` }, 'c1');
  expect(await bench.says('following')).toBe(
    'Followed in <#c1>: 4\n---\n• u\\_9 [9](https://boxd.it/9)\n• u\\_ab [ab](https://boxd.it/ab)\n• u\\_aB [aB](https://boxd.it/aB)\n• u\\_Ab [Ab](https://boxd.it/Ab)',
  );
  for (let index = 0; index < 400; index += 1) bench.users.add({ letterboxdId: `x${index}`, userName: `somebody_${index}` }, 'c1');
  expect((await bench.says('following')).match(/•/g)).toHaveLength(404);
});

test.each(['help', 'following', 'unfollow', 'refresh', 'follow'] as const)('/%s when the store is down', async (name) => {
  const bench = new CommandBench(people);
  bench.users.failure = new Error('the store is down');
  const { embeds, result } = await bench.call(name, account);
  expect(embeds).toEqual([{ color: 0xa700bd, description: 'Something went wrong here, and it is noted. Please try again later.' }]);
  expect(result).toBe('failed');
});

test('/help names every command, and what the bot may do here', async () => {
  const bench = new CommandBench();
  bench.users.add({ letterboxdId: '1aB' }, 'c1');
  const here = {
    ...HERE,
    bot: new Map([
      ['View Channel', true],
      ['Embed Links', false],
    ]),
  };
  const { embeds, afterwards } = await bench.call('help', {}, { here });
  const fields = new Map(embeds[0]?.fields?.map(({ name, value }) => [name, value]));
  expect(embeds[0]?.description).toContain('Version 1.2.3, accounts followed: 1, servers: 7');
  for (const { name } of DEFINITIONS) expect([...fields.keys()].some((field) => field.split(' ')[0] === `/${name}`)).toBe(true);
  expect(fields.has('/follow account [channel]')).toBe(true);
  expect(fields.get('Permissions here')).toBe('✅ View Channel\n❌ Embed Links');
  const addressIn = (field: string) => /^\[.+\]\((.+)\)$/.exec(fields.get(field) ?? '')?.[1];
  expect(['Diaries', 'Roulette'].map(addressIn)).toEqual(['https://letterboxd.com/', 'https://www.themoviedb.org/']);
  const invitation = new URL(addressIn('Another server') ?? '');
  expect([invitation.origin + invitation.pathname, Object.fromEntries(invitation.searchParams)]).toEqual([
    'https://discord.com/oauth2/authorize',
    // View Channel, Send Messages, Embed Links, Send Messages in Threads
    { client_id: '42', scope: 'bot applications.commands', permissions: String((1n << 10n) | (1n << 11n) | (1n << 14n) | (1n << 38n)) },
  ]);
  expect(afterwards).toBeUndefined();
});

test('/help test posts five messages a second apart, then an entry by the bus', async () => {
  const bench = new CommandBench({ [TEST]: { items: [entry] } });
  const begin = bench.clock.now();
  const { embeds, afterwards } = await bench.call('help', { test: true });
  expect(embeds).toHaveLength(2);
  await afterwards?.(new AbortController().signal);
  expect(bench.discord.posts.map(({ channelId, at }) => [channelId, at - begin])).toEqual([2000, 3000, 4000, 5000, 6000].map((at) => ['c1', at]));
  expect(bench.entries).toMatchObject([{ channelId: 'c1', entry: { lid: 'e5', publishSource: 'Help' } }]);
});

test('/help test shows plain text, an emoji, the own marks, formatting and a picture', async () => {
  const bench = new CommandBench({ [TEST]: { items: [] } });
  await (await bench.call('help', { test: true })).afterwards?.(new AbortController().signal);
  const steps = bench.discord.posts.map(({ embeds }) => embeds[0]);
  expect(steps.map((step) => step?.description)).toEqual([
    expect.stringMatching(/^[ \w:]+$/),
    expect.stringContaining('🎬'),
    expect.stringMatching(/★½ ↻ ♥$/),
    expect.stringMatching(/\*\*.+\*\*.*\*.+\*.*\|\|.+\|\|.*\[.+\]\(https:.+\)/),
    expect.any(String),
  ]);
  expect(steps.map((step) => step?.thumbnail?.url)).toEqual([undefined, undefined, undefined, undefined, expect.stringMatching(/^https:.+\.png$/)]);
  expect(bench.entries).toEqual([]);
});

test.each([
  [500, /^Letterboxd does not answer/],
  [403, /^Letterboxd does not let the bot in/],
])('/help test while Letterboxd answers %s shows what works, and says the rest', async (status, says) => {
  const bench = new CommandBench({ [TEST]: status });
  const { embeds, afterwards, result } = await bench.call('help', { test: true });
  expect([embeds.length, result]).toEqual([2, 'answered']);
  await expect(afterwards?.(new AbortController().signal)).rejects.toThrow(says);
  expect(bench.discord.posts).toHaveLength(5);
});

test('every command that is advertised is served, and none else', () => {
  expect(DEFINITIONS.map(({ name }) => name).sort()).toEqual(Object.keys(COMMANDS).sort());
});
