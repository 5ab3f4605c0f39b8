import { shardEnvironment } from '../../../services/contracts/filmlinkd-environment';
import { parseEnvironment } from '../../../services/runtime/environment';

const complete = {
  ENVIRONMENT: 'dev',
  PROJECT: 'filmlinkd',
  LOG_ENTRY_TOPIC: 'log-entries',
  COMMAND_TOPIC: 'commands',
  POISON_TOPIC: 'poison',
  SUBSCRIPTION: 'shard-1',
  INSTANCE: 'shard-1',
  LETTERBOXD_API_KEY: 'key',
  LETTERBOXD_API_SHARED_SECRET: 'secret',
  DISCORD_BOT_TOKEN: 'token',
  THE_MOVIE_DATABASE_API_KEY: 'key',
};

test('marks are plain text where no emoji is set', () => {
  expect(parseEnvironment(shardEnvironment, complete).EMOJI).toMatchObject({ star: '★', liked: '♥' });
  expect(parseEnvironment(shardEnvironment, { ...complete, EMOJI: '{"star":"<:s:1>"}' }).EMOJI).toMatchObject({ star: '<:s:1>', liked: '♥' });
});

test.each([
  ['EMOJI', '{"star":', 'not JSON'],
  ['EMOJI', '{"stars":"x"}', 'Unrecognized key'],
  ['SHARDS', '3', 'must be "auto" or such as "0-3/8"'],
  ['SHARDS', '3-1/8', 'must go from a lower to a higher shard'],
  ['SHARDS', '4-8/8', 'end before the total'],
  ['LETTERBOXD_SITE', 'letterboxd', 'must be an address'],
  ['LETTERBOXD_URL', 'ftp://letterboxd.com/', 'must be an address that begins with https:// or http://'],
  ['DISCORD_URL', 'file:///etc/passwd', 'begins with https:// or http://'],
  ['LOG_LEVEL', 'loud', 'must be one of trace, debug'],
  ['INSTANCE', '  ', 'INSTANCE: found "  "; is empty'],
  ['ENVIRONMENT', undefined, 'ENVIRONMENT: is missing; must be "dev" or "prod". Set ENVIRONMENT'],
  ['POSTS_PER_SECOND', '500', 'must be 50 or less'],
  ['POSTS_PER_SECOND', '', 'must be a number'],
  ['PORT', '80.5', 'must be a whole number'],
  ['BUS', 'embedded', 'EMBEDDED_FILE: is missing: BUS or STORE is embedded. Set'],
])('%s=%s: %s', (name, value, message) => {
  expect(() => parseEnvironment(shardEnvironment, { ...complete, [name]: value })).toThrow(message);
});

test.each(['auto', '0-0/1', '4-7/8'])('SHARDS=%s', (SHARDS) => {
  expect(parseEnvironment(shardEnvironment, { ...complete, SHARDS }).SHARDS).toBe(SHARDS);
});

test('blanks around a value are none of it', () => {
  expect(parseEnvironment(shardEnvironment, { ...complete, DISCORD_BOT_TOKEN: ' token\n' }).DISCORD_BOT_TOKEN).toBe('token');
});
