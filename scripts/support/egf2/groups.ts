import { UsageError } from '../../../rehearsal/runner/failure';
import { answerOf, type Tool } from '../tool';

/** An Auto Scaling group, as far as it is looked at. */
export interface Group {
  readonly AutoScalingGroupName: string;
  readonly DesiredCapacity: number;
  /** Seconds that a new machine takes to install itself. */
  readonly DefaultInstanceWarmup?: number;
  readonly Instances: readonly { readonly InstanceId: string; readonly LifecycleState: string; readonly HealthStatus?: string }[];
}

/** The replacement of a group's machines: an instance refresh. */
export interface Refresh {
  readonly InstanceRefreshId: string;
  readonly Status: string;
  readonly StatusReason?: string;
  readonly StartTime?: string;
  readonly EndTime?: string;
  readonly PercentageComplete?: number;
  /** Machines that are left. */
  readonly InstancesToUpdate?: number;
}

const ENDED = new Set(['Successful', 'Failed', 'Cancelled', 'RollbackSuccessful', 'RollbackFailed']);

export const hasEnded = ({ Status }: Refresh): boolean => ENDED.has(Status);

/** Machines that get requests, or do their work. */
export const inService = ({ Instances }: Group): string[] =>
  Instances.filter(({ LifecycleState, HealthStatus = 'Healthy' }) => LifecycleState === 'InService' && HealthStatus === 'Healthy').map(
    ({ InstanceId }) => InstanceId,
  );

/** Auto Scaling in one region, through the AWS CLI. */
export class Groups {
  constructor(
    private readonly aws: Tool,
    readonly region: string,
  ) {}

  /** All of these. @throws UsageError that names those that are not there, with `hint` as the way out */
  described(names: readonly string[], hint: string): ReadonlyMap<string, Group> {
    const answer = this.read<{ AutoScalingGroups: Group[] }>('describe-auto-scaling-groups', '--auto-scaling-group-names', ...names);
    const list = answer?.AutoScalingGroups;
    if (!Array.isArray(list) || !list.every(({ Instances }) => Array.isArray(Instances)))
      throw new UsageError('aws autoscaling describe-auto-scaling-groups answered without groups and their machines');
    const found = new Map(list.map((group) => [group.AutoScalingGroupName, group]));
    const missing = names.filter((name) => !found.has(name));
    if (missing.length > 0) throw new UsageError(`There is no group ${missing.join(', ')} in ${this.region}. ${hint}`);
    return found;
  }

  /** The newest refresh of a group: when one goes on, it is that. */
  newest(group: string): Refresh | undefined {
    return this.refreshes(group)[0];
  }

  refresh(group: string, id: string): Refresh {
    const [found] = this.refreshes(group, '--instance-refresh-ids', id);
    if (!found) throw new UsageError(`There is no instance refresh ${id} of ${group} any more`);
    return found;
  }

  /** Starts one that replaces every machine, also those that are as the group would make them now: what changed is what they read when they start. */
  start(group: string, minHealthyPercentage: number): 'goes on already' | { readonly id: string } {
    const preferences = JSON.stringify({ MinHealthyPercentage: minHealthyPercentage, SkipMatching: false });
    const text = this.aws.unless(
      /InstanceRefreshInProgress/,
      ...['autoscaling', 'start-instance-refresh', '--auto-scaling-group-name', group, '--strategy', 'Rolling', '--preferences', preferences],
      ...this.place,
    );
    if (text === undefined) return 'goes on already';
    return { id: answerOf<{ InstanceRefreshId: string }>('aws autoscaling start-instance-refresh', text, 'InstanceRefreshId').InstanceRefreshId };
  }

  private refreshes(group: string, ...more: string[]): Refresh[] {
    return this.read<{ InstanceRefreshes: Refresh[] }>('describe-instance-refreshes', '--auto-scaling-group-name', group, ...more)?.InstanceRefreshes ?? [];
  }

  private read<T>(command: string, ...args: string[]): T | undefined {
    return this.aws.read<T>('autoscaling', command, ...args, ...this.place);
  }

  private get place(): string[] {
    return [`--region=${this.region}`, '--output=json'];
  }
}
