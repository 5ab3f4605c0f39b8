import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import type { Egf2Mode } from '../../config/egf2';
import { awsOf } from '../../constructs/aws/provider';
import type { Secret } from '../../constructs/aws/secret';
import { templateText } from '../../constructs/core/template-text';
import { SERVICE_NAMES, type ServiceName } from '../../services/contracts/egf2-services';
import type { Egf2Data } from './data';
import { documentsOf, SECRETS } from './documents';
import { KEYSPACE } from './names';
import type { Egf2Queue } from './queue';

export interface Egf2DocumentsProps {
  readonly mode: Egf2Mode;
  readonly data: Egf2Data;
  readonly domain: string;
  readonly graph: Readonly<Record<string, unknown>>;
  readonly publicUrl: string;
  readonly queue?: Egf2Queue | undefined;
}

/** Stands where only Terraform knows the brokers. */
const BROKERS = 'brokers:9094';

/** `a,b` as the texts of a JSON list, without its brackets, when Terraform runs. */
const listed = (commaSeparated: string): string => Fn.trimsuffix(Fn.trimprefix(Fn.jsonencode(Fn.split(',', commaSeparated)), '['), ']');

/** The services' config documents, as objects of the private bucket: what one of them says is read when the service starts. */
export class Egf2Documents extends Construct {
  private readonly documents: Readonly<Record<ServiceName, object>>;
  private readonly secrets: ReadonlyMap<string, Secret>;

  constructor(scope: Construct, id: string, { mode, data, domain, graph, publicUrl, queue }: Egf2DocumentsProps) {
    super(scope, id);
    this.documents = documentsOf({
      mode,
      region: awsOf(this).region,
      members: data.members,
      domain,
      brokers: queue ? [BROKERS] : [],
      uploads: data.uploads.name,
      keyspace: KEYSPACE,
      graph,
      publicUrl,
    });
    this.secrets = new Map(data.keyspacesLogin ? [[SECRETS.keyspaces, data.keyspacesLogin]] : []);
    for (const service of SERVICE_NAMES) {
      // the graph is somebody's text: what Terraform would read in it as its own must stay as it is
      const text = templateText(`${JSON.stringify(this.documents[service], null, 2)}\n`);
      const content = queue ? text.replace(`"${BROKERS}"`, () => listed(queue.events.brokers.seenFrom(this))) : text;
      data.config.write(this, service, this.keyOf(service), content, 'application/json');
    }
  }

  keyOf(service: ServiceName): string {
    return `config/${service}.json`;
  }

  /** What the documents of these services refer to. */
  secretsOf(services: readonly ServiceName[]): Secret[] {
    const text = services.map((service) => JSON.stringify(this.documents[service])).join('');
    return [...this.secrets].filter(([name]) => text.includes(`secretsmanager:${name}`)).map(([, secret]) => secret);
  }
}
