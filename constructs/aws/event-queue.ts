import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { MskCluster } from '@cdktf/provider-aws/lib/msk-cluster';
import { MskConfiguration } from '@cdktf/provider-aws/lib/msk-configuration';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { SharedValue } from '../core/shared-value';
import type { SecurityGroup } from './security-group';
import { BROKER_ZONES } from './sizes';
import type { Vpc } from './vpc';

export interface EventQueueProps {
  readonly name: string;
  /** Such as kafka.t3.small. */
  readonly instanceType: string;
  readonly kafkaVersion: string;
  /** GB on each broker. */
  readonly dataGb: number;
  readonly vpc: Vpc;
  readonly group: SecurityGroup;
}

/** Kafka, run by AWS: a broker in each of the first three zones, encrypted at rest and on the way. */
export class EventQueue extends Construct {
  /** `host:port,host:port`, over TLS. */
  readonly brokers: SharedValue;
  readonly arn: SharedValue;

  constructor(scope: Construct, id: string, props: EventQueueProps) {
    super(scope, id);
    const { name, instanceType, kafkaVersion, dataGb, vpc, group } = props;
    const isProtected = EstateStack.of(this).protected;
    const logs = new CloudwatchLogGroup(this, 'logs', { name: `/${name}/brokers`, retentionInDays: 30 });
    const zones = vpc.zones.slice(0, BROKER_ZONES);
    const brokers = zones.length;
    const configuration = new MskConfiguration(this, 'configuration', {
      name,
      kafkaVersions: [kafkaVersion],
      // what a service has not acknowledged survives the loss of a zone
      serverProperties: [
        'auto.create.topics.enable=true',
        `default.replication.factor=${Math.min(3, brokers)}`,
        `min.insync.replicas=${Math.min(2, brokers)}`,
        'num.partitions=6',
        'log.retention.hours=168',
        '',
      ].join('\n'),
    });
    const cluster = new MskCluster(this, 'resource', {
      clusterName: name,
      kafkaVersion,
      numberOfBrokerNodes: brokers,
      brokerNodeGroupInfo: {
        instanceType,
        clientSubnets: zones.map((zone) => vpc.privateSubnetIn(zone).seenFrom(this)),
        securityGroups: [group.id.seenFrom(this)],
        storageInfo: { ebsStorageInfo: { volumeSize: dataGb } },
      },
      configurationInfo: { arn: configuration.arn, revision: configuration.latestRevision },
      encryptionInfo: { encryptionInTransit: { clientBroker: 'TLS', inCluster: true } },
      clientAuthentication: { unauthenticated: true }, // who may connect is what the security groups say
      loggingInfo: { brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: logs.name } } },
      lifecycle: { preventDestroy: isProtected },
    });
    this.brokers = new SharedValue(this, 'BROKERS', cluster.bootstrapBrokersTls, 'Brokers of the event queue, over TLS');
    this.arn = new SharedValue(this, 'QUEUE_ARN', cluster.arn, 'The event queue');
  }
}
