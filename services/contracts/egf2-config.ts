import * as z from 'zod';
import { SERVICE_NAMES, type ServiceName } from './egf2-services';

/** The config documents of EGF2's services, as the framework's own documentation describes them. A service reads its document from a URL at start. */

/** Bytes of a document that a launcher takes. */
export const LARGEST_DOCUMENT = 2 ** 20;

/** The framework has no list of addresses for one service: a load balancer's name stands for all of them. */
const serviceUrl = z
  .unknown()
  .refine((value) => !Array.isArray(value), 'is a list, which EGF2 does not support: give the one URL of a load balancer')
  .pipe(z.url({ protocol: /^https?$/, error: 'must be the URL of the service, such as http://auth.internal.example:2016' }));

const port = z.int('must be a port, 1 to 65535').min(1, 'must be a port, 1 to 65535').max(65_535, 'must be a port, 1 to 65535');
const host = z.string('must be a host name').min(1, 'must be a host name');
const hosts = z.array(z.string().min(1), 'must be a list of hosts, such as ["localhost:9200"]').min(1, 'must name a host');

const common = z.looseObject({ log_level: z.enum(['debug', 'info', 'warning'], 'must be "debug", "info" or "warning"').default('info') });

/** A secret by reference, its name and, of a secret that is a JSON object, a key: the launcher puts the value there, in memory. */
export const SECRET_REFERENCE = /^secretsmanager:([A-Za-z0-9/_+=.@-]{1,512})(?:#([^#]{1,256}))?$/;

const rethinkdb = z.looseObject({
  host: host.default('localhost'),
  port: port.default(28_015),
  db: z.string().min(1).default('eigengraph'),
  user: z.string().optional(),
  password: z.string().optional(),
});

/** Passed to the driver as it is; `localDataCenter` and TLS are what Keyspaces asks for. */
const cassandra = z.looseObject({
  contactPoints: hosts,
  keyspace: z.string().min(1),
  localDataCenter: z.string().optional(),
  credentials: z.strictObject({ username: z.string().min(1), password: z.string().min(1) }).optional(),
});

const kafka = z.looseObject({ hosts, 'client-id': z.string().min(1), topic: z.string().min(1) });

const elastic = z.looseObject({ hosts });

const STORAGES = ['rethinkdb', 'cassandra'] as const;
const QUEUES = ['rethinkdb', 'kafka'] as const;

/** Where events come from, or go to. `rethinkdb`: for a single instance of each service only. */
const queue = { queue: z.enum(QUEUES, 'must be "rethinkdb" or "kafka"'), rethinkdb: rethinkdb.optional(), kafka: kafka.optional() };
const consumer = { ...queue, 'consumer-group': z.string('must name the group that shares the events').min(1) };

/** `option` names the section that holds its settings: it is there. Said also where other fields are wrong. */
const naming = (
  option: 'queue' | 'storage',
  names: readonly string[],
): readonly [(config: object) => boolean, { path: string[]; error: string; when: () => boolean }] => [
  (config) => {
    const sections = config as Readonly<Record<string, unknown>>;
    const name = sections?.[option] as string;
    return !names.includes(name) || sections[name] !== undefined;
  },
  { path: [option], error: 'names a section that is not there: write it', when: () => true },
];
const queueIsThere = naming('queue', QUEUES);
const storageIsThere = naming('storage', STORAGES);

const clientData = common
  .extend({
    port,
    storage: z.enum(STORAGES, 'must be "rethinkdb" or "cassandra"'),
    cassandra: cassandra.optional(),
    ...queue,
    graph: z.looseObject({}).optional(),
  })
  .refine(...storageIsThere)
  .refine(...queueIsThere);

const clientApi = common.extend({ port, auth: serviceUrl, 'client-data': serviceUrl, elastic });

const auth = common.extend({
  port,
  session_lifetime: z.number('must be a number of seconds').positive('must be a number of seconds').default(86_400),
  'client-data': serviceUrl,
  pusher: serviceUrl,
  email_from: z.string().default(''),
  elastic,
});

const consumes = common.extend({ 'client-data': serviceUrl, ...consumer });
const sync = consumes.extend({ elastic }).refine(...queueIsThere);
const scheduler = consumes.extend({ elastic }).refine(...queueIsThere);
const logic = consumes.refine(...queueIsThere);
const job = consumes.extend({ max_concurrent_jobs: z.int('must be a whole number').min(1, 'must be 1 or more').default(5) }).refine(...queueIsThere);

const pusher = consumes
  .extend({
    port,
    web_socket_port: port,
    email_transport: z.string().default('sendgrid'),
    auth: serviceUrl,
    template_host: z.string().default(''),
    ignored_domains: z.array(z.string()).default([]),
  })
  .refine(...queueIsThere);

const size = z.strictObject({ height: z.int().positive(), width: z.int().positive() });
const file = consumes
  .extend({
    port,
    auth: serviceUrl,
    elastic,
    s3_bucket: z.string('must name the bucket for uploads').min(3, 'must name the bucket for uploads'),
    /** Hours that a file lives which nothing refers to. */
    standalone_ttl: z.number('must be a number of hours').positive('must be a number of hours').default(24),
    kinds: z.record(z.string(), z.array(size)).default({}),
  })
  .refine(...queueIsThere);

export const EGF2_CONFIGS = {
  'client-api': clientApi,
  'client-data': clientData,
  auth,
  sync,
  pusher,
  scheduler,
  logic,
  file,
  job,
} as const satisfies Record<ServiceName, z.ZodType>;

/** What may be written as the document of a service. */
export type Egf2Document<S extends ServiceName> = z.input<(typeof EGF2_CONFIGS)[S]>;

export const isServiceName = (name: string): name is ServiceName => (SERVICE_NAMES as readonly string[]).includes(name);
