import { emoji } from '../../../services/contracts/filmlinkd-environment';
import { entryEmbed } from '../../../services/shard/posting/entry-embed';
import { nonceOf } from '../../../services/shard/posting/nonce';
import { lengthOf } from '../../../services/shard/text/embed';
import { entryOf } from '../../support/log-entries';

const NOW = Date.UTC(2024, 1, 10);
const plain = emoji.parse({});
const ada = { displayName: 'Ada L.', image: 'https://a.ltrbxd.com/ada.jpg' };
const watched = entryOf('e1', {
  filmTitle: 'Jeanne',
  filmYear: 1975,
  starCount: 4.5,
  liked: true,
  rewatch: true,
  watchedDate: Date.UTC(2024, 0, 31),
  image: 'https://a.ltrbxd.com/p.jpg',
});

test('an entry with everything', () => {
  expect(
    entryEmbed(
      { ...watched, type: 'review', review: '<p>I <i>stayed</i>.</p>' },
      { ...ada, footer: { icon: 'https://i/x.png', text: 'A patron' } },
      plain,
      NOW,
    ),
  ).toEqual({
    color: 0xa700bd,
    author: { name: 'Ada L. reviewed...', url: 'https://letterboxd.com/ada/', icon_url: 'https://a.ltrbxd.com/ada.jpg' },
    title: 'Jeanne (1975)',
    url: 'https://boxd.it/e1',
    description: '**Jan 31** ★★★★½ ↻ ♥\n┈┈┈┈┈┈┈┈┈┈┈┈\nI *stayed*.',
    thumbnail: { url: 'https://a.ltrbxd.com/p.jpg' },
    footer: { text: 'A patron', icon_url: 'https://i/x.png' },
  });
});

test('an entry with almost nothing', () => {
  const bare = entryOf('e1', { filmTitle: 'M*', filmYear: 0, starCount: 0, liked: false });
  expect(entryEmbed(bare, { displayName: '', image: '' }, plain, NOW)).toEqual({
    color: 0xa700bd,
    author: { name: 'ada watched...', url: 'https://letterboxd.com/ada/', icon_url: undefined },
    title: 'M\\*',
    url: 'https://boxd.it/e1',
  });
});

test('spoilers are hidden, an adult film is marked, a long review is cut', () => {
  const { title, description } = entryEmbed({ ...watched, adult: true, review: 'word '.repeat(200), containsSpoilers: true }, ada, plain, NOW);
  expect(title).toBe('🔞 Jeanne (1975)');
  const text = description?.split('\n')[2] ?? '';
  expect(text).toMatch(/^\|\|word .*\.\.\.\|\|$/);
  expect(text.length).toBeLessThanOrEqual(400 + 7);
});

test('no rule without a text, and none without a head', () => {
  expect(entryEmbed(watched, ada, plain, NOW).description).toBe('**Jan 31** ★★★★½ ↻ ♥');
  const bare = { ...watched, watchedDate: 0, starCount: 0, liked: false, rewatch: false, review: 'Yes.' };
  expect(entryEmbed(bare, ada, plain, NOW).description).toBe('Yes.');
});

test('what Discord would refuse is left out', () => {
  const embed = entryEmbed(
    { ...watched, image: 'none', link: 'nowhere', filmTitle: 'x'.repeat(400) },
    { displayName: 'y'.repeat(400), image: '/a.jpg' },
    plain,
    NOW,
  );
  expect(embed.thumbnail).toBeUndefined();
  expect(embed.url).toBeUndefined();
  expect(embed.author?.icon_url).toBeUndefined();
  expect(embed.title).toHaveLength(256);
  expect(embed.author?.name).toHaveLength(256);
});

test('an embed with everything as long as it may be still fits into a message', () => {
  const review = Array.from({ length: 9 }, (_, index) => `<a href="https://boxd.it/${'x'.repeat(380)}">link ${index}</a>`).join(' ');
  const footer = { icon: 'https://i/x.png', text: 'f'.repeat(2048) };
  const embed = entryEmbed({ ...watched, filmTitle: 't'.repeat(300), review }, { ...ada, displayName: 'n'.repeat(300), footer }, plain, NOW);
  expect(embed.description?.length).toBeGreaterThan(3500);
  expect(lengthOf(embed)).toBe(6000);
  expect(embed.footer?.text).toMatch(/^f+…$/);
  const short = entryEmbed(watched, { ...ada, footer }, plain, NOW);
  expect(short.footer?.text).toHaveLength(2048);
});

test('a day that is none is left out', () => {
  expect(entryEmbed({ ...watched, watchedDate: 1e300 }, ada, plain, NOW).description).toBe('★★★★½ ↻ ♥');
});

test('a footer needs both its parts', () => {
  expect(entryEmbed(watched, { ...ada, footer: { icon: '', text: 'A patron' } }, plain, NOW).footer).toBeUndefined();
});

test('a nonce is stable for an entry in a channel, and Discord takes it', () => {
  expect(nonceOf('e1', 'c1')).toBe(nonceOf('e1', 'c1'));
  expect(new Set([nonceOf('e1', 'c1'), nonceOf('e1', 'c2'), nonceOf('e2', 'c1'), nonceOf('e1c', '1')]).size).toBe(4);
  expect(nonceOf('e1', 'c1')).toHaveLength(25);
});
