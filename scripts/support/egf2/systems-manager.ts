import { UsageError } from '../../../rehearsal/runner/failure';
import { answerOf, type Tool } from '../tool';

/** A command on a machine, as far as it is looked at. */
export interface Invocation {
  readonly Status: string;
  readonly StatusDetails?: string;
  readonly StandardOutputContent?: string;
  readonly StandardErrorContent?: string;
}

const ENDED = new Set(['Success', 'Cancelled', 'TimedOut', 'Failed']);

export const hasEnded = ({ Status }: Invocation): boolean => ENDED.has(Status);

/** Seconds within which a machine's agent has to take a command, and within which that has to end. */
const TAKEN = 60;
const ENDS = 1800;

/** Systems Manager in one region, through the AWS CLI: commands for machines, which run as root there. */
export class SystemsManager {
  constructor(
    private readonly aws: Tool,
    readonly region: string,
  ) {}

  /** Tells a machine to run these lines of shell; returns the command's id, or undefined when its agent is not there. */
  send(instance: string, comment: string, commands: readonly string[]): string | undefined {
    const parameters = JSON.stringify({ commands, executionTimeout: [`${ENDS}`] });
    const target = ['--instance-ids', instance, '--document-name', 'AWS-RunShellScript', '--timeout-seconds', `${TAKEN}`];
    const text = this.aws.unless(/InvalidInstanceId/, 'ssm', 'send-command', ...target, '--comment', comment, '--parameters', parameters, ...this.place);
    return text === undefined ? undefined : answerOf<{ Command: { CommandId: string } }>('aws ssm send-command', text, 'Command').Command.CommandId;
  }

  /** @throws UsageError also for a moment after it was sent, when Systems Manager does not know of it yet */
  invocation(instance: string, id: string): Invocation {
    const text = this.aws.unless(/InvocationDoesNotExist/, 'ssm', 'get-command-invocation', '--command-id', id, '--instance-id', instance, ...this.place);
    if (text === undefined) throw new UsageError(`Systems Manager does not know of command ${id} on ${instance}`);
    return answerOf<Invocation>('aws ssm get-command-invocation', text, 'Status');
  }

  private get place(): string[] {
    return [`--region=${this.region}`, '--output=json'];
  }
}
