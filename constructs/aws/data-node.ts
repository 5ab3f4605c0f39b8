import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { EbsVolume } from '@cdktf/provider-aws/lib/ebs-volume';
import { Instance } from '@cdktf/provider-aws/lib/instance';
import { VolumeAttachment } from '@cdktf/provider-aws/lib/volume-attachment';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { AlarmTopic } from './alarm-topic';
import type { InstanceRole } from './instance-role';
import { machineTemplate } from './machine-template';
import type { PrivateZone } from './private-zone';
import { awsOf } from './provider';
import type { SecurityGroup } from './security-group';
import { MACHINE_DISK_GB } from './sizes';
import type { Vpc } from './vpc';

export interface DataNodeProps {
  /** The machine's name, for good: its host name below the private zone is `<hostname>.<zone>`. */
  readonly name: string;
  readonly hostname: string;
  readonly instanceType: string;
  /** GB of the volume that its data is on. It can grow. */
  readonly dataGb: number;
  /** Letter of its availability zone: the volume is there, and cannot move. */
  readonly zone: string;
  readonly vpc: Vpc;
  readonly dns: PrivateZone;
  readonly group: SecurityGroup;
  readonly role: InstanceRole;
  readonly alarms: AlarmTopic;
  /** Tags by which the nodes of a cluster find each other. */
  readonly clusterTags: Readonly<Record<string, string>>;
  /** Who makes snapshots of the volume knows it by this tag. */
  readonly snapshotTag: Readonly<Record<string, string>>;
  readonly userData: string;
}

/** Where the volume is attached; Debian shows it by its serial number. */
export const DATA_DEVICE = '/dev/sdf';

/** A machine that is somebody: it keeps its name, and its data is on a volume of its own that outlives it. */
export class DataNode extends Construct {
  constructor(scope: Construct, id: string, props: DataNodeProps) {
    super(scope, id);
    const { name, hostname, instanceType, dataGb, zone, vpc, dns, alarms, clusterTags, snapshotTag } = props;
    const stack = EstateStack.of(this);
    const volume = new EbsVolume(this, 'data', {
      availabilityZone: `${awsOf(this).region}${zone}`,
      size: dataGb,
      type: 'gp3',
      encrypted: true,
      tags: { Name: `${name}-data`, ...snapshotTag },
      lifecycle: { preventDestroy: stack.protected },
    });
    const template = machineTemplate(this, { ...props, diskGb: MACHINE_DISK_GB });
    const instance = new Instance(this, 'resource', {
      launchTemplate: { id: template.id, version: '$Default' },
      instanceType,
      subnetId: vpc.privateSubnetIn(zone).seenFrom(this),
      disableApiTermination: stack.protected,
      metadataOptions: { httpTokens: 'required', httpEndpoint: 'enabled', httpPutResponseHopLimit: 1 },
      tags: { Name: name, ...clusterTags },
      // what the template says is for its first start: a newer image or script must not replace a machine that holds data
      lifecycle: { ignoreChanges: ['ami', 'user_data', 'launch_template'], preventDestroy: stack.protected },
    });
    stack.suppress('aws-storage-encrypted', instance, 'its template encrypts the first volume');
    new VolumeAttachment(this, 'attachment', { deviceName: DATA_DEVICE, volumeId: volume.id, instanceId: instance.id, stopInstanceBeforeDetaching: true });
    dns.record(this, 'name', { name: hostname, addresses: [instance.privateIp] });

    new CloudwatchMetricAlarm(this, 'down', {
      alarmName: `${name}-down`,
      alarmDescription: `${name} does not pass EC2's checks: its data is on a volume of its own. docs/runbooks/egf2.md, "Recover a data node"`,
      namespace: 'AWS/EC2',
      metricName: 'StatusCheckFailed',
      dimensions: { InstanceId: instance.id },
      statistic: 'Maximum',
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 0,
      period: 60,
      evaluationPeriods: 3,
      treatMissingData: 'breaching',
      alarmActions: [alarms.arn.seenFrom(this)],
      okActions: [alarms.arn.seenFrom(this)],
    });
  }
}
