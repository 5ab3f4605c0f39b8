import { SHARED_MACHINE } from '../../../estates/egf2/restart';

/** What the login of who restarts may do, and no more: actions of IAM, and on what. */

const GROUPS = 'arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/egf2-*';

export interface Permission {
  readonly action: string;
  readonly on: readonly string[];
  /** For machines: what their tag `Name` is. */
  readonly tagged?: string;
}

/** Machines that are replaced. What is only read can be granted on everything only. */
export const REPLACES: readonly Permission[] = [
  { action: 'sts:GetCallerIdentity', on: ['*'] },
  { action: 'autoscaling:DescribeAutoScalingGroups', on: ['*'] },
  { action: 'autoscaling:DescribeInstanceRefreshes', on: ['*'] },
  { action: 'autoscaling:StartInstanceRefresh', on: [GROUPS] },
];

/** Services that are restarted on the machine that they share. */
export const RESTARTS_ON_MACHINE: readonly Permission[] = [
  ...REPLACES.filter(({ action }) => !action.includes('Start')),
  { action: 'ssm:SendCommand', on: ['arn:aws:ssm:*::document/AWS-RunShellScript'] },
  { action: 'ssm:SendCommand', on: ['arn:aws:ec2:*:*:instance/*'], tagged: SHARED_MACHINE.group },
  { action: 'ssm:GetCommandInvocation', on: ['*'] },
];

/** The same as people read it. */
export function shown(permissions: readonly Permission[]): string {
  return [...new Set(permissions.map(({ action }) => action))].join(', ');
}
