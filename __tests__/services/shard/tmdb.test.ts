import { Tmdb } from '../../../services/shard/tmdb';

const tmdb = new Tmdb({ url: 'https://api.themoviedb.org/3/', apiKey: 'k' });
const answering = (body: string) => jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(body));
afterEach(() => jest.restoreAllMocks());

test('the newest film has the highest number', async () => {
  answering('{"id":7}');
  expect(await tmdb.latest()).toBe(7);
});

test('an answer without end is not read to its end', async () => {
  answering(`{"id":7,"overview":"${'x'.repeat(6_000_000)}"}`);
  await expect(tmdb.latest()).rejects.toThrow('The Movie Database: the answer is longer than 5000000 bytes');
});
