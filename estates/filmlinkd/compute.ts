import type { Construct } from 'constructs';
import { type ContainerName, consumer, emailId, type FilmlinkdEnvironment } from '../../config/filmlinkd';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { ContainerMachine } from '../../constructs/gcp/container-machine';
import { EmailChannel } from '../../constructs/gcp/email-channel';
import { LogAlert } from '../../constructs/gcp/log-alert';
import { ServiceIdentity } from '../../constructs/gcp/service-identity';
import type { FilmlinkdBase } from './base';
import { FilmlinkdContainers } from './containers';
import type { FilmlinkdData } from './data';
import type { FilmlinkdMessaging } from './messaging';

export interface FilmlinkdComputeProps extends EstateStackProps, Pick<FilmlinkdEnvironment, 'machines' | 'containers' | 'alertEmails'> {
  readonly environment: 'dev' | 'prod';
  readonly base: FilmlinkdBase;
  readonly data: FilmlinkdData;
  readonly messaging: FilmlinkdMessaging;
}

/** The machines of one environment, and what each kind of them may do. */
export class FilmlinkdCompute extends EstateStack {
  /** Whom the machines that run scrapers act as. */
  readonly scraper: ServiceIdentity;
  /** Whom the machines that run the bot act as. */
  readonly shard: ServiceIdentity;

  constructor(scope: Construct, id: string, props: FilmlinkdComputeProps) {
    super(scope, id, props);
    const { environment, base, data, messaging, machines, containers, alertEmails } = props;
    this.addDependency(messaging);
    const stem = this.named('filmlinkd');

    this.scraper = this.identity('scraper', 'Machines that ask Letterboxd', props);
    messaging.logEntries.topic.grantPublish(this.scraper);
    this.shard = this.identity('shard', 'Machines that run the bot', props);
    messaging.commands.topic.grantPublish(this.shard);
    for (const secret of [data.letterboxdKey, data.letterboxdSharedSecret]) {
      secret.grantRead(this.scraper);
      secret.grantRead(this.shard);
    }
    for (const secret of [messaging.botToken, data.movieDatabaseKey]) secret.grantRead(this.shard);

    for (const [machine, { containers: names }] of Object.entries(machines)) for (const name of names) this.grantConsume(machine, name, messaging);
    const ours = new FilmlinkdContainers({ environment, base, data, messaging, containers });
    for (const [name, { machineType, containers: names, shards }] of Object.entries(machines)) {
      new ContainerMachine(this, name, {
        name: `${stem}-${name}`,
        machineType,
        network: base.network,
        tags: [base.machineTag],
        identity: names.includes('sharded') ? this.shard : this.scraper,
        containers: names.map((container) => ours.on(name, container, shards)),
      });
    }

    new LogAlert(this, 'letterboxd-forbidden', {
      name: `${stem}-letterboxd-forbidden`,
      // the container's line is text to Cloud Logging, whatever it holds
      filter: 'log_id("gcplogs-docker-driver") AND jsonPayload.message:"\\"event\\":\\"letterboxd_forbidden\\""',
      remedy:
        'Letterboxd refuses us: nothing is asked for a quarter of an hour, and nothing works around it. docs/runbooks/filmlinkd.md, "Letterboxd forbids us".',
      channels: alertEmails.map((address) => new EmailChannel(this, emailId(address), { address })),
    });
  }

  private identity(role: 'scraper' | 'shard', purpose: string, { environment, base, data, messaging }: FilmlinkdComputeProps): ServiceIdentity {
    const identity = new ServiceIdentity(this, role, { accountId: `${this.named('filmlinkd')}-${role}`, purpose });
    messaging.poison.grantPublish(identity);
    data.database.grantUse(identity);
    base.images[environment].grantRead(identity);
    identity.grantOnProject('roles/logging.logWriter');
    return identity;
  }

  private grantConsume(machine: string, container: ContainerName, messaging: FilmlinkdMessaging): void {
    const name = consumer(machine, container);
    if (container === 'sharded') messaging.logEntries.grantConsume(this.shard, name);
    else messaging.commands.grantConsume(this.scraper, name);
  }
}
