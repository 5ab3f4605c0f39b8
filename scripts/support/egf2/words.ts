import { count, table } from '../../../rehearsal/runner/format';
import type { Refresh } from './groups';

/** A table of plain words; the last column may be of any length. */
export function rows(...lines: readonly (readonly string[])[]): string[] {
  return table(lines.map((line) => line.map((text) => ({ text }))));
}

/** How far a refresh is, as AWS says it. */
export function progress({ Status, PercentageComplete, InstancesToUpdate, StatusReason }: Refresh): string {
  const percent = PercentageComplete === undefined ? [] : [`${PercentageComplete} %`];
  const left = InstancesToUpdate === undefined ? [] : [`${count(InstancesToUpdate, 'machine')} left`];
  return `${[Status, ...percent, ...left].join(', ')}${StatusReason ? `: ${StatusReason}` : ''}`;
}

export interface FailedRefresh {
  readonly label: string;
  readonly group: string;
  readonly region: string;
  readonly refresh: Refresh;
  /** Machines that are new. */
  readonly added: readonly string[];
}

/** Why a refresh did not end well, and the commands that say more. */
export function whyItFailed({ label, group, region, refresh, added }: FailedRefresh): string {
  const { Status, StatusReason, InstanceRefreshId } = refresh;
  const machines = added.length > 0 ? added : ['INSTANCE'];
  return [
    `${label}: ${Status}: ${StatusReason ?? 'AWS says no reason'} (${InstanceRefreshId})`,
    'What its new machine said while it installed itself; a step that failed is named there:',
    ...machines.map((id) => `  aws ec2 get-console-output --instance-id ${id} --latest --output text --region ${region}`),
    'Which machines came and went, and why:',
    `  aws autoscaling describe-scaling-activities --auto-scaling-group-name ${group} --max-items 5 --region ${region}`,
  ].join('\n');
}

/** How long it went on; nothing when it has not begun or ended. */
export function took({ StartTime, EndTime }: Refresh): string {
  const seconds = (Date.parse(EndTime ?? '') - Date.parse(StartTime ?? '')) / 1000;
  if (!(seconds >= 0)) return '';
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** When it began, in UTC. */
export function began({ StartTime = '' }: Refresh): string {
  const date = new Date(StartTime);
  return Number.isNaN(date.getTime()) ? 'a while ago' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** What a program said last. */
export function lastLine(text = ''): string {
  return text.trim().split('\n').at(-1) ?? '';
}
