import type { Egf2Mode } from '../../config/egf2';
import { EGF2_CONFIGS, type Egf2Document } from '../../services/contracts/egf2-config';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../../services/contracts/egf2-services';
import { PORTS } from './access';

export interface DocumentsProps {
  readonly mode: Egf2Mode;
  readonly region: string;
  /** Names of the data members inside the network, the master first. */
  readonly members: readonly string[];
  /** The network's own domain: services are `<service>.<domain>` in scalable and big data mode. */
  readonly domain: string;
  /** Brokers of the event queue, `host:port`; none in small mode. */
  readonly brokers: readonly string[];
  readonly uploads: string;
  /** Keyspaces' keyspace, in big data mode. */
  readonly keyspace: string;
  /** The graph of client-data. */
  readonly graph: Readonly<Record<string, unknown>>;
  /** Where links in e-mails lead. */
  readonly publicUrl: string;
}

/** Credentials by reference: the launcher puts the values there, in memory. */
export const SECRETS = { keyspaces: 'egf2/keyspaces' } as const;

/** RethinkDB asks nobody for a password: who reaches it is what the security groups say. */
const DATABASE = { db: 'eigengraph' };

/** Every service's config document, checked against its contract. */
export function documentsOf(props: DocumentsProps): Readonly<Record<ServiceName, object>> {
  const { mode, region, members, domain, brokers, uploads, keyspace, graph, publicUrl } = props;
  const isSmall = mode === 'small';
  // in small mode everything a service talks to is a proxy on its own machine
  const url = (service: ServiceName) => `http://${isSmall ? 'localhost' : `${service}.${domain}`}:${SERVICES[service].port}`;
  const rethinkdb = { host: isSmall ? 'localhost' : (members[0] as string), port: PORTS.rethinkdb, ...DATABASE };
  const elastic = { hosts: isSmall ? [`localhost:${PORTS.elasticsearch}`] : members.map((member) => `${member}:${PORTS.elasticsearch}`) };
  const events = (service: ServiceName) =>
    isSmall
      ? { queue: 'rethinkdb' as const, rethinkdb: { ...rethinkdb, table: 'events', offsettable: 'event_offset' } }
      : { queue: 'kafka' as const, kafka: { hosts: [...brokers], 'client-id': service, topic: 'events' } };
  const consumes = (service: ServiceName) => ({ 'client-data': url('client-data'), ...events(service), 'consumer-group': service });
  const port = (service: ServiceName) => SERVICES[service].port as number;

  const documents: { readonly [S in ServiceName]: Egf2Document<S> } = {
    'client-api': { port: port('client-api'), auth: url('auth'), 'client-data': url('client-data'), elastic },
    'client-data': {
      port: port('client-data'),
      ...(mode === 'bigData'
        ? {
            storage: 'cassandra' as const,
            cassandra: {
              contactPoints: [`cassandra.${region}.amazonaws.com:${PORTS.cassandra}`],
              keyspace,
              localDataCenter: region,
              // all of it as the driver takes it: its peers are on this port too, it verifies nobody by itself, and Keyspaces writes with LOCAL_QUORUM (6) only
              protocolOptions: { port: PORTS.cassandra },
              sslOptions: { servername: `cassandra.${region}.amazonaws.com`, rejectUnauthorized: true },
              queryOptions: { consistency: 6 },
              credentials: { username: `secretsmanager:${SECRETS.keyspaces}#username`, password: `secretsmanager:${SECRETS.keyspaces}#password` },
            },
          }
        : { storage: 'rethinkdb' as const }),
      ...events('client-data'),
      ...(mode !== 'bigData' && { rethinkdb: { ...rethinkdb, ...(isSmall && { table: 'events', offsettable: 'event_offset' }) } }),
      graph: { ...graph },
    },
    auth: { port: port('auth'), 'client-data': url('client-data'), pusher: url('pusher'), elastic },
    sync: { ...consumes('sync'), elastic },
    pusher: {
      ...consumes('pusher'),
      port: port('pusher'),
      web_socket_port: SERVICES.pusher.webSocketPort as number,
      auth: url('auth'),
      template_host: publicUrl,
    },
    scheduler: { ...consumes('scheduler'), elastic },
    logic: consumes('logic'),
    file: { ...consumes('file'), port: port('file'), auth: url('auth'), elastic, s3_bucket: uploads },
    job: consumes('job'),
  };
  for (const service of SERVICE_NAMES) {
    const { error } = EGF2_CONFIGS[service].safeParse(documents[service]);
    if (error)
      throw new Error(
        `the config document of ${service} is not what it asks for:\n${error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`).join('\n')}`,
      );
  }
  return documents;
}
