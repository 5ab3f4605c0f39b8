import { Construct } from 'constructs';
import { EmailChannel } from '../../constructs/gcp/email-channel';
import { LogAlert } from '../../constructs/gcp/log-alert';
import { EVENTS } from '../../services/contracts/functions';

export interface DockerWorkerAlertsProps {
  /** First part of all names. */
  readonly stem: string;
  readonly emails: readonly string[];
}

/** Somebody is told of every task that failed or was lost, and of a machine that could not be deleted. */
export class DockerWorkerAlerts extends Construct {
  constructor(scope: Construct, id: string, { stem, emails }: DockerWorkerAlertsProps) {
    super(scope, id);
    const channels = emails.map((address) => new EmailChannel(this, address.replaceAll(/[^a-zA-Z0-9-]+/g, '-'), { address }));
    const alert = (name: string, event: string, remedy: string) =>
      new LogAlert(this, name, {
        name: `${stem}-${name}`,
        filter: `resource.type="cloud_run_revision" AND jsonPayload.event="${event}"`,
        remedy: `${remedy}\n\nThe log line names the task. \`make tasks\` lists the ledger; docs/runbooks/docker-worker.md goes on from there.`,
        channels,
      });
    alert('task-failed', EVENTS.taskFailed, 'A task ended with an error or with an exit code other than 0.');
    alert('task-lost', EVENTS.taskLost, 'The machine of a task is gone, and nobody has reported how the task ended.');
    alert('delete-failed', EVENTS.deleteFailed, 'A machine could not be deleted; it ends by itself at its time limit, and the reaper tries again.');
  }
}
