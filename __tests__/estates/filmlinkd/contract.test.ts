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

export const complete: [ScraperContainerVariables, ShardContainerVariables] = [{ ...common, MODE: 'vip' }, common];
// @ts-expect-error a variable that the contract asks for is left out
export const left: ScraperContainerVariables = { ...withoutPoison, MODE: 'vip' };
// @ts-expect-error a value that the contract does not know
export const wrong: ScraperContainerVariables = { ...common, MODE: 'slow' };
// @ts-expect-error a variable that the contract does not know
export const unknown: ShardContainerVariables = { ...common, POISN_TOPIC: 'p' };
// @ts-expect-error a secret is not a variable
export const secret: ShardContainerVariables = { ...common, DISCORD_BOT_TOKEN: 'token' };

test('what the compiler asks for is what the runtimes ask for', () => {
  const secrets = { LETTERBOXD_API_KEY: 'k', LETTERBOXD_API_SHARED_SECRET: 's', DISCORD_BOT_TOKEN: 't', THE_MOVIE_DATABASE_API_KEY: 'm' };
  expect(scraperEnvironment.safeParse({ ...complete[0], ...secrets }).success).toBe(true);
  expect(shardEnvironment.safeParse({ ...complete[1], ...secrets }).success).toBe(true);
  expect(scraperEnvironment.safeParse({ ...left, ...secrets }).error?.issues.map(({ path }) => path)).toEqual([['POISON_TOPIC']]);
});
