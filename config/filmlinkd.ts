import * as z from 'zod';
import { scraperEnvironment, shardEnvironment } from '../services/contracts/filmlinkd-environment';
import { adopt } from './adopt';
import { acrossFields, gitBranch, githubRepository, googleEstate, machineType, protection, subnetCidr } from './fields';

/** The containers that a machine can run. `scraper` and `vip` are one program in two modes. */
export const CONTAINERS = ['scraper', 'vip', 'sharded'] as const;
export type ContainerName = (typeof CONTAINERS)[number];

const shards = shardEnvironment.shape.SHARDS;

/** What else the stacks of the machines hold, by its construct's id. */
const RESERVED = ['scraper', 'shard', 'letterboxd-forbidden', 'google', 'backend'];

const machineName = z
  .string()
  .regex(
    /^(?!dev(-|$))[a-z]([a-z0-9-]*[a-z0-9])?$/,
    'a machine is lower-case letters, digits and hyphens, such as scraper-1, and does not start with "dev-" or is "dev"',
  )
  .max(20, 'longer than 20 characters')
  .refine((name) => !RESERVED.includes(name), `is reserved, as are ${RESERVED.join(', ')}: give the machine a number, such as scraper-1`);

/** What an address is called within its stack. */
export const emailId = (address: string): string => address.replaceAll(/[^a-zA-Z0-9-]+/g, '-');

/** Google's processors of Arm: the images are built for x86. */
const ARM = /^(t2a|c4a|n4a|a4x)-/;

const machine = z
  .strictObject({
    machineType: machineType.refine((type) => !ARM.test(type), 'is an Arm machine, and the images are built for x86: take one such as e2-small'),
    /** What runs on it. The bot is on a machine without scrapers: an account that reads Discord's token reads nothing else. */
    containers: z
      .array(z.enum(CONTAINERS, `must be one of ${CONTAINERS.join(', ')}`))
      .min(1, 'must name a container')
      .refine((list) => new Set(list).size === list.length, 'names a container twice')
      .refine((list) => !list.includes('sharded') || list.length === 1, 'must have "sharded" alone: the bot does not share its machine'),
    /** The bot's shards on this machine, when several machines share one bot: "0-3/8". @default all of them */
    shards: shards.optional(),
  })
  .refine(({ containers, shards: given }) => (given ?? 'auto') === 'auto' || containers.includes('sharded'), {
    path: ['shards'],
    message: 'is for a machine with the container "sharded": take it away',
    when: () => true,
  });

/** Settings of the runtimes that are not addresses, names or secrets; see services/contracts/filmlinkd-environment.ts. */
const scraperSettings = z.strictObject({
  PAGE_SIZE: scraperEnvironment.shape.PAGE_SIZE.optional(),
  CONCURRENCY: scraperEnvironment.shape.CONCURRENCY,
  PAUSE_SECONDS: scraperEnvironment.shape.PAUSE_SECONDS,
  RUN_TIMEOUT_SECONDS: scraperEnvironment.shape.RUN_TIMEOUT_SECONDS.optional(),
  MINIMUM_AGE_SECONDS: scraperEnvironment.shape.MINIMUM_AGE_SECONDS.optional(),
  REQUESTS_PER_SECOND: scraperEnvironment.shape.REQUESTS_PER_SECOND.optional(),
  FORBIDDEN_PAUSE_SECONDS: scraperEnvironment.shape.FORBIDDEN_PAUSE_SECONDS.optional(),
  REPUBLISH_SECONDS: scraperEnvironment.shape.REPUBLISH_SECONDS.optional(),
});
const shardSettings = z.strictObject({
  POSTS_PER_SECOND: shardEnvironment.shape.POSTS_PER_SECOND.optional(),
  REQUESTS_PER_SECOND: shardEnvironment.shape.REQUESTS_PER_SECOND.optional(),
  LETTERBOXD_SITE: shardEnvironment.shape.LETTERBOXD_SITE,
  EMOJI: z
    .string()
    .refine((text) => !/[\r\n]/.test(text), 'has a line break, which an environment file cannot carry: write the JSON in one line')
    .refine((text) => shardEnvironment.shape.EMOJI.safeParse(text).success, 'must be JSON of marks, such as {"star":"<:star:1234>"}')
    .optional(),
});

