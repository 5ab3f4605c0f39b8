import picomatch from 'picomatch';
import { UsageError } from './failure';
import type { Stack, Stacks } from './stack';

export interface Choice {
  /** One estate's stacks. */
  readonly estate?: string;
  /** Names or patterns as cdktf takes them, such as `moshi-*-{shared,dev}`; none: every stack. */
  readonly patterns: readonly string[];
}

/** The chosen stacks and all that they depend on. Empty when nothing matches. */
export function select(stacks: Stacks, { estate, patterns }: Choice): Stacks {
  const matches = patterns.length > 0 ? picomatch([...patterns]) : () => true;
  const chosen = new Map<string, Stack>();
  const add = (stack: Stack | undefined) => {
    if (!stack || chosen.has(stack.name)) return;
    chosen.set(stack.name, stack);
    for (const dependency of stack.dependencies) add(stacks.get(dependency));
  };
  for (const stack of stacks.values()) {
    if ((!estate || stack.name.startsWith(`${estate}-`)) && matches(stack.name)) add(stack);
  }
  return new Map([...stacks].filter(([name]) => chosen.has(name)));
}

/** Like {@link select}; choosing nothing is an error that lists what there is. */
export function selectSome(stacks: Stacks, choice: Choice): Stacks {
  const unusable = choice.patterns.find((pattern) => pattern === '' || pattern.startsWith('!'));
  if (unusable !== undefined) throw new UsageError(`--stack '${unusable}': name the stacks that you want; a choice cannot be empty or negated`);
  const selected = select(stacks, choice);
  if (selected.size > 0) return selected;
  const asked = [...(choice.estate ? [`estate '${choice.estate}'`] : []), ...choice.patterns.map((pattern) => `'${pattern}'`)].join(', ');
  throw new UsageError(`no stack matches ${asked}; there is\n  ${[...stacks.keys()].join('\n  ')}`);
}
