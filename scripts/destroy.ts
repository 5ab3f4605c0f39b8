import { UsageError } from '../rehearsal/runner/failure';
import { readStacks } from '../rehearsal/runner/stack';
import { command, outputOf } from './support/command';
import { carryOut, chooseStacks, dependents, listing, nothingChosen } from './support/stacks';
import { refuseUnsafeStates } from './support/state/local-states';
import { forgetLocalPlaces } from './support/state/remembered-place';

const HELP = `Destroys stacks with cdktf. What is protected is refused: that takes a config change which is deployed first.

  make destroy STACKS='moshi-*-dev'       the chosen stacks; asks before it destroys anything
  make destroy STACKS='...' DRY_RUN=1     only says what it would destroy
  make destroy STACKS='...' YES=1         does not ask

The same without make: npx tsx scripts/destroy.ts [--dry-run] [--yes] PATTERN...`;

const TERRAFORM = 'install Terraform 1.11 or newer';

command(
  HELP,
  ({ positionals, ...how }) => {
    const stacks = readStacks('cdktf.out');
    if (positionals.length === 0) throw nothingChosen('destroy', stacks, [...stacks.values()].at(-1));
    const chosen = chooseStacks(stacks, positionals);
    const needed = dependents(stacks, chosen);
    if (needed.length > 0) {
      throw new UsageError(`What you chose is still needed by ${needed.map(({ name }) => name).join(', ')}: destroy that first, or name it in STACKS too.`);
    }
    const held = chosen.filter(({ protects }) => protects.length > 0);
    if (held.length > 0) {
      throw new UsageError(
        `Protected, nothing was destroyed:\n${held.map(({ name, protects }) => `  ${name}\n    ${protects.join('\n    ')}`).join('\n')}\n` +
          'To tear it down: 1. set "protection": "off" for that environment in estates.json and make deploy it; 2. make destroy again.',
      );
    }

    refuseUnsafeStates(chosen);
    forgetLocalPlaces(chosen);
    const deployed = chosen.filter(({ folder }) => deployedProtection(folder) === 'on');
    if (deployed.length > 0) {
      throw new UsageError(
        `Deployed with protection on, nothing was destroyed: ${deployed.map(({ name }) => name).join(', ')}.\n` +
          `Your config has it off: make deploy that first, then make destroy again.`,
      );
    }

    console.log(`Destroys, last one first:\n\n${listing([...chosen].reverse())}\n`);
    return carryOut('destroy', chosen, how, 'Done.');
  },
  {},
  { positionals: true },
);

/** The stack's own word in its state: config alone does not take protection away. Undefined when it is not deployed. */
function deployedProtection(folder: string): string | undefined {
  outputOf('terraform', [`-chdir=${folder}`, 'init', '-input=false', '-no-color'], TERRAFORM);
  return JSON.parse(outputOf('terraform', [`-chdir=${folder}`, 'output', '-json'], TERRAFORM)).PROTECTION?.value;
}
