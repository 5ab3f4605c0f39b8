import { LetterboxdFailure } from '../../../services/letterboxd/failure';
import type { EntrySource } from '../../../services/scraper/letterboxd/polite';
import { NEVER_POSTED, raised } from '../../../services/scraper/walk/floor';
import { newsOf } from '../../../services/scraper/walk/news';
import { Diary, lids } from '../../support/scraper/diary';

const NOW = 1_700_000_000_000;
const LONG_AGO = NOW - 3_600_000;
const clock = { now: () => NOW, sleep: async () => {} };
const floor = (lid: string, isNews = false) => ({ lid, isNews });

function diary(count: number): Diary {
  const one = new Diary();
  for (const lid of lids(count)) one.log('ada', lid, LONG_AGO);
  return one;
}

async function news(source: EntrySource, from: { lid: string; isNews: boolean }) {
  const { ripe, waits, isCut } = await newsOf(source, 'ada', { floor: from, minimumAge: 180_000, clock });
  return { ripe: ripe.map(({ id }) => id), waits: waits?.id, isCut };
}

test('nothing new is one request', async () => {
  const source = diary(5);
  expect(await news(source, floor('1004'))).toEqual({ ripe: [], waits: undefined, isCut: false });
  expect(source.queries).toEqual([{ member: 'ada', perPage: 1 }]);
});

test('who has logged nothing has no news', async () => {
  expect(await news(new Diary(), NEVER_POSTED)).toEqual({ ripe: [], waits: undefined, isCut: false });
});

test('of a user who was never posted only the newest is news', async () => {
  const source = diary(30);
  expect((await news(source, NEVER_POSTED)).ripe).toEqual(['1029']);
  expect((await news(source, floor(''))).ripe).toEqual(['1029']);
  expect(source.queries).toHaveLength(2);
});

test('60 films at once are all found, the oldest first, ten at a time until the last known one', async () => {
  const source = diary(80);
  expect((await news(source, floor('1019'))).ripe).toEqual(lids(60, 20));
  expect(source.queries.map(({ perPage, cursor }) => [perPage, cursor])).toEqual([
    [1, undefined],
    [10, undefined],
    ...[10, 20, 30, 40, 50, 60].map((start) => [10, `start=${start}`]),
  ]);
});

test('at most 100 are gone back for, and that is said', async () => {
  expect(await news(diary(150), floor('1009'))).toEqual({ ripe: lids(100, 50), waits: undefined, isCut: true });
});

test('something that is logged while pages are read is met twice and found once', async () => {
  const source = diary(25);
  source.fault = ({ cursor }) => {
    if (cursor === 'start=10') source.log('ada', '1025', NOW);
    return undefined;
  };
  expect((await news(source, floor('1004'))).ripe).toEqual(lids(20, 5));
});

test('an empty page is not the end of the news', async () => {
  const source = diary(30);
  const pages = source.logEntries.bind(source);
  source.logEntries = async (query) => (query.cursor === 'start=10' ? { items: [] } : pages(query));
  await expect(news(source, floor('1004'))).rejects.toThrow('the page start=10 is empty');
});

test('a page that fails is asked for again, twice; nothing is found when it fails for good', async () => {
  const source = diary(30);
  let failures = 2;
  source.fault = ({ cursor }) => (cursor === 'start=10' && failures-- > 0 ? new LetterboxdFailure('unavailable', 'down') : undefined);
  expect((await news(source, floor('1004'))).ripe).toEqual(lids(25, 5));
  failures = 3;
  await expect(news(source, floor('1004'))).rejects.toThrow('down');
  source.fault = ({ perPage }) => (perPage > 1 ? new LetterboxdFailure('forbidden', 'no') : undefined);
  source.queries.length = 0;
  await expect(news(source, floor('1004'))).rejects.toThrow('no');
  expect(source.queries).toHaveLength(2);
});

test('younger than 180 s waits, and with it all that is newer', async () => {
  const source = new Diary();
  source.log('ada', '1001', NOW - 180_000);
  source.log('ada', '1002', NOW - 179_999);
  source.log('ada', '1003', LONG_AGO);
  expect(await news(source, floor('1000'))).toEqual({ ripe: ['1001'], waits: '1002', isCut: false });
});

test('the first of a new user, found too young, is news still, and so is what comes after it', async () => {
  const source = new Diary();
  source.log('ada', '1000', LONG_AGO);
  source.log('ada', '1001', NOW - 10);
  expect(await news(source, NEVER_POSTED)).toEqual({ ripe: [], waits: '1001', isCut: false });
  const later = new Diary();
  for (const lid of ['1000', '1001', '1002']) later.log('ada', lid, LONG_AGO);
  expect((await news(later, floor('1001', true))).ripe).toEqual(['1001', '1002']);
});

test('a floor never sinks', () => {
  expect(raised(floor('zz'), '00')).toEqual(floor('zz'));
  expect(raised(floor('zz'), 'A0')).toEqual(floor('A0'));
  expect(raised(floor('zz', true), 'zz')).toEqual(floor('zz'));
});

test('an entry of the far future is published, one of a clock that is a little fast waits', async () => {
  const source = new Diary();
  source.log('ada', '1001', NOW + 365 * 86_400_000);
  expect(await news(source, floor('1000'))).toMatchObject({ ripe: ['1001'], waits: undefined });
  source.log('ada', '1002', NOW + 30_000);
  expect(await news(source, floor('1000'))).toMatchObject({ ripe: ['1001'], waits: '1002' });
});

/** The diary as it is read when some of its entries are broken, with an id that can be read or without. */
function broken(source: Diary, lids: readonly string[], hasId = true): EntrySource {
  return {
    logEntries: async (query) => {
      const { items, next } = await source.logEntries(query);
      const isBroken = (id: string) => lids.includes(id);
      const unreadable = items.filter(({ id }) => isBroken(id)).map(({ id }) => ({ lid: hasId ? id : undefined, problem: 'its film is missing' }));
      return { items: items.filter(({ id }) => !isBroken(id)), next, unreadable };
    },
  };
}

describe.each([
  ['an id', true],
  ['no id', false],
])('entries that cannot be read, with %s', (_, hasId) => {
  const from = floor('1005');
  const unreadable = async (source: EntrySource, of = from) => (await newsOf(source, 'ada', { floor: of, minimumAge: 180_000, clock })).unreadable;

  test('the newest hides no older news', async () => {
    const source = broken(diary(10), ['1009'], hasId);
    expect(await news(source, from)).toEqual({ ripe: ['1006', '1007', '1008'], waits: undefined, isCut: false });
    expect(await unreadable(source)).toEqual([{ lid: hasId ? '1009' : undefined, problem: 'its film is missing' }]);
  });

  test('twelve in a row are passed', async () => {
    const source = broken(diary(30), lids(12, 16), hasId);
    expect((await news(source, floor('1013'))).ripe).toEqual(['1014', '1015', '1028', '1029']);
    expect(await unreadable(source, floor('1013'))).toHaveLength(12);
  });

  test('of a user who was never posted the newest that can be read is news', async () => {
    const source = diary(30);
    expect((await news(broken(source, lids(12, 18), hasId), NEVER_POSTED)).ripe).toEqual(['1017']);
    expect(source.queries).toHaveLength(3);
  });
});

test('what cannot be read and is no news costs one request', async () => {
  const source = diary(5);
  expect((await news(broken(source, ['1004']), floor('1004'))).ripe).toEqual([]);
  expect(source.queries).toHaveLength(1);
});
