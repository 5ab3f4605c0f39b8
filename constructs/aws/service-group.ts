import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { AutoscalingPolicy } from '@cdktf/provider-aws/lib/autoscaling-policy';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { AlarmTopic } from './alarm-topic';
import type { InstanceRole } from './instance-role';
import { machineTemplate } from './machine-template';
import type { SecurityGroup } from './security-group';
import { MACHINE_DISK_GB } from './sizes';
import type { Vpc } from './vpc';

export interface ServiceGroupProps {
  /** The group's name, and that of its machines. */
  readonly name: string;
  readonly instanceType: string;
  /** Machines: between these, by the processors' load. */
  readonly size: { readonly min: number; readonly max: number };
  readonly vpc: Vpc;
  /** Only in these zones. @default all of the network's */
  readonly zones?: readonly string[];
  readonly group: SecurityGroup;
  readonly role: InstanceRole;
  readonly userData: string;
  /** Target groups of load balancers that send it requests; their health checks replace machines then. @default none */
  readonly targets?: readonly string[];
  readonly alarms: AlarmTopic;
  /** Seconds that a machine takes to install itself. @default 600 */
  readonly warmUpSeconds?: number;
}

/** Percent of the processors that a group is kept at. */
const LOAD = 60;

/** Machines that are nobody: more come with load, the unhealthy are replaced, and a new template rolls out one after the other. */
export class ServiceGroup extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: ServiceGroupProps) {
    super(scope, id);
    const { name, size, vpc, zones = vpc.zones, targets = [], alarms, warmUpSeconds = 600 } = props;
    this.name = name;
    const template = machineTemplate(this, { ...props, diskGb: MACHINE_DISK_GB });
    const group = new AutoscalingGroup(this, 'resource', {
      name,
      minSize: size.min,
      maxSize: size.max,
      vpcZoneIdentifier: zones.map((zone) => vpc.privateSubnetIn(zone).seenFrom(this)),
      launchTemplate: { id: template.id, version: template.latestVersion as unknown as string },
      healthCheckType: targets.length > 0 ? 'ELB' : 'EC2',
      healthCheckGracePeriod: warmUpSeconds,
      defaultInstanceWarmup: warmUpSeconds,
      ...(targets.length > 0 && { targetGroupArns: [...targets] }),
      instanceRefresh: { strategy: 'Rolling', preferences: { minHealthyPercentage: size.max > 1 ? 90 : 0, autoRollback: true } },
      enabledMetrics: ['GroupInServiceInstances', 'GroupDesiredCapacity'],
      waitForCapacityTimeout: '0', // a machine installs itself for minutes; the alarm tells when none comes
      tag: Object.entries({ ...EstateStack.of(this).labels, Name: name }).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
    });
    if (size.max > size.min) {
      new AutoscalingPolicy(this, 'load', {
        name: `${name}-load`,
        autoscalingGroupName: group.name,
        policyType: 'TargetTrackingScaling',
        targetTrackingConfiguration: { predefinedMetricSpecification: { predefinedMetricType: 'ASGAverageCPUUtilization' }, targetValue: LOAD },
      });
    }
    new CloudwatchMetricAlarm(this, 'too-few', {
      alarmName: `${name}-too-few`,
      alarmDescription: `Fewer than ${size.min} machines of ${name} are in service. docs/runbooks/egf2.md, "A service is down"`,
      namespace: 'AWS/AutoScaling',
      metricName: 'GroupInServiceInstances',
      dimensions: { AutoScalingGroupName: group.name },
      statistic: 'Minimum',
      comparisonOperator: 'LessThanThreshold',
      threshold: size.min,
      period: 60,
      evaluationPeriods: Math.ceil(warmUpSeconds / 60) + 5,
      treatMissingData: 'breaching',
      alarmActions: [alarms.arn.seenFrom(this)],
      okActions: [alarms.arn.seenFrom(this)],
    });
  }
}
