import * as z from 'zod';
import { LARGEST_DOCUMENT } from '../services/contracts/egf2-config';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../services/contracts/egf2-services';
import { EMR_RELEASE } from '../services/contracts/egf2-spark';
import { adopt } from './adopt';
import { acrossFields, backend, domainName, gitHttps, privateCidr, protection } from './fields';

export const awsRegion = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'not an AWS region, such as us-east-1');

/** `small`: one machine for data, one for all services. `scalable`: a group and an address for each service. `bigData`: that, with Cassandra, Kafka and Spark. */
export const MODES = ['small', 'scalable', 'bigData'] as const;
export type Egf2Mode = (typeof MODES)[number];

const instanceType = z.string().regex(/^[a-z][a-z0-9-]*\.[a-z0-9]+$/, 'not an instance type, such as t3.small');
/** Graviton: a letter g behind the generation. */
const ARM = /^(a1|[a-z]+\d+g[a-z]*)\./;
const machineType = instanceType.refine((type) => !ARM.test(type), 'has ARM processors: what the machines install is for amd64, such as t3.small');
const zoneLetter = z.string().regex(/^[a-f]$/, 'a zone is its letter, a to f');
const hostname = z.string().regex(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/, 'a member is lower-case letters, digits and hyphens, such as data-1');
const gb = (least: number) => z.int('must be whole GB').min(least, `must be ${least} GB or more`).max(16_000, 'must be 16000 GB or less');

/** Names of the other things beside the data nodes, in their stack and in their network. */
const TAKEN = ['subsystems', 'aws', 'config', 'uploads', 'logs', 'role', 'snapshots', 'keyspace', 'keyspaces-login'];
const isTaken = (name: string) => [...SERVICE_NAMES, ...TAKEN].includes(name) || name.startsWith('state-of-');

const member = z.strictObject({
  /** Letter of its availability zone. Its volume is there and cannot move. */
  zone: zoneLetter,
  instanceType: machineType,
  /** GB for RethinkDB and Elasticsearch. It can grow. */
  dataGb: gb(10),
});

const service = z.strictObject({
  instanceType: machineType,
  /** Machines in scalable and big data mode: between these, by load. */
  min: z.int('must be a whole number').min(1, 'must be 1 or more').max(100, 'must be 100 or less'),
  max: z.int('must be a whole number').min(1, 'must be 1 or more').max(100, 'must be 100 or less'),
});

const commit = z.string().regex(/^[0-9a-f]{40}$/, 'must be a commit, 40 hexadecimal digits: a branch is another program tomorrow');
const source = z.strictObject({
  repository: gitHttps,
  commit,
  /** Packages that it installs in another version than its package.json says: an exact version, or git+https://...#<commit>. */
  dependencies: z.record(z.string(), z.string()).optional(),
});

/** As browsers say it: anything else never matches. */
const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text && /^https:\/\/[a-z0-9.-]+(:\d+)?$/.test(text);

/** Part of `egf2-<suffix>-uploads`, which has 63 characters at most; a dot would be in the way of TLS. */
const bucketSuffix = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$/, 'must be 1 to 50 lower-case letters, digits and hyphens: it is part of bucket names');

const every = <T extends z.ZodType>(type: T) => z.strictObject(Object.fromEntries(SERVICE_NAMES.map((name) => [name, type])) as Record<ServiceName, T>);

const environment = z.strictObject({
  protection,
  adopt,
  mode: z.enum(MODES, `must be one of ${MODES.join(', ')}`),
  /** A /16: each zone gets two /20 of it. */
  network: privateCidr.refine((value) => value.endsWith('/16'), 'must be a /16, such as 10.3.0.0/16'),
  zones: z
    .array(zoneLetter)
    .min(2, 'must name two zones or more: load balancers stand in two')
    .max(6, 'must name six zones or fewer')
    .refine((list) => new Set(list).size === list.length, 'names a zone twice'),
  /** Names that only the network itself knows: auth.<internalDomain>. */
  internalDomain: domainName,
  /** Where the data is: RethinkDB and Elasticsearch on each. The first is the master that the others join; in small mode it is usually alone. */
  members: z
    .record(hostname, member, 'must be an object of members')
    .refine((all) => Object.keys(all).length > 0, 'must have a member')
    .refine((all) => !Object.keys(all).some(isTaken), `has a member with a name that is taken: a service's, or one of ${TAKEN.join(', ')}`),
  /** Small mode: the machine that all services share. */
  subsystems: z.strictObject({
    instanceType: machineType,
    zone: zoneLetter,
    swapGb: z.int('must be whole GB').min(1, 'must be 1 GB or more').max(32, 'must be 32 GB or less'),
  }),
  services: every(service),
  /** A load balancer for each service that has a port, or one for all of them; `make cost` says what that saves. */
  loadBalancing: z.enum(['perService', 'shared'], 'must be "perService" or "shared"'),
  /** Kafka, in scalable and big data mode. */
  queue: z.strictObject({
    instanceType: z.string().regex(/^kafka\./, 'not a broker type, such as kafka.t3.small'),
    dataGb: gb(10),
    kafkaVersion: z.string().min(1),
  }),
  /** Spark, in big data mode. */
  spark: z.strictObject({
    instanceType,
    workers: z.int('must be a whole number').min(1, 'must be 1 or more').max(100, 'must be 100 or less'),
    release: z.string().regex(/^emr-\d+\.\d+\.\d+$/, 'not an EMR release, such as emr-7.12.0'),
  }),
  /** Origins of the web pages that upload files with links signed for them. */
  uploadOrigins: z.array(z.string().refine(isOrigin, 'must be an origin such as https://app.example.org, without a path')),
  /** Who is told of alarms. Nobody: they are seen in the console only. */
  alarmEmails: z
    .array(z.email('not an e-mail address'), 'must be a list of addresses')
    .refine((all) => new Set(all).size === all.length, 'names an address twice'),
});

