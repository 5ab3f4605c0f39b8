import { Construct } from 'constructs';
import { BacklogAlert } from '../../constructs/gcp/backlog-alert';
import { EmailChannel } from '../../constructs/gcp/email-channel';
import { LogAbsenceAlert } from '../../constructs/gcp/log-absence-alert';
import { LogAlert } from '../../constructs/gcp/log-alert';
import type { Topic } from '../../constructs/gcp/topic';
import { EVENTS } from '../../services/contracts/functions';

export interface DockerWorkerAlertsProps {
  /** First part of all names. */
  readonly stem: string;
  readonly emails: readonly string[];
  readonly deadLetters: Topic;
}

/** The reaper comes every ten minutes: three times in a row it did not. */
const REAPER_SILENCE_SECONDS = 2100;

/** Somebody is told of every task that failed or was lost, and of whatever keeps that from being noticed. */
export class DockerWorkerAlerts extends Construct {
  constructor(scope: Construct, id: string, { stem, emails, deadLetters }: DockerWorkerAlertsProps) {
    super(scope, id);
    const channels = emails.map((address) => new EmailChannel(this, address.replaceAll(/[^a-zA-Z0-9-]+/g, '-'), { address }));
    const props = (name: string, remedy: string) => ({
      name: `${stem}-${name}`,
      remedy: `${remedy}\n\n\`make tasks\` lists the ledger; docs/runbooks/docker-worker.md goes on from there.`,
      channels,
    });
    const of = (event: string) => `resource.type="cloud_run_revision" AND jsonPayload.event="${event}"`;
    const alert = (name: string, event: string, remedy: string) => new LogAlert(this, name, { ...props(name, remedy), filter: of(event) });

    alert('task-failed', EVENTS.taskFailed, 'A task ended with an error or with an exit code other than 0. The log line names it.');
    alert('task-lost', EVENTS.taskLost, 'The machine of a task is gone, and nobody has reported how the task ended. The log line names it.');
    alert('delete-failed', EVENTS.deleteFailed, 'A machine could not be deleted; it ends by itself at its time limit, and the reaper tries again.');
    alert('reap-failed', EVENTS.reapFailed, 'The reaper could not do all its work: a lost task may go unnoticed until it can.');
    alert(
      'ledger-broken',
      EVENTS.ledgerBroken,
      'A record of the ledger cannot be read, and its task is not looked after. The log line names the record and what is wrong.',
    );
    alert('not-configured', EVENTS.notConfigured, 'A function was deployed with an environment that it cannot work with. The log line lists every problem.');
    new LogAbsenceAlert(this, 'reaper-silent', {
      ...props('reaper-silent', 'The reaper has not ended a run for half an hour: is its Scheduler job there, and may it call the function?'),
      filter: of(EVENTS.reaped),
      silenceSeconds: REAPER_SILENCE_SECONDS,
    });
    new BacklogAlert(this, 'dead-letters', {
      ...props('dead-letters', 'A message was refused 20 times and lies among the dead letters.'),
      subscription: `${deadLetters.name}-kept`,
    });
  }
}