const memoryMb = z.int('must be whole MB').min(128, 'must be 128 MB or more').max(65_536, 'must be 65536 MB or less');
const container = <S extends z.ZodType>(settings: S) => z.strictObject({ memoryMb, settings });

const environment = z.strictObject({
  protection,
  adopt,
  machines: z.record(machineName, machine, 'must be an object of machines').refine((all) => Object.keys(all).length > 0, 'must have a machine'),
  /** Which consumer, as `<machine>-<container>`, keeps the plain name of each subscription, for good: adding a machine renames nothing. */
  plainConsumer: z.strictObject({ logEntries: z.string(), commands: z.string() }),
  containers: z.strictObject({ scraper: container(scraperSettings), vip: container(scraperSettings), sharded: container(shardSettings) }),
  /** Who is told of parked messages and of a Letterboxd that forbids us. Nobody: the alert is seen in the console only. */
  alertEmails: z
    .array(z.email('not an e-mail address'), 'must be a list of addresses')
    .refine(
      (list) => new Set(list.map(emailId)).size === list.length,
      'names an address twice, or two that differ in nothing but marks such as "." and "+": leave one out',
    ),
});

const days = (longest: number) => z.int('must be whole days').min(1, 'must be a day or more').max(longest, `must be ${longest} days or less`);

const shared = z.strictObject({
  ...googleEstate,
  /** The machines' network: they have no addresses of their own, and reach the Internet through NAT. */
  subnet: subnetCidr,
  firestore: z.strictObject({
    /** Readable as it was at any minute of the last seven days. */
    pointInTimeRecovery: z.boolean('must be true or false'),
    /** Days that each daily backup is kept. @default none are made */
    backupDays: days(98).optional(),
  }),
  /** Images of each container that stay in the registry; tagged ones always do. */
  keepImages: z.int('must be a whole number').min(2, 'must be 2 or more: the last one is what a roll back needs'),
  /** What Cloud Build builds: the repository on GitHub that this code is in. */
  source: z.strictObject({
    repository: githubRepository,
    branch: gitBranch,
    /** Cloud Build's connection to GitHub, made once by hand: it needs somebody's consent. */
    connection: z.string().regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, "not a connection's name"),
  }),
});

type Environment = z.output<typeof environment>;
type Raw = { shared: z.output<typeof shared>; dev: Environment; prod: Environment };

/** Every container of a kind in an environment, as `<machine>-<container>`: who needs all messages. */
export function consumersOf(machines: Environment['machines'], ...kinds: readonly ContainerName[]): string[] {
  return Object.entries(machines).flatMap(([machine, { containers }]) =>
    containers.filter((name) => kinds.includes(name)).map((name) => consumer(machine, name)),
  );
}

export function consumer(machine: string, container: ContainerName): string {
  return `${machine}-${container}`;
}

/** Whether the bots of an environment have each shard once. */
function sharesAreWhole({ machines }: Environment): boolean {
  const bots = Object.values(machines).filter(({ containers }) => containers.includes('sharded'));
  if (bots.length === 0) return true; // said where a bot is asked for
  if (bots.length === 1 && (bots[0]?.shards ?? 'auto') === 'auto') return true;
  const ranges = bots.map(({ shards = 'auto' }) => (shards === 'auto' ? [] : shards.split(/[-/]/).map(Number)));
  if (ranges.some((range) => range.length !== 3)) return false;
  const total = ranges[0]?.[2];
  const sorted = ranges.sort(([a = 0], [b = 0]) => a - b);
  let next = 0;
  for (const [first, last, of] of sorted) {
    if (of !== total || first !== next) return false;
    next = (last as number) + 1;
  }
  return next === total;
}

