import { table } from '../rehearsal/runner/format';
import { readStacks } from '../rehearsal/runner/stack';
import { command, runProgram } from './support/command';
import { chooseStacks, listing, warnAboutLocalState } from './support/stacks';
import { refuseUnsafeStates } from './support/state/local-states';
import { forgetLocalPlaces } from './support/state/remembered-place';

const HELP = `Shows what a deployment would change, stack by stack. Changes nothing.

  make plan                               every stack
  make plan STACKS='moshi-*-dev'          the chosen stacks

A stack that reads another's outputs can be planned once that one is deployed.
The same without make: npx tsx scripts/plan.ts [--dry-run] [PATTERN...]`;

const TERRAFORM = 'install Terraform 1.11 or newer';

command(
  HELP,
  ({ positionals, dryRun }) => {
    const stacks = readStacks('cdktf.out');
    const chosen = positionals.length > 0 ? chooseStacks(stacks, positionals) : [...stacks.values()];
    warnAboutLocalState(chosen);
    if (dryRun) {
      console.log(`Would plan:\n\n${listing(chosen)}`);
      return 0;
    }
    refuseUnsafeStates(chosen);
    forgetLocalPlaces(chosen);
    const results = chosen.map(({ name, folder }) => {
      console.log(`\n== ${name}`);
      const initialized = runProgram('terraform', [`-chdir=${folder}`, 'init', '-input=false', '-no-color'], TERRAFORM) === 0;
      const code = initialized ? runProgram('terraform', [`-chdir=${folder}`, 'plan', '-input=false', '-detailed-exitcode'], TERRAFORM) : 1;
      return { name, result: code === 0 ? 'no changes' : code === 2 ? 'would change' : 'FAILED' };
    });
    console.log(`\n${table(results.map(({ name, result }) => [{ text: name }, { text: result }])).join('\n')}`);
    const failed = results.some(({ result }) => result === 'FAILED');
    console.log(failed ? '\nMend what is named above and plan again.' : "\nNext: make deploy STACKS='...' for what would change.");
    return failed ? 1 : 0;
  },
  {},
  { positionals: true },
);
