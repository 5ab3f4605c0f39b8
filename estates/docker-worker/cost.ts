import { Cron } from 'croner';
import type { DockerWorkerConfig } from '../../config/docker-worker';
import { pricesIn } from '../../config/prices';
import type { CostEstimate } from '../../constructs/core/cost';
import { hourCost, MONTH_HOURS } from '../../services/contracts/task-cost';

/** Machines by what their tasks take, beside what the same machines would cost if they were always there. */
export function dockerWorkerCost({ shared: { region }, prod }: DockerWorkerConfig): CostEstimate {
  const tasks = Object.entries(prod.tasks).map(([name, task]) => {
    const hour = hourCost(pricesIn(region), { ...task, provisioning: 'on-demand' }) ?? undefined;
    const runs = task.schedule ? runsInMonth(task.schedule) : 0;
    return { name, task, hour, runs, hours: (runs * task.typicalMinutes) / 60 };
  });
  const times = (price: number | undefined, hours: number) => (price === undefined ? undefined : price * hours);
  return {
    items: tasks.map(({ name, task, hour, runs, hours }) => ({
      what: `${name}: ${task.machineType} and ${task.diskGb} GB, ${runs} runs of ${task.typicalMinutes} min`,
      monthly: times(hour, hours),
      ...(task.provisioning === 'spot' && { remark: 'at most: spot machines cost a fraction of this' }),
    })),
    beside: tasks.map(({ name, hour }) => ({ what: `${name}: the same machine, 24 hours on 365 days`, monthly: times(hour, MONTH_HOURS) })),
    notCounted: 'runs that somebody asks for, functions, messages, logs, files and the ledger (cents at this size), traffic through Cloud NAT',
  };
}

/** In a month of 30 days that begins on a Thursday. Which month it is must not change the figure. */
function runsInMonth({ cron }: { readonly cron: string }): number {
  const start = new Date('2026-01-01T00:00:00Z');
  const end = start.getTime() + 30 * 24 * 3_600_000;
  const job = new Cron(cron, { timezone: 'Etc/UTC', paused: true });
  let runs = 0;
  let at = job.nextRun(new Date(start.getTime() - 1000));
  while (at && at.getTime() < end) {
    runs += 1;
    at = job.nextRun(at);
  }
  return runs;
}
