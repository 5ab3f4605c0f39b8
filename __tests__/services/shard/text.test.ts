import { emoji } from '../../../services/contracts/filmlinkd-environment';
import { address, LIMITS, lengthOf, messages, paged, pages, shortened } from '../../../services/shard/text/embed';
import { marks, stars } from '../../../services/shard/text/emoji';
import { count, day, filmName, runTime } from '../../../services/shard/text/format';
import { escaped, link, markdown } from '../../../services/shard/text/markdown';

const plain = emoji.parse({});

test.each([
  [0, ''],
  [0.5, '½'],
  [3, '★★★'],
  [3.24, '★★★'],
  [3.25, '★★★½'],
  [3.74, '★★★½'],
  [3.75, '★★★★'],
  [5, '★★★★★'],
])('%s stars', (rating, expected) => {
  expect(stars(rating, plain)).toBe(expected);
});

test('marks stand apart, and may be custom emoji', () => {
  expect(marks({ rating: 2.5, rewatch: true, liked: true }, plain)).toBe('★★½ ↻ ♥');
  expect(marks({ rating: 1, rewatch: false, liked: true }, emoji.parse({ star: '<:s:1>', liked: '<:l:2>' }))).toBe('<:s:1> <:l:2>');
});

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1K'],
  [1250, '1.3K'],
  [999_999, '1000K'],
  [1_000_000, '1M'],
  [2_500_000_000, '2.5B'],
])('count %s', (value, expected) => {
  expect(count(value)).toBe(expected);
});

test('days, lengths and names', () => {
  const then = Date.UTC(2024, 10, 3);
  expect(day(then, then + 5e9 - 1)).toBe('Nov 03');
  expect(day(then, then + 5e9)).toBe('Nov 03, 2024');
  expect(runTime(201)).toBe('3h 21m');
  expect([filmName('M', 1931), filmName('M', 0), filmName('M', null)]).toEqual(['M (1931)', 'M', 'M']);
});

test.each([
  ['<p>One<br>two</p><p>three</p>', 'One\ntwo\nthree'],
  ['<p><b>b</b> <strong>s</strong> <i>i</i> <em>e</em></p>', '**b** **s** *i* *e*'],
  ['<blockquote>q</blockquote><p>a</p>', '> q\na'],
  ['<a href="https://boxd.it/x">here</a>', '[here](https://boxd.it/x)'],
  ['<a href="javascript:alert(1)">here</a>', 'here'],
  ['<p>2 * 3 * 4, a_b_c, ~~x~~, ||y||, `z`</p>', '2 \\* 3 \\* 4, a\\_b\\_c, \\~\\~x\\~\\~, \\|\\|y\\|\\|, \\`z\\`'],
  ['<p># no heading</p>', '\\# no heading'],
  ['<p>&gt; no quote</p>', '\\> no quote'],
  ['<p>&lt;@123&gt; &lt;#5&gt;</p>', '\\<@123> \\<#5>'],
  ['<h1>Loud</h1>', '**Loud**'],
  ['a<script>alert(1)</script><img src="x">b', 'ab'],
  ['<b>never closed', '**never closed**'],
  ['<frameset>no page', 'no page'],
  ['', ''],
  ['<p> </p>', ''],
])('%s becomes %s', (html, expected) => {
  expect(markdown(html)).toBe(expected);
});

test('what is cut leaves no mark open, and does not end within a word', () => {
  expect(markdown('<p>one <b>two <i>three four</i> five</b></p>', { cut: 15 })).toBe('one **two *three***...');
  expect(markdown('<p>short</p>', { cut: 5 })).toBe('short');
  expect(markdown(`<p>${'😀'.repeat(500)}</p>`, { cut: 400 })).toBe(`${'😀'.repeat(400)}...`);
  expect(markdown(`<p>${'a '.repeat(300)}</p>`, { cut: 400 }).length).toBeLessThanOrEqual(403);
});

test('spoilers are hidden as a whole, whatever is in them', () => {
  expect(markdown('<p>He || dies</p><blockquote><i>she</i> too</blockquote>', { spoiler: true })).toBe('||He \\|\\| dies\nshe too||');
  expect(markdown('<pre>||</pre>', { spoiler: true })).toBe('||\\|\\|||');
  expect(markdown('<p>one two three</p>', { spoiler: true, cut: 8 })).toBe('||one two...||');
  expect(markdown('<p></p>', { spoiler: true })).toBe('');
  expect(markdown('The <a href="https://a.b/||">butler</a> did it', { spoiler: true })).toBe('||The butler did it||');
  const links = `<a href="https://a.b/${'x'.repeat(380)}">she</a> `.repeat(20);
  expect(markdown(links, { spoiler: true, cut: 400 })).toMatch(/^\|\|(she ?)+\|\|$/);
});

test('names cannot become marks or links', () => {
  expect(escaped('M*A*S*H_1 [a](b)')).toBe('M\\*A\\*S\\*H\\_1 \\[a\\](b)');
  expect(link('[REC]²', 'https://boxd.it/x')).toBe('[\\[REC\\]²](https://boxd.it/x)');
});

test('only what Discord takes is an address', () => {
  expect(['https://a.b/c', '', null, 'a.ltrbxd.com/x', 'data:x', 'https://a b', `https://a.b/${'x'.repeat(2000)}`].map(address)).toEqual([
    'https://a.b/c',
    ...Array(6).fill(undefined),
  ]);
});

test('long answers become several messages within the limits, and lose no line', () => {
  const lines = Array.from({ length: 500 }, (_, index) => `• user_${index} [l](https://boxd.it/l${index})`);
  const embeds = paged({ title: 'T'.repeat(300) }, lines);
  const all = messages(embeds);
  expect(embeds[0]?.title).toHaveLength(LIMITS.title);
  expect(all.length).toBeGreaterThan(2);
  for (const message of all) {
    expect(message.length).toBeLessThanOrEqual(LIMITS.embeds);
    expect(message.reduce((sum, embed) => sum + lengthOf(embed), 0)).toBeLessThanOrEqual(LIMITS.message);
    for (const { description } of message) expect(description?.length).toBeLessThanOrEqual(LIMITS.description);
  }
  expect(
    embeds
      .map(({ description }) => description)
      .join('\n')
      .split('\n'),
  ).toEqual(lines);
});

test('one block that is too long for a page is divided between words', () => {
  const [first, second] = pages([`${'word '.repeat(1000)}end`]);
  expect(first).toMatch(/word$/);
  expect(second).toMatch(/^word/);
  expect(pages(['x'.repeat(5000)]).map((page) => page.length)).toEqual([4096, 904]);
});

test('small embeds share a message, ten at most', () => {
  expect(messages(Array(12).fill({ description: 'x' })).map((message) => message.length)).toEqual([10, 2]);
});

test('a text is never cut within a character', () => {
  expect(shortened('ab😀d', 4)).toBe('ab…');
  expect(shortened('abcd', 4)).toBe('abcd');
});

test.each([
  [-1, ''],
  [Number.NaN, ''],
  [1e300, '★★★★★'],
])('a rating of %s is shown as %s', (rating, shown) => {
  expect(stars(rating, { star: '★', half: '½' })).toBe(shown);
});

test.each(['a<br>', '<p>a</p>', '<i>a</i> ', '<blockquote>', '<b>'])('a review of a hundred thousand times %s is no burden', (part) => {
  const begun = Date.now();
  expect(markdown(part.repeat(100_000), { cut: 400 }).length).toBeLessThan(2000);
  expect(Date.now() - begun).toBeLessThan(5000); // it was minutes
});
