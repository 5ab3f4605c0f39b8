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
