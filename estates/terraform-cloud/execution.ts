import type { Execution } from '../../config/terraform-cloud';
import type { EstateStack } from '../../constructs/core/estate-stack';
import { nearest } from '../../constructs/core/nearest';
import { providersOf } from '../../constructs/core/stack-graph';

/** What these providers talk to admits somebody's own addresses and keys only. */
const OUT_OF_REACH = ['docker', 'kubernetes'];

type Patterns = Readonly<Record<string, Execution>>;

/** Where the runs of a stack are: as the first pattern says that matches its name. */
export function executionOf(stack: EstateStack, patterns: Patterns): Execution {
  return chosenFor(stack.node.id, patterns) ?? (providersOf(stack).some((provider) => OUT_OF_REACH.includes(provider)) ? 'local' : 'remote');
}

/** What somebody chose for the stack of this name, if anybody did. */
export function chosenFor(name: string, patterns: Patterns): Execution | undefined {
  return Object.entries(patterns).find(([pattern]) => matches(pattern, name))?.[1];
}

/** What is wrong with patterns of no stack: somebody meant one. */
export function patternProblems(patterns: Patterns, stacks: readonly EstateStack[]): string[] {
  const names = stacks.map(({ node }) => node.id);
  const unmatched = Object.keys(patterns).filter((pattern) => !names.some((name) => matches(pattern, name)));
  return unmatched.map((pattern) => {
    if (pattern.startsWith('terraform-cloud')) return `names ${pattern}: these are always local, because only a person applies them. Take it out`;
    const near = nearest(pattern, names, 3);
    return `names a stack that does not exist: ${pattern}${near.length > 0 ? `; nearest: ${near.join(', ')}` : ''}`;
  });
}

function matches(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name);
}
