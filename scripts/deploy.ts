import { select } from '../rehearsal/runner/select';
import { readStacks, type Stack } from '../rehearsal/runner/stack';
import { command, runProgram } from './support/command';
import { chooseStacks, listing } from './support/stacks';

const HELP = `Deploys stacks with cdktf, together with the stacks that they depend on.

  make deploy STACKS='moshi-*-dev'        the chosen stacks and what they need; asks before it changes anything
  make deploy STACKS='...' DRY_RUN=1      only says what it would deploy
  make deploy STACKS='...' YES=1          does not ask

The same without make: npx tsx scripts/deploy.ts [--dry-run] [--yes] PATTERN...`;

command(
  HELP,
  ({ positionals, dryRun, yes }) => {
    const stacks = readStacks('cdktf.out');
    if (positionals.length === 0) {
      console.error(`Choose what to deploy, for example: make deploy STACKS='${[...stacks.keys()][0]}'\n\n${listing(stacks.values())}`);
      return 2;
    }
    const chosen = chooseStacks(stacks, positionals);
    const all = [...select(stacks, { patterns: positionals }).values()];
    const added = all.filter((stack) => !chosen.includes(stack));

    console.log(`Deploys, in this order:\n\n${listing(all)}\n`);
    if (added.length > 0) console.log(`Added, because chosen stacks depend on them: ${added.map(({ name }) => name).join(', ')}\n`);
    warnAboutLocalState(all);
    if (dryRun) {
      console.log('Nothing was deployed (dry run).');
      return 0;
    }
    const code = runProgram('node_modules/.bin/cdktf', ['deploy', ...all.map(({ name }) => name), ...(yes ? ['--auto-approve'] : [])], 'run npm ci');
    console.log(
      code === 0
        ? '\nNext: make plan, which must find nothing to change.'
        : '\nNot all was deployed. Mend what is named above and run the same command again: it goes on from there.',
    );
    return code;
  },
  {},
  { positionals: true },
);

function warnAboutLocalState(stacks: readonly Stack[]): void {
  const atRisk = stacks.filter(({ backend, protects }) => backend === 'local' && protects.length > 0);
  if (atRisk.length === 0) return;
  console.warn(
    `Warning: the state of ${atRisk.map(({ name }) => name).join(', ')} is kept on this machine only, in .state/, and protects data.\n` +
      'Set TF_CLOUD_ORGANIZATION, or shared.backend in estates.json, before others depend on it.\n',
  );
}
