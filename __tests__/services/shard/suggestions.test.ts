import { Accounts, userName } from '../../../services/shard/commands/accounts';
import { suggestions } from '../../../services/shard/commands/autocomplete';
import { letterboxd } from '../../support/film/letterboxd-double';
import { MemoryUsers } from '../../support/film/memory-users';

const MEMBERS = 'search/?input=ad&include=MemberSearchItem&perPage=25&searchMethod=Autocomplete';
const FILMS = 'search/?input=jea&include=FilmSearchItem&perPage=25&searchMethod=Autocomplete';
const typing = { command: 'diary', option: 'account', text: 'ad', channelId: 'c1' };

test('accounts are suggested with their names', async () => {
  const { client } = letterboxd({
    [MEMBERS]: { items: [{ member: { id: '1', username: 'ada', displayName: 'Ada L.' } }, { member: { id: '2' } }, { member: { id: '3', username: 'adam' } }] },
  });
  expect(await suggestions(typing, { letterboxd: client, users: new MemoryUsers() })).toEqual([
    { name: 'ada (Ada L.)', value: 'ada' },
    { name: 'adam', value: 'adam' },
  ]);
});

test('films are suggested with their year, and picked by their id', async () => {
  const { client } = letterboxd({ [FILMS]: { items: [{ film: { id: 'f9', name: 'J'.repeat(120), releaseYear: 1975 } }] } });
  const [choice, ...others] = await suggestions({ ...typing, option: 'film-name', text: ' jea' }, { letterboxd: client, users: new MemoryUsers() });
  expect(choice?.value).toBe('boxd.it/f9');
  expect(choice?.name).toHaveLength(100);
  expect(others).toEqual([]);
});

test('unfollow suggests those whom the channel follows, 25 at most', async () => {
  const { client, requests } = letterboxd({});
  const users = new MemoryUsers();
  for (let index = 0; index < 30; index += 1) users.add({ letterboxdId: `l${index}`, userName: `ada${index}` }, 'c1');
  users.add({ letterboxdId: 'x', userName: 'bob' }, 'c1');
  users.add({ letterboxdId: 'y', userName: 'adah' }, 'c2');
  const choices = await suggestions({ ...typing, command: 'unfollow', text: 'ADA' }, { letterboxd: client, users });
  expect(choices).toHaveLength(25);
  expect(choices.every(({ value }) => value.startsWith('ada') && value !== 'adah')).toBe(true);
  expect(requests).toEqual([]);
});

test.each([500, 403, '<html>'])('nothing is suggested while Letterboxd answers %s, or before somebody types', async (answer) => {
  const { client } = letterboxd({ '*': answer });
  const means = { letterboxd: client, users: new MemoryUsers() };
  expect(await suggestions(typing, means)).toEqual([]);
  expect(await suggestions({ ...typing, text: ' ' }, means)).toEqual([]);
});

test('an account is meant by its name or the address of its page', () => {
  expect(['Ada', '@ada', 'https://letterboxd.com/Ada/', 'letterboxd.com/ada', ' ada '].map(userName)).toEqual(Array(5).fill('ada'));
  expect(['', 'a b', 'https://letterboxd.com/film/m/', '../x'].map(userName)).toEqual(Array(4).fill(undefined));
});

test.each([
  [{ 'x-letterboxd-identifier': '1aB', 'x-letterboxd-type': 'Member' }, '1aB'],
  [{ 'x-letterboxd-identifier': '1aB' }, '1aB'],
  [{ 'x-letterboxd-identifier': '1aB', 'x-letterboxd-type': 'Film' }, undefined],
  [{}, undefined],
])('the page with %j is asked only where that is set, when the search finds nobody', async (headers, expected) => {
  const pairs = { 'search/?input=ada&include=MemberSearchItem&perPage=100&searchMethod=Autocomplete': { items: [] }, 'member/1aB': { id: '1aB' } };
  const asked: string[] = [];
  const fetch = async (url: string) => {
    asked.push(url);
    return new Response('page', { headers, status: 404 });
  };
  const { client } = letterboxd(pairs);
  await expect(new Accounts({ letterboxd: client, fetch }).find('Ada')).rejects.toThrow('no account');
  expect(asked).toEqual([]);
  const found = new Accounts({ letterboxd: client, fetch, site: 'https://letterboxd.com/' }).find('Ada');
  await (expected ? expect(found).resolves.toMatchObject({ id: expected }) : expect(found).rejects.toThrow('no account'));
  expect(asked).toEqual(['https://letterboxd.com/ada/']);
});
