import { environmentName } from '../constructs/core/naming';
import { rolloutVariables } from '../estates/filmlinkd/rollout-variables';
import { command } from './support/command';
import { filmlinkdConfig } from './support/config';
import { chosenEnvironment } from './support/environment';
import { rollOutHere } from './support/rollout-here';
import { endsHere } from './support/steps';

const HELP = `Takes an environment of filmlinkd back to the images that were in use, and well, before its last delivery: moves the tag, and
replaces the machines one after the other, each only when all before are well. A machine that has them is left alone, so a second run
goes on where the first stopped.

  make filmlinkd-rollback              development; asks first
  make filmlinkd-rollback ENV=prod     production
  make filmlinkd-rollback DRY_RUN=1    only says what it would do

Acts as you (make auth); it needs what the delivery's build account has: see estates/filmlinkd/delivery.ts.
The same without make: npx tsx scripts/filmlinkd-rollback.ts [--env dev|prod] [--dry-run] [--yes]`;

command(
  HELP,
  async ({ options, dryRun, yes }) => {
    const environment = chosenEnvironment(options.env);
    const config = filmlinkdConfig();
    const { machines } = config[environment];
    const stem = environmentName('filmlinkd', environment);
    const variables = rolloutVariables({ ...config.shared, environment, machines, stem }, 'rollback');
    const tag = variables.TAG;
    const groups = Object.keys(machines).map((machine) => `${stem}-${machine}`);
    console.log(
      `${dryRun ? 'Would do' : 'Will do'}, in ${variables.PROJECT}:\n  - move the tag ${tag} to what ${tag}-previous is on\n  - replace, one after the other, each when all before are well: ${groups.join(', ')}\n`,
    );
    return endsHere({ dryRun, yes }) ?? rollOutHere(variables);
  },
  { env: 'value' },
);
