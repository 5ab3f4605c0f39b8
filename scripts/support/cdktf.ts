import { UsageError } from '../../rehearsal/runner/failure';
import type { Stack, Stacks } from '../../rehearsal/runner/stack';
import { type CommandLine, runProgram } from './command';
import { listing } from './stacks';

type Action = 'deploy' | 'destroy';

/** Nothing is chosen: shows what there is, with one of it as an example. */
export function nothingChosen(action: Action, stacks: Stacks, example: Stack | undefined): UsageError {
  return new UsageError(`Choose what to ${action}, for example: make ${action} STACKS='${example?.name}'\n\n${listing(stacks.values())}`);
}

/** Lets cdktf do it with these stacks, unless it is a dry run. @param next Said when all is done. */
export function carryOut(action: Action, stacks: readonly Stack[], { dryRun, yes }: Pick<CommandLine, 'dryRun' | 'yes'>, next: string): number {
  if (dryRun) {
    console.log(`Nothing was ${action}ed (dry run).`);
    return 0;
  }
  const code = runProgram('node_modules/.bin/cdktf', [action, ...stacks.map(({ name }) => name), ...(yes ? ['--auto-approve'] : [])], 'run npm ci');
  console.log(`\n${code === 0 ? next : `Not all was ${action}ed. Mend what is named above and run the same command again: it goes on from there.`}`);
  return code;
}
