import { EmrCluster } from '@cdktf/provider-aws/lib/emr-cluster';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Construct } from 'constructs';
import type { Bucket } from './bucket';
import type { InstanceRole } from './instance-role';
import { assumedBy, policyDocument } from './policy-document';
import type { SecurityGroup } from './security-group';
import { SPARK_DISK_GB } from './sizes';
import type { Vpc } from './vpc';

export interface SparkClusterProps {
  readonly name: string;
  /** Such as emr-7.12.0. */
  readonly release: string;
  readonly instanceType: string;
  /** Machines besides the one that leads. */
  readonly workers: number;
  readonly vpc: Vpc;
  /** The machines', which admit each other. */
  readonly group: SecurityGroup;
  /** EMR's own, to steer the machines: it reaches them on 8443, and they it on 9443. */
  readonly service: SecurityGroup;
  readonly role: InstanceRole;
  readonly logs: Bucket;
  /** What runs, one after the other, each as a command line. */
  readonly steps: readonly { readonly name: string; readonly command: readonly string[] }[];
}

/** EMR's own policy touches nothing without it: the cluster, the subnet and the security groups have it. */
export const EMR_TAGS = { 'for-use-with-amazon-emr-managed-policies': 'true' } as const;

/** Spark, run by EMR: a cluster that stays, and does its steps. */
export class SparkCluster extends Construct {
  constructor(scope: Construct, id: string, props: SparkClusterProps) {
    super(scope, id);
    const { name, release, instanceType, workers, vpc, group, service, role, logs, steps } = props;
    const steering = new IamRole(this, 'steering', {
      name: `${name}-emr`,
      description: 'EMR itself: makes and steers the machines',
      assumeRolePolicy: assumedBy('elasticmapreduce.amazonaws.com'),
    });
    const allowed = new IamRolePolicyAttachment(this, 'steering-allowed', {
      role: steering.name,
      policyArn: 'arn:aws:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2',
    });
    // the managed policy hands on AWS's default role only
    const passes = new IamRolePolicy(this, 'steering-passes', {
      name: 'passes',
      role: steering.id,
      policy: policyDocument([
        { Effect: 'Allow', Action: ['iam:PassRole'], Resource: [role.arn], Condition: { StringLike: { 'iam:PassedToService': 'ec2.amazonaws.com*' } } },
      ]),
    });
    const [subnet] = vpc.privateSubnets.values();
    const disk = { size: SPARK_DISK_GB, type: 'gp3', volumesPerInstance: 1 };
    new EmrCluster(this, 'resource', {
      name,
      releaseLabel: release,
      applications: ['Spark', 'Hadoop'],
      serviceRole: steering.arn,
      logUri: `s3://${logs.name}/${name}/`,
      keepJobFlowAliveWhenNoSteps: true,
      terminationProtection: false, // it holds nothing: the lake and the checkpoints are in a bucket
      ec2Attributes: {
        instanceProfile: role.profile,
        subnetId: subnet?.seenFrom(this),
        emrManagedMasterSecurityGroup: group.id.seenFrom(this),
        emrManagedSlaveSecurityGroup: group.id.seenFrom(this),
        serviceAccessSecurityGroup: service.id.seenFrom(this),
      },
      masterInstanceGroup: { instanceType, ebsConfig: [disk] },
      coreInstanceGroup: { instanceType, instanceCount: workers, ebsConfig: [disk] },
      stepConcurrencyLevel: 1,
      step: steps.map(({ name: step, command }) => ({
        name: step,
        actionOnFailure: 'CONTINUE',
        hadoopJarStep: [{ jar: 'command-runner.jar', args: [...command] }],
      })),
      tags: { ...EMR_TAGS },
      dependsOn: [allowed, passes],
      lifecycle: { ignoreChanges: ['step'] }, // another list of steps is another cluster; runbook: "Spark"
    });
  }
}
