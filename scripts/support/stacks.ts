import picomatch from 'picomatch';
import { UsageError } from '../../rehearsal/runner/failure';
import { table } from '../../rehearsal/runner/format';
import type { Stack, Stacks } from '../../rehearsal/runner/stack';

/** The stacks that match any of the patterns, such as `moshi-*-dev`. A pattern that matches nothing is an error. */
export function chooseStacks(stacks: Stacks, patterns: readonly string[]): Stack[] {
  const negated = patterns.find((pattern) => pattern.startsWith('!'));
  if (negated !== undefined) throw new UsageError(`${negated}: a choice cannot be negated; name the stacks that you want`);
  const matchers = patterns.map((pattern) => picomatch(pattern));
  const names = [...stacks.keys()];
  const useless = patterns.find((_, i) => !names.some((name) => matchers[i]?.(name)));
  if (useless !== undefined) throw new UsageError(`no stack is called ${useless}; there is\n  ${names.join('\n  ')}`);
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
