import { DUMPS, DUMPS_HEALTH } from '../backup/dumps';
import { CERTIFICATES_FOLDER, CHALLENGES_FOLDER } from '../host/certificates';
import { CERTIFICATES_IN_NGINX, CHALLENGES_IN_NGINX } from '../nginx/config';
import { EXPORT_SECRETS, SECRETS_FOLDER } from './secrets';
import type { ContainerSpec, ContainerTable } from './spec';

/** What becomes of another user with root's files. */
const AS_OTHER_USER = ['CAP_SETGID', 'CAP_SETUID'];
/** What an image's own entry point does with its folders before that. */
const OWN_FOLDERS = [...AS_OTHER_USER, 'CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_FOWNER'];

/** Number of nginx's address in the host's prefix, `...::e621:10`: it is in the documents, and in DNS. */
export const NGINX_ADDRESS = 0xe621_0010;

const PASSWORD_FILE = `${SECRETS_FOLDER}/database/DB_PASS`;

/** Mastodon's processes find each other by these. */
const MASTODON = {
  RAILS_ENV: 'production',
  NODE_ENV: 'production',
  DB_HOST: 'db',
  DB_PORT: '5432',
  DB_NAME: 'mastodon',
  DB_USER: 'mastodon',
  REDIS_HOST: 'redis',
  REDIS_PORT: '6379',
};
const SEARCH = { ES_ENABLED: 'true', ES_HOST: 'es', ES_PORT: '9200' };

const database = { source: 'documents', reason: 'accounts, posts and everything else that is kept' } as const;
const queues = { source: 'documents', reason: 'queues, caches and feeds' } as const;
const search = { source: 'documents', reason: 'search in posts' } as const;
const others = { source: 'documents', reason: 'required to connect to other instances' } as const;

/**
 * Everything that runs: what it is made of, which networks it is in, and what for. Networks, names, limits and checks all follow from
 * this table: what is not here is not reachable.
 */
