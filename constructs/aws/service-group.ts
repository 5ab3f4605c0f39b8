import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { AutoscalingPolicy } from '@cdktf/provider-aws/lib/autoscaling-policy';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import type { AlarmTopic } from './alarm-topic';
import type { InstanceRole } from './instance-role';
import { machineTemplate } from './machine-template';
import type { SecurityGroup } from './security-group';
import type { Vpc } from './vpc';

export interface ServiceGroupProps {
  /** The group's name, and that of its machines. */
  readonly name: string;
  readonly instanceType: string;
  /** Machines: between these, by the processors' load. */
  readonly size: { readonly min: number; readonly max: number };
  /** Whether machines may have addresses on the Internet is the subnet's and the template's; these are private. */
  readonly vpc: Vpc;
  readonly group: SecurityGroup;
  readonly role: InstanceRole;
  readonly userData: string;
  /** Target groups of load balancers that send it requests; their health checks replace machines then. @default none */
  readonly targets?: readonly string[];
  readonly alarms: AlarmTopic;
  /** What must be there before the first machine starts. */
  readonly after?: readonly ITerraformDependable[];
}

/** Percent of the processors that a group is kept at. */
const LOAD = 60;
/** Seconds that a machine takes to install itself. */
const WARM_UP = 600;

/** Machines that are nobody: more come with load, the unhealthy are replaced, and a new template rolls out one after the other. */
export class ServiceGroup extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: ServiceGroupProps) {
    super(scope, id);
    const { name, size, vpc, targets = [], alarms, after = [] } = props;
    this.name = name;
    const template = machineTemplate(this, { ...props, diskGb: 20 });
    const group = new AutoscalingGroup(this, 'resource', {
      name,
      minSize: size.min,
      maxSize: size.max,
      vpcZoneIdentifier: [...vpc.privateSubnets.values()].map((subnet) => subnet.seenFrom(this)),
      launchTemplate: { id: template.id, version: template.latestVersion as unknown as string },
      healthCheckType: targets.length > 0 ? 'ELB' : 'EC2',
      healthCheckGracePeriod: WARM_UP,
      defaultInstanceWarmup: WARM_UP,
      ...(targets.length > 0 && { targetGroupArns: [...targets] }),
      instanceRefresh: { strategy: 'Rolling', preferences: { minHealthyPercentage: size.max > 1 ? 90 : 0, autoRollback: true } },
      enabledMetrics: ['GroupInServiceInstances', 'GroupDesiredCapacity'],
      waitForCapacityTimeout: '0', // a machine installs itself for minutes; the alarm tells when none comes
      tag: Object.entries({ ...EstateStack.of(this).labels, Name: name }).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      dependsOn: [...after],
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
      evaluationPeriods: 15, // longer than a machine takes to install itself
      treatMissingData: 'breaching',
      alarmActions: [alarms.arn.seenFrom(this)],
      okActions: [alarms.arn.seenFrom(this)],
    });
  }
}
