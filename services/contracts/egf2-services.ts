/**
 * The nine services of EGF2 and what each talks to. Security groups, addresses, config documents, nginx routes and alarms all
 * follow from this table: what is not here is not reachable.
 */

/** Where it is written that a service needs something. */
export type Source =
  /** The framework's deployment document. */
  | 'deployment'
  /** The framework's own config documents: the service has an option for it. */
  | 'config';

/** Things that services talk to besides each other. */
export const STORES = ['storage', 'queue', 'search', 'uploads'] as const;
/** `storage`: RethinkDB or Cassandra; `queue`: RethinkDB's changes or Kafka; `search`: Elasticsearch; `uploads`: an S3 bucket. */
export type Store = (typeof STORES)[number];

export const SERVICE_NAMES = ['client-api', 'client-data', 'auth', 'sync', 'pusher', 'scheduler', 'logic', 'file', 'job'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** A path of the public entry point, and everything below it. */
export type PublicPath = `/${string}`;

export interface Egf2Service {
  /** Port of its HTTP server. @default it has none: it only consumes events */
  readonly port?: number;
  /** Port of its WebSocket server. @default none */
  readonly webSocketPort?: number;
  readonly talksTo: Readonly<Partial<Record<ServiceName | Store, Source>>>;
  /** What the single entry point sends to it; everything else of it stays inside. @default nothing */
  readonly publicPaths?: readonly PublicPath[];
  /** The same, for its WebSocket server. @default nothing */
  readonly publicWebSocketPaths?: readonly PublicPath[];
}

export const SERVICES: Readonly<Record<ServiceName, Egf2Service>> = {
  'client-api': {
    port: 2019,
    talksTo: { storage: 'deployment', queue: 'deployment', auth: 'config', 'client-data': 'config', search: 'config' },
    publicPaths: ['/v1/graph', '/v1/search', '/v1/version'],
  },
  'client-data': { port: 8000, talksTo: { storage: 'deployment', queue: 'config' } },
  auth: {
    port: 2016,
    talksTo: { 'client-data': 'deployment', pusher: 'config', search: 'config' },
    publicPaths: [
      '/v1/register',
      '/v1/verify_email',
      '/v1/login',
      '/v1/logout',
      '/v1/forgot_password',
      '/v1/reset_password',
      '/v1/change_password',
      '/v1/resend_email_verification',
    ],
  },
  sync: { talksTo: { queue: 'deployment', 'client-data': 'deployment', search: 'config' } },
  pusher: {
    port: 2017,
    webSocketPort: 2000,
    talksTo: { queue: 'deployment', 'client-data': 'deployment', auth: 'config' },
    publicWebSocketPaths: ['/v1/listen'],
  },
  scheduler: { talksTo: { queue: 'deployment', 'client-data': 'deployment', search: 'config' } },
  logic: { talksTo: { queue: 'deployment', 'client-data': 'deployment' } },
  file: {
    port: 2018,
    talksTo: { queue: 'deployment', 'client-data': 'deployment', uploads: 'deployment', auth: 'config', search: 'config' },
    publicPaths: ['/v1/new_image', '/v1/new_file'],
  },
  job: { talksTo: { queue: 'deployment', 'client-data': 'deployment' } },
};