export const CONTAINERS: ContainerTable = {
  nginx: {
    image: 'nginx',
    per: 'host',
    replicas: 1,
    networks: { external_network: { ipv6Number: NGINX_ADDRESS }, internal_network: {} },
    memoryMb: 128,
    health: { test: ['CMD', 'nc', '-z', '127.0.0.1', '80'] },
    volumes: {
      [CERTIFICATES_IN_NGINX]: { from: { folder: CERTIFICATES_FOLDER } },
      [CHALLENGES_IN_NGINX]: { from: { folder: CHALLENGES_FOLDER } },
    },
    listensOn: [80, 443],
    published: 'the one way in: browsers and other instances are everywhere',
    talksTo: {
      internet: { source: 'documents', reason: 'required for incoming HTTPS requests' },
      web: { source: 'documents', reason: 'pages and the API' },
      streaming: { source: 'documents', reason: 'what is new, as it happens' },
    },
    capabilities: [...AS_OTHER_USER, 'CAP_CHOWN', 'CAP_NET_BIND_SERVICE'],
  },
  web: {
    image: 'mastodon',
    per: 'instance',
    replicas: 2,
    networks: { external_network: {}, db_network: {}, es_network: {}, redis_network: {}, internal_network: { aliases: ['fe_web'] } },
    memoryMb: 768,
    health: { test: ['CMD-SHELL', "curl -s --noproxy localhost localhost:3000/health | grep -q 'OK'"], startSeconds: 120 },
    volumes: { '/mastodon/public/system': { from: { volume: 'media' }, readOnly: false } },
    listensOn: [3000],
    talksTo: { internet: others, db: database, es: search, redis: queues },
    environment: { ...MASTODON, ...SEARCH, WEB_CONCURRENCY: '1', MAX_THREADS: '5' },
    secrets: { groups: ['database', 'mastodon', 'smtp', 'aws'], exportedFor: 'mastodon' },
    command: ['bundle', 'exec', 'puma', '-C', 'config/puma.rb'],
    capabilities: AS_OTHER_USER,
    stopSeconds: 60,
  },
  streaming: {
    image: 'streaming',
    per: 'instance',
    replicas: 2,
    networks: { external_network: {}, db_network: {}, redis_network: {}, internal_network: { aliases: ['fe_streaming'] } },
    memoryMb: 256,
    health: { test: ['CMD-SHELL', "curl -s --noproxy localhost localhost:4000/api/v1/streaming/health | grep -q 'OK'"] },
    listensOn: [4000],
    talksTo: { internet: { source: 'documents', reason: 'its author doubted it: streamingNeedsExternal' }, db: database, redis: queues },
    environment: MASTODON,
    secrets: { groups: ['database', 'mastodon'], exportedFor: 'mastodon' },
    command: ['node', './streaming/index.js'],
    capabilities: AS_OTHER_USER,
  },
  es: {
    image: 'elasticsearch',
    per: 'instance',
    replicas: 1,
    networks: { es_network: { aliases: ['es'] } },
    memoryMb: 1024,
    health: { test: ['CMD-SHELL', 'curl -fs "localhost:9200/_cluster/health?wait_for_status=yellow&timeout=5s"'], startSeconds: 120 },
    volumes: { '/usr/share/elasticsearch/data': { from: { volume: 'es' }, readOnly: false } },
    listensOn: [9200],
    talksTo: {},
    environment: {
      'discovery.type': 'single-node',
      'cluster.name': 'vulpine',
      'bootstrap.memory_lock': 'false',
      'xpack.security.enabled': 'false',
      'xpack.ml.enabled': 'false',
    },
    // half for the heap, as its makers say; the other half is what it maps and what it has beside the heap
    byMemory: (mb) => ({ environment: { ES_JAVA_OPTS: `-Xms${Math.floor(mb / 2)}m -Xmx${Math.floor(mb / 2)}m` } }),
    stopSeconds: 60,
  },
  redis: {
    image: 'redis',
    per: 'instance',
    replicas: 1,
    networks: { redis_network: { aliases: ['redis'] } },
    memoryMb: 256,
    health: { test: ['CMD', 'redis-cli', 'ping'] },
    volumes: { '/data': { from: { volume: 'redis' }, readOnly: false } },
    listensOn: [6379],
    talksTo: {},
    // queues are in it: full is an error that somebody sees, and not the loss of a job; a quarter is for what it writes away meanwhile
    byMemory: (mb) => ({
      command: ['redis-server', '--appendonly', 'yes', '--maxmemory', `${Math.floor((mb * 3) / 4)}mb`, '--maxmemory-policy', 'noeviction'],
    }),
    capabilities: OWN_FOLDERS,
    stopSeconds: 60,
  },
  db: {
    image: 'postgres',
    per: 'instance',
    replicas: 1,
    networks: { db_network: { aliases: ['db'] } },
    memoryMb: 1024,
    health: { test: ['CMD', 'pg_isready', '-U', 'mastodon'] },
    volumes: { '/var/lib/postgresql/data': { from: { volume: 'db' }, readOnly: false } },
    listensOn: [5432],
    talksTo: {},
    environment: { POSTGRES_USER: 'mastodon', POSTGRES_DB: 'mastodon', POSTGRES_PASSWORD_FILE: PASSWORD_FILE },
    secrets: { groups: ['database'] },
    capabilities: OWN_FOLDERS,
    stopSeconds: 120,
  },
  sidekiq: {
    image: 'mastodon',
    per: 'instance',
    replicas: 4,
    networks: { external_network: {}, db_network: {}, es_network: {}, redis_network: {} },
    memoryMb: 512,
    // its title, which it sets itself; the brackets keep the check from finding itself
    health: { test: ['CMD-SHELL', "grep -aq '[s]idekiq [0-9]' /proc/[0-9]*/cmdline"], startSeconds: 120 },
    volumes: { '/mastodon/public/system': { from: { volume: 'media' }, readOnly: false } },
    talksTo: { internet: others, db: database, es: search, redis: queues },
    environment: { ...MASTODON, ...SEARCH, MALLOC_ARENA_MAX: '2' },
    secrets: { groups: ['database', 'mastodon', 'smtp', 'aws'], exportedFor: 'mastodon' },
    command: ['bundle', 'exec', 'sidekiq', '-c', '5'],
    capabilities: AS_OTHER_USER,
    stopSeconds: 60,
  },
  ambassador: {
    image: 'ambassador',
    per: 'instance',
    replicas: 1,
    networks: { external_network: {}, db_network: {} },
    memoryMb: 64,
    health: { test: ['CMD-SHELL', "grep -aq '[n]ode' /proc/[0-9]*/cmdline"] },
    talksTo: { internet: { source: 'documents', reason: "required to connect to the instance's own API" }, db: database },
    environment: { DB_HOST: 'db', DB_NAME: 'mastodon', DB_USER: 'mastodon' },
    secrets: { groups: ['database', 'ambassador'], exportedFor: 'node' },
    command: ['node', 'index.js'],
    capabilities: AS_OTHER_USER,
  },
  dbbackup: {
    image: 'postgres',
    per: 'instance',
    replicas: 1,
    networks: { db_network: {} },
    memoryMb: 128,
    health: { test: ['CMD-SHELL', DUMPS_HEALTH], startSeconds: 1800, intervalSeconds: 300 },
    volumes: { '/dumps': { from: { volume: 'dumps' }, readOnly: false } },
    talksTo: { db: database },
    environment: { PGHOST: 'db', PGUSER: 'mastodon', PGDATABASE: 'mastodon' },
    secrets: { groups: ['database'] },
    entrypoint: ['/bin/sh', '-c'],
    command: [DUMPS],
    stopSeconds: 10,
  },
};

/** The same without the way out that streaming may do without. docs/adr/0022-streaming-reaches-out.md */
export function withStreamingInside(table: ContainerTable): ContainerTable {
  const { internet: _, ...talksTo } = table.streaming.talksTo;
  const { external_network: __, ...networks } = table.streaming.networks;
  return { ...table, streaming: { ...table.streaming, talksTo, networks } satisfies ContainerSpec };
}

/** How a container starts: one whose program takes secrets as variables is root until it has read them. */
export function startOf({ secrets, entrypoint, command }: ContainerSpec): Pick<ContainerSpec, 'entrypoint' | 'command'> & { readonly user?: string } {
  if (secrets?.exportedFor === undefined) return { ...(entrypoint && { entrypoint }), ...(command && { command }) };
  if (command === undefined) throw new Error('a container that gets its secrets as variables says its whole command');
  return { user: 'root', entrypoint: ['/bin/sh', '-c', EXPORT_SECRETS, secrets.exportedFor], command };
}
