import type { ScraperContainerVariables, ShardContainerVariables } from '../../../estates/filmlinkd/containers';
import { scraperEnvironment, shardEnvironment } from '../../../services/contracts/filmlinkd-environment';

/** The compiler is the test here (`make test` runs it first): each of these errors is expected, and its absence is one. */

const common = {
  ENVIRONMENT: 'prod',
  PROJECT: 'p',
  LOG_ENTRY_TOPIC: 'l',
  COMMAND_TOPIC: 'c',
  POISON_TOPIC: 'p',
  SUBSCRIPTION: 's',
  INSTANCE: 'i',
} as const;
const { POISON_TOPIC: _, ...withoutPoison } = common;

const scraper = (given: ScraperContainerVariables) => given;
const shard = (given: ShardContainerVariables) => given;

test('what the compiler asks for is what the runtimes ask for', () => {
  const secrets = { LETTERBOXD_API_KEY: 'k', LETTERBOXD_API_SHARED_SECRET: 's', DISCORD_BOT_TOKEN: 't', THE_MOVIE_DATABASE_API_KEY: 'm' };
  const problems = (given: object) => scraperEnvironment.safeParse({ ...given, ...secrets }).error?.issues.map(({ path }) => path) ?? [];
  expect(problems(scraper({ ...common, MODE: 'vip' }))).toEqual([]);
  expect(shardEnvironment.safeParse({ ...shard(common), ...secrets }).success).toBe(true);

  // @ts-expect-error a variable that the contract asks for is left out
  expect(problems(scraper({ ...withoutPoison, MODE: 'vip' }))).toEqual([['POISON_TOPIC']]);
  // @ts-expect-error a value that the contract does not know
  expect(problems(scraper({ ...common, MODE: 'slow' }))).toEqual([['MODE']]);
});

test('what the compiler refuses besides: variables that the contract does not know, and secrets in plain text', () => {
  // @ts-expect-error a name with a mistake in it
  shard({ ...common, POISN_TOPIC: 'p' });
  // @ts-expect-error a secret is not a variable
  shard({ ...common, DISCORD_BOT_TOKEN: 'token' });
});
