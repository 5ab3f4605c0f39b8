import type { ScraperVariables, ShardVariables } from '../../contracts/filmlinkd-environment';

/** Nobody listens there. */
const HOST = '127.0.0.1:1';

/** An environment in which every service of filmlinkd starts, and reaches nobody. */
export function nowhere(): NodeJS.ProcessEnv {
  const variables: ScraperVariables & ShardVariables = {
    ENVIRONMENT: 'dev',
    PROJECT: 'nowhere',
    BUS: 'pubsub',
    STORE: 'firestore',
    LOG_ENTRY_TOPIC: 'log-entries',
    COMMAND_TOPIC: 'commands',
    POISON_TOPIC: 'poison',
    SUBSCRIPTION: 'nowhere',
    INSTANCE: 'nowhere',
    MODE: 'general',
    PORT: '0',
    LETTERBOXD_URL: `http://${HOST}/`,
    LETTERBOXD_API_KEY: 'nowhere',
    LETTERBOXD_API_SHARED_SECRET: 'nowhere',
    DISCORD_BOT_TOKEN: 'nowhere',
    DISCORD_URL: `http://${HOST}/`,
    THE_MOVIE_DATABASE_API_KEY: 'nowhere',
    TMDB_URL: `http://${HOST}/`,
  };
  const google = { PUBSUB_EMULATOR_HOST: HOST, FIRESTORE_EMULATOR_HOST: HOST, METADATA_SERVER_DETECTION: 'none' };
  return { ...(variables as NodeJS.ProcessEnv), ...google, LOG_LEVEL: 'silent' };
}
