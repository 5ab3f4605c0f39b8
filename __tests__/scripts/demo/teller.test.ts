import { Teller } from '../../../scripts/demo/teller';

const paint = (style: string, text: string) => `<${style} ${text}>`;
const noon = new Date(2024, 4, 31, 12, 0, 5).getTime();

function telling(isTTY: boolean) {
  const written: string[] = [];
  const clock = { now: noon };
  return { written, clock, teller: new Teller({ isTTY, columns: 20, write: (text) => written.push(text) }, paint, () => clock.now) };
}

test('a line has time, who and what; what kind of thing happened is painted', () => {
  const { teller, written } = telling(false);
  teller.tell('shard-1', 'posted "A" in #diary');
  teller.tell('demo', 'plays on');
  expect(written).toEqual(['<dim 12:00:05>  shard-1     <green posted> "A" in #diary\n', '<dim 12:00:05>  demo        plays on\n']);
});

test('on a terminal progress is one line below the others, never longer than it is wide', () => {
  const { teller, written } = telling(true);
  teller.progress('still to come: 3 posts and more');
  teller.line('hello');
  teller.progressEnds();
  teller.line('bye');
  expect(written).toEqual(['still to come: 3 po', '\r\x1b[K', 'hello\n', 'still to come: 3 po', '\r\x1b[K', 'bye\n']);
});

test('elsewhere progress is a line every five seconds', () => {
  const { teller, written, clock } = telling(false);
  for (let second = 0; second <= 6; second += 1) {
    clock.now = noon + second * 1000;
    teller.progress(`after ${second} s`);
  }
  expect(written).toEqual(['after 0 s\n', 'after 5 s\n']);
});
