import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { carryOut, type Step } from './support/steps';
import { chosenInstance, vulpineConfig } from './support/vulpine/chosen';
import { listed } from './support/vulpine/places';
import { type Figures, Sidekiq } from './support/vulpine/sidekiq';
import { onlyOne, siteOf } from './support/vulpine/site';

const HELP = `Sidekiq's queues of an instance of vulpine: how long they are, and how long their oldest job has waited.

  make vulpine-sidekiq                         how it stands
  make vulpine-sidekiq ACTION=quiet            its processes finish what they do and take nothing new: before an upgrade, or to find a fault
  make vulpine-sidekiq ACTION=resume           restarts them: a quiet process stays quiet until then
  make vulpine-sidekiq ACTION=clear-retries    throws away the jobs that wait to be tried again: deliveries in them never happen
  make vulpine-sidekiq ACTION=clear-dead       throws away the jobs that were given up
  make vulpine-sidekiq INSTANCE=vulpine ...    of one of several instances
  make vulpine-sidekiq ACTION=... DRY_RUN=1    only says what it would do

Exit code: 0 done, 1 no process works, or you said no, 2 the host refused.
The same without make: npx tsx scripts/vulpine-sidekiq.ts [--instance NAME] [--action NAME] [--dry-run] [--yes]`;

const ACTIONS = ['status', 'quiet', 'resume', 'clear-retries', 'clear-dead'] as const;
type Action = (typeof ACTIONS)[number];

const NEXT = {
  quiet: 'make vulpine-sidekiq, until no job is busy; and make vulpine-sidekiq ACTION=resume afterwards',
  resume: 'make vulpine-sidekiq',
  'clear-retries': 'make vulpine-sidekiq',
  'clear-dead': 'make vulpine-sidekiq',
} as const;

command(
  HELP,
  ({ options, dryRun, yes }) => {
    const action = (options.action ?? 'status') as Action;
    if (!ACTIONS.includes(action)) throw new UsageError(`There is no ACTION=${action}; there is ${ACTIONS.join(', ')}`);
    const config = vulpineConfig();
    const instance = chosenInstance(config, options.instance);
    const site = siteOf(config);
    const redis = onlyOne(site, instance, 'redis');
    const sidekiq = new Sidekiq(site, redis);
    const figures = sidekiq.figures();
    console.log(`${shown(figures)}\n`);
    const { processes, retry, dead } = figures;
    if (action === 'status') {
      if (processes.length > 0) return 0;
      console.error('No process works on them. Next: make vulpine-start');
      return 1;
    }
    const working = site.places(instance, 'sidekiq');
    const by = `by ${listed([redis])}`;
    const steps: Readonly<Record<Exclude<Action, 'status'>, readonly (Step | false)[]>> = {
      quiet: [
        processes.some(({ isQuiet }) => !isQuiet) && { says: `tell ${processes.length} processes to take no new job, ${by}`, run: () => sidekiq.quiet() },
      ],
      resume: [{ says: `restart ${listed(working)}: jobs that are not done within a minute begin again`, run: () => site.restart(working) }],
      'clear-retries': [retry > 0 && { says: `throw away ${retry} jobs that wait to be tried again, for good, ${by}`, run: () => sidekiq.clear('retry') }],
      'clear-dead': [dead > 0 && { says: `throw away ${dead} dead jobs, for good, ${by}`, run: () => sidekiq.clear('dead') }],
    };
    return carryOut(
      steps[action].filter((step) => step !== false),
      { dryRun, yes },
      NEXT[action],
    );
  },
  { instance: 'value', action: 'value' },
);

function shown({ queues, processes, processed, failed, retry, dead, scheduled }: Figures): string {
  const name = Math.max(...queues.map((queue) => queue.name.length), 'queue'.length);
  const busy = processes.reduce((sum, one) => sum + one.busy, 0);
  const quiet = processes.filter(({ isQuiet }) => isQuiet).length;
  return [
    `${'queue'.padEnd(name)}     jobs  oldest waits`,
    ...queues.map((queue) => `${queue.name.padEnd(name)} ${`${queue.size}`.padStart(8)}  ${duration(queue.latency)}`),
    '',
    `${processes.length} processes${quiet > 0 ? `, ${quiet} of them quiet` : ''}; ${busy} jobs busy, ${retry} to be tried again, ${scheduled} for later, ${dead} dead`,
    `${processed} done and ${failed} failed since Redis began`,
  ].join('\n');
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
