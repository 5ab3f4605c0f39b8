import { select } from '../rehearsal/runner/select';
import { readStacks } from '../rehearsal/runner/stack';
import { command } from './support/command';
import { carryOut, chooseStacks, listing, nothingChosen, warnAboutLocalState } from './support/stacks';
import { refuseUnsafeStates } from './support/state/local-states';
import { forgetLocalPlaces } from './support/state/remembered-place';

const HELP = `Deploys stacks with cdktf, together with the stacks that they depend on.

  make deploy STACKS='moshi-*-dev'        the chosen stacks and what they need; asks before it changes anything
  make deploy STACKS='...' DRY_RUN=1      only says what it would deploy
  make deploy STACKS='...' YES=1          does not ask

The same without make: npx tsx scripts/deploy.ts [--dry-run] [--yes] PATTERN...`;

command(
  HELP,
  ({ positionals, ...how }) => {
    const stacks = readStacks('cdktf.out');
    if (positionals.length === 0) throw nothingChosen('deploy', stacks, [...stacks.values()][0]);
    const chosen = chooseStacks(stacks, positionals);
    const all = [...select(stacks, { patterns: positionals }).values()];
    const added = all.filter((stack) => !chosen.includes(stack));

    refuseUnsafeStates(all);
    console.log(`Deploys, in this order:\n\n${listing(all)}\n`);
    if (added.length > 0) console.log(`Added, because chosen stacks depend on them: ${added.map(({ name }) => name).join(', ')}\n`);
    warnAboutLocalState(all);
    if (!how.dryRun) forgetLocalPlaces(all);
    return carryOut('deploy', all, how, 'Next: make plan, which must find nothing to change.');
  },
  {},
  { positionals: true },
);
