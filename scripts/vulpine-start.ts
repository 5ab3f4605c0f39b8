import { namespaceOf, OUT_OF_TABLES } from '../estates/vulpine/operations';
import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { endsHere } from './support/steps';
import { type Silent, withoutAnswer } from './support/vulpine/answers';
import { chosenInstance, vulpineConfig } from './support/vulpine/chosen';
import type { Condition } from './support/vulpine/docker-site';
import { listed } from './support/vulpine/places';
import { hostsOf } from './support/vulpine/site';
import { isWell, startSite, stepsOf } from './support/vulpine/start';

const HELP = `Starts the site: databases, what leads to them from other hosts, what serves it, the way in; each waits until those before are well. What runs
stays as it is. With several hosts each step is done on all of them. At the end each web server has to answer out of its database.

  make vulpine-start                     all instances
  make vulpine-start INSTANCE=vulpine    one of them
  make vulpine-start DRY_RUN=1           only says how it stands

Exit code: 0 all is well, 1 something is not, or you said no, 2 the host refused.
The same without make: npx tsx scripts/vulpine-start.ts [--instance NAME] [--patience SECONDS] [--every SECONDS] [--dry-run] [--yes]`;

command(
  HELP,
  async ({ options, dryRun, yes }) => {
    const config = vulpineConfig();
    const instances = options.instance === undefined ? Object.keys(config.prod.instances) : [chosenInstance(config, options.instance)];
    const [patience, every] = [seconds('patience', options.patience ?? '300'), seconds('every', options.every ?? '3')];
    const site = hostsOf(config, inCluster(instances));
    const steps = stepsOf({ site, instances });
    const conditions = site.conditions(steps.flat());
    const missing = conditions.filter(({ state }) => state === 'missing').map(({ place }) => place);
    if (missing.length > 0) throw new UsageError(`There is no ${listed(missing)}. Next: make deploy STACKS='${site.stacks}'`);
    console.log(conditions.map(({ place, ...how }) => `  ${listed([place])}: ${saidOf(how)}`).join('\n'));
    const url = Object.entries(config.prod.instances).find(([name]) => name === instances[0])?.[1].domain;
    const next = `look at it from outside: curl --fail https://${url}${OUT_OF_TABLES}`;
    const silent = () => withoutAnswer({ config, site, instances });
    if (conditions.every(isWell)) {
      if (complained(silent())) return 1;
      console.log(`\nNothing to do: all is well.\n\nNext: ${next}`);
      return 0;
    }
    console.log(
      `\n${dryRun ? 'Would start' : 'Will start'} what does not run, in this order, and wait for each line:\n${steps.map((places) => `  - ${listed(places)}`).join('\n')}\n`,
    );
    const stop = endsHere({ dryRun, yes });
    if (stop !== undefined) return stop;
    const unwell = await startSite({ site, instances, patience, every, say: (line) => console.log(line) });
    if (unwell.length === 0) {
      if (complained(silent())) return 1;
      console.log(`\nNext: ${next}`);
      return 0;
    }
    for (const { place, said, ...how } of unwell) console.error(`\n${listed([place])} is not well: ${saidOf(how)}${said && `\n  ${said}`}`);
    const [first] = unwell;
    console.error(`\nWhat comes after was not started. Look at its log: ssh ${first?.place.on} docker logs --tail 100 ${first?.place.name}`);
    return 1;
  },
  { instance: 'value', patience: 'value', every: 'value' },
);

function saidOf({ state, health }: Pick<Condition, 'state' | 'health'>): string {
  return [state, health].filter((word) => word !== '').join(', ');
}

function complained(silent: readonly Silent[]): boolean {
  for (const { place, status } of silent) console.error(`\n${listed([place])} runs, and has no answer out of its database: ${status} for ${OUT_OF_TABLES}`);
  const [first] = silent;
  if (first)
    console.error(
      `\nIt does not reach the database, or that has no tables yet. Look at its log: ssh ${first.place.on} docker logs --tail 100 ${first.place.name}`,
    );
  return first !== undefined;
}

function inCluster(instances: readonly string[]): string {
  return [
    'A cluster starts what does not run by itself; look what keeps it from that, and bring back what somebody scaled down:',
    ...[undefined, ...instances].map((instance) => `  kubectl --namespace=${namespaceOf(instance)} get pods`),
    "  make deploy STACKS='vulpine-workloads-prod'",
  ].join('\n');
}

function seconds(option: string, value: string | boolean): number {
  const number = Number(value);
  if (!(number > 0 && number <= 3600)) throw new UsageError(`--${option} ${value}: must be seconds, more than 0 and at most 3600`);
  return number;
}
