import * as z from 'zod';
import { httpAddress, json, LOG_LEVEL, required } from './variables';

/** The environments of scraper and shard. A machine provides what is declared here; one that is left out does not compile. */

// an empty text would be 0
const within = (from: number, to: number, type = z.coerce.number('must be a number')) =>
  z.preprocess((value) => (value === '' ? Number.NaN : value), type.min(from, `must be ${from} or more`).max(to, `must be ${to} or less`));
const number = (fallback: number, from: number, to: number) => within(from, to).default(fallback);
const whole = z.coerce.number('must be a number').int('must be a whole number');

const common = {
  /** Which users and secrets. */
  ENVIRONMENT: z.enum(['dev', 'prod'], 'must be "dev" or "prod"'),
  /** Google project; with the embedded bus and store, any name. */
  PROJECT: required,
  BUS: z.enum(['pubsub', 'embedded'], 'must be "pubsub" or "embedded"').default('pubsub'),
  STORE: z.enum(['firestore', 'embedded'], 'must be "firestore" or "embedded"').default('firestore'),
  /** With an embedded bus or store: the file that all processes of this machine share. */
  EMBEDDED_FILE: z.string().trim().optional(),
  /** Firestore database. */
  DATABASE: z.string().default('(default)'),
  LOG_ENTRY_TOPIC: required,
  COMMAND_TOPIC: required,
  POISON_TOPIC: required,
  /** This container's own subscription: it gets every message. */
  SUBSCRIPTION: required,
  /** This process's name among its like, such as scraper-1. */
  INSTANCE: required,
  /** Of the health server; 0: any free one. */
  PORT: within(0, 65_535, whole).default(8080),
  /** Where other containers of this machine say that they live, separated by commas: this one's /healthz answers for them too. They do not ask back. @default none */
  HEALTH_PEERS: z
    .string()
    .transform((text) => (text === '' ? [] : text.split(',')))
    .pipe(z.array(httpAddress))
    .default([]),
  LOG_LEVEL,
  LETTERBOXD_URL: httpAddress.default('https://api.letterboxd.com/api/v0/'),
  LETTERBOXD_API_KEY: required,
  LETTERBOXD_API_SHARED_SECRET: required,
};

const embeddedHasFile = <T extends { BUS: string; STORE: string; EMBEDDED_FILE?: string | undefined }>(value: T): boolean =>
  (value.BUS !== 'embedded' && value.STORE !== 'embedded') || Boolean(value.EMBEDDED_FILE);
const FILE_MISSING = { path: ['EMBEDDED_FILE'], message: 'is missing: BUS or STORE is embedded' };

export const scraperEnvironment = z
  .object({
    ...common,
    MODE: z.enum(['general', 'vip'], 'must be "general" or "vip"'),
    /** Users that are read at a time. */
    PAGE_SIZE: within(1, 500, whole).default(20),
    /** Users that are asked at the same time. @default 4, vip 1 */
    CONCURRENCY: within(1, 50, whole).optional(),
    /** Between two pages. @default 2, vip 30 */
    PAUSE_SECONDS: within(0, 3600).optional(),
    /** One page may take so long. */
    RUN_TIMEOUT_SECONDS: number(60, 1, 600),
    /** Younger entries wait: people edit. */
    MINIMUM_AGE_SECONDS: number(180, 0, 86_400),
    /** Requests to Letterboxd a second, at most. */
    REQUESTS_PER_SECOND: number(5, 0.1, 100),
    /** After a 403 nothing is asked for so long. */
    FORBIDDEN_PAUSE_SECONDS: number(900, 1, 86_400),
    /** A process that is silent for so long is dead: others take its users over, within a minute in any case. */
    LEASE_SECONDS: number(30, 1, 45),
    /** What is not in every channel after so long is published again; then after twice that, and so on, up to fifteen times that. */
    REPUBLISH_SECONDS: number(60, 0.2, 86_400),
  })
  .refine(embeddedHasFile, FILE_MISSING);

/** What stands in messages for stars and the like: Discord's custom emoji (`<:name:id>`) where the bot has some. */
export const emoji = z.strictObject({
  star: z.string().default('★'),
  half: z.string().default('½'),
  rewatch: z.string().default('↻'),
  liked: z.string().default('♥'),
  review: z.string().default('💬'),
  watches: z.string().default('👀'),
  adult: z.string().default('🔞'),
});
export type Emoji = z.output<typeof emoji>;

export const shardEnvironment = z
  .object({
    ...common,
    DISCORD_BOT_TOKEN: required,
    THE_MOVIE_DATABASE_API_KEY: required,
    TMDB_URL: httpAddress.default('https://api.themoviedb.org/3/'),
    /** Discord's REST address; set in tests and the demo. */
    DISCORD_URL: httpAddress.optional(),
    /** `auto`, or `FIRST-LAST/TOTAL`: this process's shards of all. */
    SHARDS: z
      .string()
      .regex(/^(auto|\d+-\d+\/\d+)$/, 'must be "auto" or such as "0-3/8"')
      .refine((text) => {
        const [first = 0, last = 0, total = 1] = text === 'auto' ? [] : text.split(/[-/]/).map(Number);
        return first <= last && last < total;
      }, 'must go from a lower to a higher shard, and end before the total, such as "0-3/8"')
      .default('auto'),
    /** Messages that this process posts a second, at most. */
    POSTS_PER_SECOND: number(10, 0.1, 50),
    /** Requests to Letterboxd a second, at most: what people ask by commands. */
    REQUESTS_PER_SECOND: number(10, 0.1, 100),
    /** JSON; what is left out stays plain text. */
    EMOJI: json.pipe(emoji).default(emoji.parse({})),
    /** Letterboxd's site, such as https://letterboxd.com/: asked for accounts that the API's search does not find. @default never asked */
    LETTERBOXD_SITE: httpAddress.optional(),
  })
  .refine(embeddedHasFile, FILE_MISSING);

export type ScraperVariables = z.input<typeof scraperEnvironment>;
export type ShardVariables = z.input<typeof shardEnvironment>;
