import { type Post, reckon } from '../../../scripts/demo/reckoning';
import { discrepancies, type Figures, summary } from '../../../scripts/demo/summary';

const post = (text: string): Post => {
  const [entry = '', channel = ''] = text.split(' ');
  return { entry, channel };
};
const posts = (...texts: string[]) => texts.map(post);

test('what is expected and there once is neither lost, twice nor astray, in whatever order', () => {
  expect(reckon(posts('e1 c1', 'e1 c2', 'e2 c1'), posts('e2 c1', 'e1 c2', 'e1 c1'))).toEqual({ lost: [], twice: [], astray: [] });
});

test('a lost post, one that is there three times, one in a channel that does not follow, one of another entry', () => {
  expect(reckon(posts('e1 c1', 'e1 c2', 'e2 c1'), posts('e1 c1', 'e1 c1', 'e1 c1', 'e2 c1', 'e2 c2', 'e9 c1'))).toEqual({
    lost: posts('e1 c2'),
    twice: posts('e1 c1', 'e1 c1'),
    astray: posts('e2 c2', 'e9 c1'),
  });
});

const GOOD: Figures = {
  logged: 3,
  found: 3,
  published: { first: 3, again: 2 },
  closed: 3,
  expected: 7,
  posted: 7,
  lost: [],
  twice: [],
  astray: [],
  deduplicated: { byDiscord: 2, byBots: 1 },
  kills: 2,
  poison: { sent: 1, parked: 1 },
  commands: { given: 4, answered: 4 },
  tasks: { run: 1, succeeded: 1 },
};
const plain = (_: string, text: string) => text;

test('figures that add up', () => {
  expect(discrepancies(GOOD)).toEqual([]);
  expect(summary(GOOD, [], plain)).toMatch(/It adds up: 3 entries came to all 7 places where they are followed, each once, though a bot was killed 2 times/);
});

test.each<[Partial<Figures>, string]>([
  [{ found: 2, published: { first: 2, again: 0 }, closed: 2 }, 'entries found: 2, but logged at Letterboxd: 3'],
  [{ published: { first: 4, again: 0 }, closed: 4 }, 'entries published: 4, but found: 3'],
  [{ closed: 2 }, 'entries done with: 2, but published: 3'],
  [{ posted: 6, lost: posts('e1 c1') }, '1 post lost'],
  [{ posted: 8, twice: posts('e1 c1') }, '1 post there twice'],
  [{ posted: 9, astray: posts('e1 c8', 'e1 c9') }, '2 posts where nobody follows'],
  [{ posted: 6 }, 'messages posted: 6, but expected, less those lost, with those twice and astray: 7'],
  [{ kills: 3 }, 'bots killed after an accept: 3, but sends that Discord answered with the first message: 2'],
  [{ poison: { sent: 1, parked: 0 } }, 'poison messages parked: 0, but sent: 1'],
  [{ commands: { given: 4, answered: 3 } }, 'commands answered: 3, but given: 4'],
  [{ tasks: { run: 1, succeeded: 0 } }, 'tasks of docker-worker that succeeded: 0, but run: 1'],
])('%j does not add up', (wrong, says) => {
  const figures = { ...GOOD, ...wrong };
  expect(discrepancies(figures)).toEqual([says]);
  expect(summary(figures, discrepancies(figures), plain)).toContain(`It does not add up:\n  ${says}`);
});

test('losses are red, and nothing else is', () => {
  const red = (style: string, text: string) => (style === 'red' ? `<${text}>` : text);
  expect(summary({ ...GOOD, posted: 6, lost: posts('e1 c1') }, ['1 post lost'], red)).toMatch(
    /lost +<1>\n.*twice +0\n.*\n[^<]*<It does not add up:\n {2}1 post lost>$/s,
  );
});
