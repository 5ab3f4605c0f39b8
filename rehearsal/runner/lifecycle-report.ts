import { type Cell, count, type Paint, table } from './format';
import type { Lifecycle } from './lifecycle';

export const LIMITS = 'A rehearsal does not see quotas, permissions or organization policy.';

export interface LifecycleReport {
  readonly lives: readonly Lifecycle[];
  /** Objects that are still in the cloud after everything was destroyed. */
  readonly leftovers: readonly string[];
  /** Of the whole rehearsal. */
  readonly seconds: number;
  /** The estate, when only one was rehearsed. */
  readonly estate?: string;
}

/** Whether everything went as it must. */
export function wentWell({ lives, leftovers }: LifecycleReport): boolean {
  return lives.every(({ destroyed }) => destroyed) && leftovers.length === 0;
}

/** The table, then what failed in Terraform's own words, then the sum and what to do next. */
export function lifecycleReport(report: LifecycleReport, paint: Paint): string {
  const { lives, leftovers, seconds, estate } = report;
  const failures = lives.flatMap(({ stack, failure }) => (failure ? [`\n${paint('red', `${stack} failed in ${failure.phase}:`)}\n\n${failure.output}`] : []));
  const left = leftovers.length > 0 ? [`\n${paint('red', 'Still in the cloud after everything was destroyed:')}\n  ${leftovers.join('\n  ')}`] : [];
  const sum = (what: 'resources' | 'takenOver') => lives.reduce((all, life) => all + (life[what] ?? 0), 0);
  const takenOver = sum('takenOver') > 0 ? [`${sum('takenOver')} taken over`] : [];
  return [
    ...table(lives.map((life) => cells(life, paint))),
    ...failures,
    ...left,
    ...(failures.length + left.length > 0 ? [''] : []),
    `${[count(lives.length, 'stack'), count(sum('resources'), 'resource'), ...takenOver, `${seconds.toFixed(1)} s`].join(', ')}. ${LIMITS}`,
    next(wentWell(report), estate),
  ].join('\n');
}

function cells(life: Lifecycle, paint: Paint): Cell[] {
  const { stack, resources, applied, failure, skippedFor, keptFor } = life;
  const name = { text: stack };
  if (skippedFor) return [name, { text: '' }, coloured(paint, 'yellow', `skipped (needs ${skippedFor})`)];
  const ending = failure
    ? coloured(paint, 'red', `FAILED in ${failure.phase}`)
    : keptFor
      ? coloured(paint, 'yellow', `left standing (${keptFor} was not destroyed)`)
      : undefined;
  if (applied === undefined) return [name, { text: '' }, ...(ending ? [ending] : [])];
  return [
    name,
    { text: count(resources ?? 0, 'resource'), right: true },
    { text: `applied ${applied.toFixed(1)} s` },
    ...(life.secondPlanEmpty ? [{ text: 'second plan empty' }] : []),
    ...(life.destroyRefused ? [{ text: 'destroy refused' }] : life.secondPlanEmpty ? [{ text: '' }] : []),
    ending ?? coloured(paint, 'green', life.destroyRefused ? 'destroyed with protection off' : 'destroyed'),
    ...(life.finishedAfterFault ? [{ text: 'failed as asked, finished on the second run' }] : []),
  ];
}

function coloured(paint: Paint, style: Parameters<Paint>[0], text: string): Cell {
  return { text, shown: paint(style, text) };
}

function next(well: boolean, estate: string | undefined): string {
  if (!well) return 'Next: mend what is shown above and rehearse again; --keep DIR keeps the folders that Terraform ran in';
  return `Next: make plan${estate ? ` STACKS='${estate}-*'` : ''}, with an account`;
}
