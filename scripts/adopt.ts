import { UsageError } from '../rehearsal/runner/failure';
import { paintFor, table } from '../rehearsal/runner/format';
import { readStacks } from '../rehearsal/runner/stack';
import { adoptables } from './support/adopt/adoptable';
import { nextSteps, stackReport } from './support/adopt/report';
import { command } from './support/command';
import { ESTATES, stacksOf } from './support/estate-stacks';

const HELP = `What of an estate may run already, to be taken over instead of made: each resource's path, how its provider names such an object in an
import, filled in as far as the stack says it, and the command that finds the rest. Asks nobody and changes nothing.

  make adopt ESTATE=moshi             one estate
  make adopt ESTATE=moshi ENV=prod    its production, and nothing shared
  make adopt ESTATE=moshi JSON=1      for programs: a list of { stack, config, path, type, id, find, remark, named }

What stands between angle brackets only the cloud knows. Ids go to <estate>.<shared|dev|prod>.adopt.<stack> in estates.json, by path.
The same without make: npx tsx scripts/adopt.ts --estate NAME [--env NAME] [--json]`;

const ENVIRONMENTS = ['shared', 'dev', 'prod'];

command(
  HELP,
  ({ options }) => {
    const { estate, env } = options;
    const stacks = [...readStacks('cdktf.out').values()];
    if (typeof estate !== 'string') throw new UsageError(`Choose an estate, for example: make adopt ESTATE=moshi\n\n${choice(stacks.map(({ name }) => name))}`);
    if (env !== undefined && !ENVIRONMENTS.includes(`${env}`)) throw new UsageError(`ENV is ${ENVIRONMENTS.join(', ')}, not "${env}"`);
    const chosen = stacksOf(
      estate,
      stacks.filter(({ name }) => env === undefined || name.endsWith(`-${env}`)),
    );
    const found = chosen.map((stack) => adoptables(estate, stack));
    if (options.json) console.log(JSON.stringify(found.flat(), null, 2));
    else {
      const paint = paintFor(process.stdout, process.env);
      for (const all of found) if (all.length > 0) console.log(`${stackReport(all, paint)}\n`);
      console.log(nextSteps(estate, found.flat()));
    }
    return 0;
  },
  { estate: 'value', env: 'value', json: 'flag' },
);

function choice(stacks: readonly string[]): string {
  const rows = ESTATES.map((estate) => [{ text: `  ${estate}` }, { text: stacks.filter((name) => name.startsWith(`${estate}-`)).join(' ') || '-' }]);
  return table(rows).join('\n');
}
