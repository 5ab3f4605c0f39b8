import { scraperEnvironment, shardEnvironment } from '../../services/contracts/filmlinkd-environment';
import { parseEnvironment } from '../../services/runtime/environment';
import { paceOf } from '../../services/scraper/settings';
import { MOST, PAGE } from '../../services/scraper/walk/news';
import { REMEMBERED } from '../../services/shard/posting/delivery';
import { entryEmbed } from '../../services/shard/posting/entry-embed';
import { COLOUR } from '../../services/shard/text/embed';
import { entryOf } from '../support/log-entries';

/** The numbers that filmlinkd runs with in production, where nobody sets another: they are known from there, so a change of one is a decision. */

const NEEDED = {
  ...{ ENVIRONMENT: 'prod', PROJECT: 'filmlinkd', LOG_ENTRY_TOPIC: 'entries', COMMAND_TOPIC: 'commands', POISON_TOPIC: 'poison' },
  ...{ SUBSCRIPTION: 'one', INSTANCE: 'one', LETTERBOXD_API_KEY: 'key', LETTERBOXD_API_SHARED_SECRET: 'secret' },
};
const scraper = (MODE: 'general' | 'vip', more: Record<string, string> = {}) => parseEnvironment(scraperEnvironment, { ...NEEDED, MODE, ...more });
const shard = (more: Record<string, string> = {}) =>
  parseEnvironment(shardEnvironment, { ...NEEDED, DISCORD_BOT_TOKEN: 'token', THE_MOVIE_DATABASE_API_KEY: 'key', ...more });

test.each([
  ['general', { publishSource: 'Normal', concurrency: 4, pause: 2000 }],
  ['vip', { publishSource: 'VIP', concurrency: 1, pause: 30_000 }],
] as const)('scraper, mode %s: %j', (mode, pace) => {
  const environment = scraper(mode);
  expect(paceOf(environment)).toEqual(pace);
  expect(environment).toMatchObject({
    PAGE_SIZE: 20,
    RUN_TIMEOUT_SECONDS: 60,
    MINIMUM_AGE_SECONDS: 180,
    REQUESTS_PER_SECOND: 5,
    FORBIDDEN_PAUSE_SECONDS: 900,
    LEASE_SECONDS: 30,
    REPUBLISH_SECONDS: 60,
  });
});

test('entries are read 10 at a time, 100 at most', () => expect({ PAGE, MOST }).toEqual({ PAGE: 10, MOST: 100 }));

test('shard', () => {
  expect(shard()).toMatchObject({ SHARDS: 'auto', POSTS_PER_SECOND: 10, REQUESTS_PER_SECOND: 10 });
  expect({ REMEMBERED, COLOUR }).toEqual({ REMEMBERED: 10_000, COLOUR: 0xa700bd });
});

test('a review is cut at 400 characters', () => {
  const { description = '' } = entryEmbed(entryOf('e1', { review: 'x'.repeat(1000) }), { displayName: 'Ada', image: '' }, shard().EMOJI, Date.now());
  expect(description.match(/x/g)).toHaveLength(400);
});

test('both', () => {
  const common = { BUS: 'pubsub', STORE: 'firestore', DATABASE: '(default)', PORT: 8080, LETTERBOXD_URL: 'https://api.letterboxd.com/api/v0/' };
  for (const environment of [scraper('general'), shard()]) expect(environment).toMatchObject(common);
});

/** What would break a promise: a dead process's users are taken over within a minute, Discord and Letterboxd are spared, a page is not for ever. */
test.each([
  ['LEASE_SECONDS', '45', '46', 'must be 45 or less'],
  ['PAGE_SIZE', '500', '501', 'must be 500 or less'],
  ['CONCURRENCY', '50', '51', 'must be 50 or less'],
  ['RUN_TIMEOUT_SECONDS', '600', '601', 'must be 600 or less'],
  ['FORBIDDEN_PAUSE_SECONDS', '1', '0', 'must be 1 or more'],
  ['REQUESTS_PER_SECOND', '100', '101', 'must be 100 or less'],
])('scraper: %s=%s is the last that is taken, %s is refused', (name, taken, refused, message) => {
  expect(scraper('general', { [name]: taken })).toMatchObject({ [name]: Number(taken) });
  expect(() => scraper('general', { [name]: refused })).toThrow(message);
});