const forEach = (check: (environment: Environment) => boolean, path: readonly string[], message: string) =>
  (['dev', 'prod'] as const).map((name) => acrossFields([name, ...path], message, (config: Raw) => check(config[name])));

/** Each is a construct in the stack of the machines. */
const clashes = ({ machines, alertEmails }: Environment): boolean => alertEmails.some((address) => Object.hasOwn(machines, emailId(address)));

const CHECKS = [
  acrossFields(['shared', 'zone'], 'not a zone of shared.region: set both', ({ shared: { zone, region } }: Raw) => zone.startsWith(`${region}-`)),
  ...forEach((each) => !clashes(each), ['alertEmails'], 'names an address that is called as a machine is once its marks are hyphens: rename the machine'),
  ...forEach(sharesAreWhole, ['machines'], 'must give every shard to one machine: "shards" of "0-3/8" on one and "4-7/8" on the next, all of one total'),
  ...forEach(
    ({ machines }) => (['scraper', 'sharded'] as const).every((kind) => consumersOf(machines, kind).length > 0),
    ['machines'],
    'must have a container "scraper" and a container "sharded" on some machine: without one of them nothing is posted',
  ),
  ...forEach(
    ({ machines, plainConsumer }) => consumersOf(machines, 'sharded').includes(plainConsumer.logEntries),
    ['plainConsumer', 'logEntries'],
    'must be a bot, as <machine>-sharded: shard-1-sharded',
  ),
  ...forEach(
    ({ machines, plainConsumer }) => consumersOf(machines, 'scraper', 'vip').includes(plainConsumer.commands),
    ['plainConsumer', 'commands'],
    'must be a scraper, as <machine>-<container>: scraper-1-scraper',
  ),
];

export const filmlinkdSchema = CHECKS.reduce((schema, check) => schema.refine(...check), z.strictObject({ shared, dev: environment, prod: environment }));

export type FilmlinkdConfig = z.output<typeof filmlinkdSchema>;
export type FilmlinkdShared = FilmlinkdConfig['shared'];
export type FilmlinkdEnvironment = FilmlinkdConfig['dev'];

type Values = z.input<typeof filmlinkdSchema>;

// an e2-micro has 1 GB, of which the system takes a third
const containers: Values['prod']['containers'] = {
  scraper: { memoryMb: 320, settings: {} },
  vip: { memoryMb: 256, settings: {} },
  sharded: { memoryMb: 2048, settings: {} },
};
const plainConsumer = { logEntries: 'shard-1-sharded', commands: 'scraper-1-scraper' };

export const filmlinkdValues: Values = {
  shared: {
    protection: 'on',
    project: 'filmlinkd',
    region: 'us-central1',
    zone: 'us-central1-a',
    subnet: '10.0.0.0/24',
    firestore: { pointInTimeRecovery: true, backupDays: 7 },
    keepImages: 10,
    source: { repository: 'jimlind/filmlinkd', branch: 'main', connection: 'github' },
  },
  dev: {
    protection: 'off',
    machines: { 'scraper-1': { machineType: 'e2-micro', containers: ['scraper', 'vip'] }, 'shard-1': { machineType: 'e2-small', containers: ['sharded'] } },
    plainConsumer,
    containers: { ...containers, sharded: { memoryMb: 1024, settings: {} } },
    alertEmails: [],
  },
  prod: {
    protection: 'on',
    machines: {
      'scraper-1': { machineType: 'e2-micro', containers: ['scraper', 'vip'] },
      'scraper-2': { machineType: 'e2-micro', containers: ['scraper', 'vip'] },
      'shard-1': { machineType: 'e2-medium', containers: ['sharded'] },
    },
    plainConsumer,
    containers,
    alertEmails: [],
  },
};
