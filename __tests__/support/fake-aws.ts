/** A stand-in for the AWS CLI: what it answers, from a state that its answers change. Also the text of a program, so it imports nothing. */

interface FakeRefresh {
  readonly InstanceRefreshId: string;
  readonly Status: string;
  readonly StatusReason?: string;
  readonly PercentageComplete?: number;
  readonly InstancesToUpdate?: number;
  readonly StartTime?: string;
  readonly EndTime?: string;
}

interface FakeInvocation {
  readonly Status: string;
  readonly StatusDetails?: string;
  readonly StandardOutputContent?: string;
  readonly StandardErrorContent?: string;
}

export interface AwsState {
  /** @default nobody is logged in */
  awsAccount?: string;
  groups: Record<string, { DesiredCapacity: number; DefaultInstanceWarmup?: number; machines: string[] }>;
  /** Of each group, the newest first. */
  refreshes: Record<string, FakeRefresh[]>;
  /** What a refresh that goes on says, look after look, by group. @default it ends well at the third */
  course: Record<string, Partial<FakeRefresh>[]>;
  /** Whether the machines' agent is registered. */
  agent: boolean;
  /** What a command says, look after look, by its comment. @default it is not known, then goes on, then ends well */
  invocations: Record<string, (FakeInvocation | 'unknown')[]>;
  commands: string[];
  /** The next calls that start like this fail. */
  failures: { starts: string; says: string; times: number }[];
}

export interface Printed {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ENDED = ['Successful', 'Failed', 'Cancelled', 'RollbackSuccessful', 'RollbackFailed'];
const WELL: Partial<FakeRefresh>[] = [
  { Status: 'Pending' },
  { Status: 'InProgress', PercentageComplete: 50, InstancesToUpdate: 1 },
  { Status: 'Successful', PercentageComplete: 100, InstancesToUpdate: 0 },
];

export function awsAnswer(args: readonly string[], state: AwsState): Printed {
  const text = args.join(' ');
  const print = (value: object): Printed => ({ status: 0, stdout: JSON.stringify(value), stderr: '' });
  const fail = (stderr: string): Printed => ({ status: 254, stdout: '', stderr: `\n${stderr}\n` });
  const refuse = (code: string, operation: string, says: string) => fail(`An error occurred (${code}) when calling the ${operation} operation: ${says}`);
  /** Values of an option, up to the next one. */
  const values = (name: string) => {
    const rest = args.slice(args.indexOf(name) + 1);
    const end = rest.findIndex((word) => word.startsWith('--'));
    return args.includes(name) ? rest.slice(0, end < 0 ? undefined : end) : [];
  };
  const planned = state.failures.find(({ starts, times }) => times > 0 && text.startsWith(starts));
  if (planned) {
    planned.times -= 1;
    return fail(planned.says);
  }
  if (!args.some((arg) => arg.startsWith('--region='))) return fail('You must specify a region.');
  if (state.awsAccount === undefined) return fail('Unable to locate credentials. You can configure credentials by running "aws configure".');
  const [group = ''] = values('--auto-scaling-group-name');
  const history = state.refreshes[group] ?? [];
  switch (args.slice(0, 2).join(' ')) {
    case 'sts get-caller-identity':
      return print({ Account: state.awsAccount, Arn: `arn:aws:iam::${state.awsAccount}:user/me`, UserId: 'U' });
    case 'autoscaling describe-auto-scaling-groups': {
      const found = values('--auto-scaling-group-names').flatMap((name) => (state.groups[name] ? [{ name, ...state.groups[name] }] : []));
      return print({
        AutoScalingGroups: found.map(({ name, machines, ...rest }) => ({
          AutoScalingGroupName: name,
          ...rest,
          Instances: machines.map((machine) => ({ InstanceId: machine, LifecycleState: 'InService', HealthStatus: 'Healthy' })),
        })),
      });
    }
    case 'autoscaling describe-instance-refreshes': {
      const [wanted] = values('--instance-refresh-ids');
      const [newest] = history;
      // the first look is before ours
      if (newest && wanted && !ENDED.includes(newest.Status)) {
        state.course[group] ??= structuredClone(WELL);
        const next = (state.course[group]?.length ?? 0) > 1 ? state.course[group]?.shift() : state.course[group]?.[0];
        const end = ENDED.includes(next?.Status ?? '') && { EndTime: '2026-05-04T02:20:00+00:00' };
        history[0] = { ...newest, ...next, ...end };
      }
      return print({ InstanceRefreshes: history.filter(({ InstanceRefreshId }) => !wanted || InstanceRefreshId === wanted) });
    }
    case 'autoscaling start-instance-refresh': {
      if (!state.groups[group]) return refuse('ValidationError', 'StartInstanceRefresh', 'AutoScalingGroup name not found');
      const goesOn = history[0] && !ENDED.includes(history[0].Status);
      if (goesOn) return refuse('InstanceRefreshInProgress', 'StartInstanceRefresh', 'An Instance Refresh is already in progress and blocks this one.');
      const id = `${group}-refresh-${history.length + 1}`;
      state.refreshes[group] = [{ InstanceRefreshId: id, Status: 'Pending', StartTime: '2026-05-04T02:00:00+00:00' }, ...history];
      return print({ InstanceRefreshId: id });
    }
    case 'ssm send-command': {
      const [machine = ''] = values('--instance-ids');
      if (!state.agent) return refuse('InvalidInstanceId', 'SendCommand', `Instances [[${machine}]] not in a valid state for account ${state.awsAccount}`);
      state.commands.push(args[args.indexOf('--comment') + 1] ?? '');
      return print({ Command: { CommandId: `command-${state.commands.length}` } });
    }
    case 'ssm get-command-invocation': {
      const comment = state.commands[Number(values('--command-id')[0]?.split('-')[1]) - 1] ?? '';
      state.invocations[comment] ??= ['unknown', { Status: 'InProgress' }, { Status: 'Success', StandardOutputContent: `${comment.split(' ')[1]}: runs\n` }];
      const course = state.invocations[comment] ?? [];
      const next = course.length > 1 ? course.shift() : course[0];
      return next === 'unknown' || !next ? refuse('InvocationDoesNotExist', 'GetCommandInvocation', '') : print(next);
    }
    default:
      return fail(`the stand-in aws does not know: ${text}`);
  }
}
