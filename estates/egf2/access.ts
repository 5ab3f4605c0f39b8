import { Construct } from 'constructs';
import type { Egf2Mode } from '../../config/egf2';
import { SecurityGroup } from '../../constructs/aws/security-group';
import { EMR_TAGS } from '../../constructs/aws/spark-cluster';
import type { Vpc } from '../../constructs/aws/vpc';
import { SERVICE_NAMES, SERVICES, type ServiceName, STORES, type Store } from '../../services/contracts/egf2-services';

/** Where the stores listen. */
export const PORTS = {
  nginx: 80,
  rethinkdb: 28_015,
  rethinkdbCluster: 29_015,
  elasticsearch: 9200,
  elasticsearchCluster: 9300,
  kafka: 9094,
  cassandra: 9142,
} as const;

const PUBLIC_REASON = 'the single entry point: clients are everywhere';

export interface AccessProps {
  readonly stem: string;
  readonly mode: Egf2Mode;
  readonly vpc: Vpc;
}

/** Which store a mode keeps something in, and where it listens; uploads are reached over HTTPS. */
export function portOf(store: Store, mode: Egf2Mode): { readonly group: 'data' | 'queue' | 'keyspaces'; readonly port: number } | undefined {
  if (store === 'uploads') return undefined;
  if (store === 'search') return { group: 'data', port: PORTS.elasticsearch };
  if (store === 'queue') return mode === 'small' ? { group: 'data', port: PORTS.rethinkdb } : { group: 'queue', port: PORTS.kafka };
  return mode === 'bigData' ? { group: 'keyspaces', port: PORTS.cassandra } : { group: 'data', port: PORTS.rethinkdb };
}

/** Who may talk to whom, from the table of the services: what is not there is closed. */
export class Egf2Access extends Construct {
  /** The machine that all services share, in small mode. Otherwise nobody has it and nothing is open to it; it stays until the last machine has left it. */
  readonly subsystems: SecurityGroup;
  /** A service's machines, otherwise. */
  readonly machines: ReadonlyMap<ServiceName, SecurityGroup>;
  /** What stands before a service's machines, where it has a port. */
  readonly balancers: ReadonlyMap<ServiceName, SecurityGroup>;
  /** The load balancer that clients call. */
  readonly entry: SecurityGroup;
  readonly data: SecurityGroup;
  readonly queue?: SecurityGroup;
  readonly keyspaces?: SecurityGroup;
  /** Spark's machines, and what EMR steers them through. */
  readonly spark?: SecurityGroup;
  readonly sparkService?: SecurityGroup;

  constructor(scope: Construct, id: string, { stem, mode, vpc }: AccessProps) {
    super(scope, id);
    const group = (name: string, purpose: string, tags = {}) => new SecurityGroup(this, name, { name: `${stem}-${name}`, purpose, vpc, tags });

    this.data = group('data', 'Machines that hold data');
    for (const port of [PORTS.rethinkdbCluster, PORTS.elasticsearchCluster]) this.data.allowTo(this.data, port, 'Members of a cluster');
    this.data.allowHttpsOut();
    this.entry = group('entry', 'The load balancer that clients call');
    for (const port of [80, 443]) this.entry.allowFromInternet(port, PUBLIC_REASON);
    this.subsystems = group('subsystems', 'The machine that all services share');
    if (mode === 'small') {
      this.machines = new Map();
      this.balancers = new Map();
      this.entry.allowTo(this.subsystems, PORTS.nginx, 'Clients, by way of nginx');
      // a RethinkDB proxy and an Elasticsearch client node are on it: members that hold nothing
      for (const port of [PORTS.rethinkdbCluster, PORTS.elasticsearchCluster]) {
        this.subsystems.allowTo(this.data, port, 'The proxies of the services');
        this.data.allowTo(this.subsystems, port, 'The proxies of the services');
      }
      this.subsystems.allowHttpsOut();
      return;
    }

    this.queue = group('queue', 'Brokers of the event queue');
    if (mode === 'bigData') {
      this.keyspaces = group('keyspaces', 'The way to Keyspaces');
      this.spark = group('spark', 'Machines of Spark', EMR_TAGS);
      this.spark.allowTo(this.queue, PORTS.kafka, 'Spark: queue');
      this.spark.allowHttpsOut();
      this.spark.allowWithin('Spark: its machines');
      this.sparkService = group('spark-service', 'What EMR steers Spark through', EMR_TAGS);
      // EMR refuses a cluster whose groups lack these
      this.sparkService.allowTo(this.spark, 8443, 'EMR: steers Spark');
      this.spark.allowTo(this.sparkService, 9443, 'Spark: tells EMR');
    }
    this.machines = new Map(SERVICE_NAMES.map((name) => [name, group(name, `Machines of ${name}`)]));
    this.balancers = new Map(SERVICE_NAMES.filter((name) => SERVICES[name].port).map((name) => [name, group(`${name}-lb`, `What stands before ${name}`)]));
    for (const name of SERVICE_NAMES) this.connect(name, mode);
  }

  private connect(name: ServiceName, mode: Egf2Mode): void {
    const { port, webSocketPort, talksTo, publicPaths = [], publicWebSocketPaths = [] } = SERVICES[name];
    const machines = this.machines.get(name) as SecurityGroup;
    machines.allowHttpsOut();
    if (port) this.balancers.get(name)?.allowTo(machines, port, `Requests to ${name}`);
    if (port && publicPaths.length > 0) this.entry.allowTo(machines, port, `Clients of ${name}`);
    if (webSocketPort && publicWebSocketPaths.length > 0) this.entry.allowTo(machines, webSocketPort, `Clients that listen to ${name}`);

    const opened = new Set<string>();
    for (const other of Object.keys(talksTo) as (ServiceName | Store)[]) {
      if (isStore(other)) {
        const where = portOf(other, mode);
        const key = `${where?.group} ${where?.port}`;
        if (!where || opened.has(key)) continue;
        opened.add(key);
        machines.allowTo(this[where.group] as SecurityGroup, where.port, `${name}: ${other}`);
      } else {
        const balancer = this.balancers.get(other);
        if (!balancer) throw new Error(`${this.node.path}: ${name} talks to ${other}, which has no port; give it one in services/contracts/egf2-services.ts`);
        machines.allowTo(balancer, SERVICES[other].port as number, `${name}: ${other}`);
      }
    }
  }
}

function isStore(name: ServiceName | Store): name is Store {
  return (STORES as readonly string[]).includes(name);
}
