import { machinesOf, SHARED_MACHINE } from '../estates/egf2/restart';
import { UsageError } from '../rehearsal/runner/failure';
import { SERVICE_NAMES } from '../services/contracts/egf2-services';
import { command } from './support/command';
import { egf2Config } from './support/config';
import { awsAccount } from './support/egf2/account';
import { chosenServices, onlyProd } from './support/egf2/chosen';
import { Groups } from './support/egf2/groups';
import { MachineRestart } from './support/egf2/machine';
import { waves } from './support/egf2/order';
import { REPLACES, RESTARTS_ON_MACHINE, shown } from './support/egf2/permissions';
import { Replacement } from './support/egf2/replace';
import { SystemsManager } from './support/egf2/systems-manager';
import { endsHere } from './support/steps';
import { aws } from './support/tool';

const HELP = `Restarts services of egf2, so that they read their changed config documents. Waits, and ends as the restart ends.

  make egf2-restart SERVICE=auth            one; asks first
  make egf2-restart SERVICE='auth pusher'   some
  make egf2-restart SERVICE=all             all, each after those that it asks
  make egf2-restart SERVICE=... DRY_RUN=1   only says what it would do
  make egf2-restart REPLACE=1               small mode: replaces the machine of all services

Scalable and big data mode: an instance refresh for each service replaces its machines by new ones. One that goes on already, from a run
that was stopped or from a deployment, is followed; no second one is started.
Small mode: one machine has all services. Systems Manager restarts their units there, one after the other, each tested before the next.
Needs a login of AWS that may, on what scripts/support/egf2/permissions.ts says:
  to replace machines  ${shown(REPLACES)}
  in small mode        ${shown(RESTARTS_ON_MACHINE)}
The same without make: npx tsx scripts/egf2-restart.ts [--env prod] [--service 'NAME ...'] [--replace] [--every SECONDS] [--dry-run] [--yes]`;

const REPLACE = 'make egf2-restart REPLACE=1';

command(
  HELP,
  async ({ options, dryRun, yes }) => {
    const environment = onlyProd(options.env);
    const replace = options.replace === true;
    if (replace && options.service !== undefined) throw new UsageError('REPLACE=1 replaces the machine of all services: leave SERVICE out');
    const chosen = replace ? SERVICE_NAMES : chosenServices(options.service);
    const every = Number(options.every ?? 10);
    if (!(every > 0 && every <= 600)) throw new UsageError(`--every ${options.every}: must be seconds, more than 0 and at most 600`);
    const { shared, [environment]: config } = egf2Config();
    const isSmall = config.mode === 'small';
    if (replace && !isSmall) throw new UsageError('REPLACE=1 is for small mode: in the others every restart replaces machines. Leave it out');

    const where = `egf2 (${config.mode} mode) in ${shared.region}, account ${awsAccount(aws, shared)}`;
    const common = { groups: new Groups(aws, shared.region), every, say: (line: string) => console.log(line) };
    const order = waves(chosen);
    const restart =
      isSmall && !replace
        ? new MachineRestart({ ...common, manager: new SystemsManager(aws, shared.region), services: order.flat(), again, replace: REPLACE })
        : new Replacement({
            ...common,
            waves: replace ? [[SHARED_MACHINE]] : order.map((wave) => wave.map((service) => machinesOf(service, config))),
            again: (left) => (replace ? REPLACE : again(left.map(({ label }) => label))),
          });

    console.log(`${dryRun ? 'Would restart' : 'Will restart'}, ${where}:\n\n${restart.plan()}\n`);
    const stop = endsHere({ dryRun, yes });
    if (stop !== undefined) return stop;
    const code = await restart.carryOut();
    const url = `https://${shared.host}.${shared.domain}/v1/graph`;
    if (code === 0) console.log(`\nNext: see that it answers, 401 without a token:\n  curl --silent --output /dev/null --write-out '%{http_code}\\n' ${url}`);
    return code;
  },
  { env: 'value', service: 'value', replace: 'flag', every: 'value' },
);

/** What restarts these. */
function again(services: readonly string[]): string {
  return `make egf2-restart SERVICE=${services.length === SERVICE_NAMES.length ? 'all' : `'${services.join(' ')}'`}`;
}