/** Bytes: beside the graph stand a few hundred in its document. */
const LARGEST_GRAPH = LARGEST_DOCUMENT - 16 * 1024;

const shared = z.strictObject({
  backend: backend.default({ type: 'local' }),
  adopt,
  region: awsRegion,
  /** Twelve digits: credentials of another account are refused. @default whatever account the credentials are of */
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'not an account id: twelve digits')
    .optional(),
  /** The zone at Route 53 in which `host` is: the estate makes it, and its parent delegates to it. */
  domain: domainName,
  /** Where clients call. */
  host: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'not a host below the domain: one label such as "api"'),
  /** Bucket names are unique in the world: `egf2-<suffix>-...`. */
  bucketSuffix,
  /** What each service is: the framework's own, or yours, made from it. */
  sources: every(source),
  /** The graph of client-data: objects, edges, who may what. It goes into its config document as it is. */
  graph: z.record(z.string(), z.unknown()).refine((graph) => Buffer.byteLength(JSON.stringify({ graph }, null, 2)) <= LARGEST_GRAPH, {
    error: `is larger than ${LARGEST_GRAPH / 1024} KiB: its config document would be more than client-data's launcher takes`,
  }),
});

type Raw = { shared: z.output<typeof shared>; prod: z.output<typeof environment> };

/** Characters of a certificate's first name. */
const LONGEST_HOST = 64;

export const egf2Schema = z
  .strictObject({ shared, prod: environment })
  .refine(
    ...acrossFields(
      ['shared', 'host'],
      `makes a name of more than ${LONGEST_HOST} characters with the domain: no certificate holds it`,
      ({ shared: { host, domain } }: Raw) => `${host}.${domain}`.length <= LONGEST_HOST,
    ),
  )
  .refine(
    ...acrossFields(
      ['prod', 'internalDomain'],
      'is the name that clients call, or above it: inside the network it would hide the names that everybody knows',
      ({ shared: { host, domain }, prod: { internalDomain } }: Raw) => !`.${host}.${domain}`.endsWith(`.${internalDomain}`),
    ),
  )
  .refine(
    ...acrossFields(['prod', 'members'], 'holds a zone that prod.zones does not', ({ prod }: Raw) =>
      Object.values(prod.members).every(({ zone }) => prod.zones.includes(zone)),
    ),
  )
  .refine(...acrossFields(['prod', 'subsystems', 'zone'], 'is not one of prod.zones', ({ prod }: Raw) => prod.zones.includes(prod.subsystems.zone)))
  .refine(
    ...acrossFields(['prod', 'services'], 'has a service whose "min" is more than its "max"', ({ prod }: Raw) =>
      Object.values(prod.services).every(({ min, max }) => min <= max),
    ),
  )
  .refine(
    ...acrossFields(
      ['prod', 'members'],
      'has two members: RethinkDB chooses no new primary without a third. Have one, or three',
      ({ prod }: Raw) => Object.keys(prod.members).length !== 2,
    ),
  );

export type Egf2Config = z.output<typeof egf2Schema>;
export type Egf2Environment = Egf2Config['prod'];
type Values = z.input<typeof egf2Schema>;

const each = <T>(value: (name: ServiceName) => T) => Object.fromEntries(SERVICE_NAMES.map((name) => [name, value(name)])) as Record<ServiceName, T>;

/** Nobody has named a commit yet: name yours. `make preflight` asks for it. */
export const UNNAMED_COMMIT = '0'.repeat(40);

/** The framework's own services, of the generation that its documentation describes. Yours are forks of them, with rules and jobs of their own. */
const COMMITS: Readonly<Record<ServiceName, string>> = {
  'client-api': 'd259acac5ad83ccaf2051d07aec67b14926673e3',
  'client-data': '9869b5ae69616aad6be1796fbbec3027250a6fc7',
  auth: '0facfc0264d9d72ad56896236cf44ceb1ac9d121',
  sync: '5ed6c40da64eaf9880152d027566c5a6e4f03c37',
  pusher: '00ef76ab751cac50b171dc92329db0411dea16c6',
  scheduler: '424620a65ef704e3e8e3b8bcc1c7ba20fe2b9fa6',
  logic: '4f42a2bb9f159c739e3e79f64a59db0065d85f27',
  file: '534e48dac542359e5d27858ac999fefb614a9036',
  // the framework has published none
  job: UNNAMED_COMMIT,
};

export const egf2Values: Values = {
  shared: {
    region: 'us-east-1',
    domain: 'egf2.example.org',
    host: 'api',
    bucketSuffix: 'example',
    sources: each((name) => ({ repository: `https://github.com/EGF2/${name}.git`, commit: COMMITS[name] })),
    graph: {},
  },
  prod: {
    protection: 'on',
    mode: 'small',
    network: '10.3.0.0/16',
    zones: ['a', 'b', 'c'],
    internalDomain: 'egf2.internal',
    members: { 'data-1': { zone: 'a', instanceType: 't3.medium', dataGb: 50 } },
    subsystems: { instanceType: 't3.micro', zone: 'a', swapGb: 2 },
    services: each((name) => ({ instanceType: 't3.small', min: SERVICES[name].port ? 2 : 1, max: 4 })),
    loadBalancing: 'perService',
    queue: { instanceType: 'kafka.t3.small', dataGb: 100, kafkaVersion: '3.8.x' },
    spark: { instanceType: 'm5.xlarge', workers: 2, release: EMR_RELEASE },
    uploadOrigins: [],
    alarmEmails: [],
  },
};
