import picomatch from 'picomatch';
import { UsageError } from '../../rehearsal/runner/failure';
import { table } from '../../rehearsal/runner/format';
import type { Stack, Stacks } from '../../rehearsal/runner/stack';
import { type CommandLine, runProgram } from './command';
import { whyAbsent } from './estate-stacks';

/** The stacks that match any of the patterns, such as `moshi-*-dev`. A pattern that matches nothing is an error. */
export function chooseStacks(stacks: Stacks, patterns: readonly string[]): Stack[] {
  const negated = patterns.find((pattern) => pattern.startsWith('!'));
  if (negated !== undefined) throw new UsageError(`${negated}: a choice cannot be negated; name the stacks that you want`);
  const matchers = patterns.map((pattern) => picomatch(pattern));
  const names = [...stacks.keys()];
  const useless = patterns.find((_, i) => !names.some((name) => matchers[i]?.(name)));
  if (useless !== undefined) throw new UsageError(`no stack is called ${useless}${whyAbsent(useless, names)}; there is\n  ${names.join('\n  ')}`);
  return [...stacks.values()].filter(({ name }) => matchers.some((matches) => matches(name)));
}

/** Stacks outside the choice that depend on something in it. */
export function dependents(stacks: Stacks, chosen: readonly Stack[]): Stack[] {
  const names = new Set(chosen.map(({ name }) => name));
  return [...stacks.values()].filter((stack) => !names.has(stack.name) && stack.dependencies.some((name) => names.has(name)));
}

/** The stacks as people compare them. */
export function listing(stacks: Iterable<Stack>): string {
  const rows = [...stacks].map(({ name, resources, protects, backend, dependencies }) => [
    name,
    `${resources.size}`,
    `${protects.length || '-'}`,
    backend,
    dependencies.join(' ') || '-',
  ]);
  const cells = [['stack', 'resources', 'protected', 'state', 'needs'], ...rows].map((row) => row.map((text) => ({ text })));
  return table(cells)
    .map((line) => `  ${line}`)
    .join('\n');
}

/** Says which stacks would lose what they protect with this machine. */
export function warnAboutLocalState(stacks: readonly Stack[]): void {
  const atRisk = stacks.filter(({ backend, protects }) => backend === 'local' && protects.length > 0);
  if (atRisk.length === 0) return;
  console.warn(
    `Warning: the state of ${atRisk.map(({ name }) => name).join(', ')} is kept on this machine only, in .state/, and protects data.\n` +
      'Set TF_CLOUD_ORGANIZATION, or shared.backend in estates.json, and make bootstrap, before others depend on it.\n',
  );
}

/** Nothing is chosen: shows what there is, with one of it as an example. */
export function nothingChosen(action: 'deploy' | 'destroy', stacks: Stacks, example: Stack | undefined): UsageError {
  return new UsageError(`Choose what to ${action}, for example: make ${action} STACKS='${example?.name}'\n\n${listing(stacks.values())}`);
}

/** Lets cdktf do it with these stacks, unless it is a dry run. @param next Said when all is done. */
export function carryOut(action: 'deploy' | 'destroy', stacks: readonly Stack[], { dryRun, yes }: Pick<CommandLine, 'dryRun' | 'yes'>, next: string): number {
  if (dryRun) {
    console.log(`Nothing was ${action}ed (dry run).`);
    return 0;
  }
  const code = runProgram('node_modules/.bin/cdktf', [action, ...stacks.map(({ name }) => name), ...(yes ? ['--auto-approve'] : [])], 'run npm ci');
  console.log(`\n${code === 0 ? next : `Not all was ${action}ed. Mend what is named above and run the same command again: it goes on from there.`}`);
  return code;
}
