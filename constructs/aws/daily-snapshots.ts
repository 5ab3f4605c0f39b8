import { DlmLifecyclePolicy } from '@cdktf/provider-aws/lib/dlm-lifecycle-policy';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { Construct } from 'constructs';
import { assumedBy, policyDocument } from './policy-document';

export interface DailySnapshotsProps {
  /** Unique in the account. */
  readonly name: string;
  /** The volumes that have this tag, and their snapshots, which get the same. */
  readonly tag: { readonly key: string; readonly value: string };
  /** Days that a snapshot is kept. */
  readonly days: number;
}

/** A snapshot of each volume, every night: of one moment, as if the machine had lost its power then. */
export class DailySnapshots extends Construct {
  constructor(scope: Construct, id: string, { name, tag, days }: DailySnapshotsProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      name,
      description: `Snapshots of volumes with ${tag.key}=${tag.value}`,
      assumeRolePolicy: assumedBy('dlm.amazonaws.com'),
    });
    const [volumes, snapshots] = [['arn:aws:ec2:*:*:volume/*'], ['arn:aws:ec2:*::snapshot/*']];
    const Condition = { StringEquals: { [`aws:ResourceTag/${tag.key}`]: tag.value } };
    const allowed = new IamRolePolicy(this, 'allowed', {
      name: 'allowed',
      role: role.id,
      policy: policyDocument([
        { Effect: 'Allow', Action: ['ec2:DescribeVolumes', 'ec2:DescribeInstances', 'ec2:DescribeSnapshots'], Resource: ['*'] },
        { Effect: 'Allow', Action: ['ec2:CreateSnapshot', 'ec2:CreateSnapshots'], Resource: volumes, Condition },
        { Effect: 'Allow', Action: ['ec2:CreateSnapshot', 'ec2:CreateSnapshots', 'ec2:CreateTags'], Resource: snapshots },
        { Effect: 'Allow', Action: ['ec2:DeleteSnapshot'], Resource: snapshots, Condition },
      ]),
    });
    new DlmLifecyclePolicy(this, 'resource', {
      description: `${name} kept for ${days} days`,
      executionRoleArn: role.arn,
      policyDetails: {
        resourceTypes: ['VOLUME'],
        targetTags: { [tag.key]: tag.value },
        schedule: [
          {
            name: 'daily',
            copyTags: true,
            createRule: { interval: 24, intervalUnit: 'HOURS', times: ['03:00'] },
            retainRule: { count: days },
          },
        ],
      },
      dependsOn: [allowed],
    });
  }
}
