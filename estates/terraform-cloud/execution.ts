import type { Execution } from '../../config/terraform-cloud';
import type { EstateStack } from '../../constructs/core/estate-stack';
import { providersOf } from '../../constructs/core/stack-graph';

/** What these providers talk to admits somebody's own addresses and keys only. */
const OUT_OF_REACH = ['docker', 'kubernetes'];

/** Where the runs of a stack are: as the first pattern says that matches its name. */
export function executionOf(stack: EstateStack, patterns: Readonly<Record<string, Execution>>): Execution {
  const [, chosen] = Object.entries(patterns).find(([pattern]) => matches(pattern, stack.node.id)) ?? [];
  return chosen ?? (providersOf(stack).some((provider) => OUT_OF_REACH.includes(provider)) ? 'local' : 'remote');
}

/** Patterns of no stack: somebody meant one. */
export function unmatchedPatterns(patterns: Readonly<Record<string, Execution>>, stacks: readonly EstateStack[]): string[] {
  return Object.keys(patterns).filter((pattern) => !stacks.some((stack) => matches(pattern, stack.node.id)));
}

function matches(pattern: string, name: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name);
}
