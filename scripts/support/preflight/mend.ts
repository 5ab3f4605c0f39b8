import type { Finding } from './finding';

/** A command, and whom it mends. */
export interface Mend {
  readonly command: string;
  readonly mends: readonly string[];
}

/**
 * Every command once, in an order that is right for all findings: what one of them wants first stands first, even where another,
 * which has it already, was found before. Otherwise as they were found.
 */
export function mendsOf(findings: readonly Finding[]): Mend[] {
  const mends = new Map<string, string[]>();
  const firsts = new Map<string, Set<string>>();
  for (const { what, mend } of findings) {
    for (const [i, command] of mend.entries()) {
      const whom = mends.get(command) ?? [];
      mends.set(command, whom.includes(what) ? whom : [...whom, what]);
      const first = firsts.get(command) ?? new Set();
      firsts.set(command, first);
      for (const earlier of mend.slice(0, i)) first.add(earlier);
    }
  }
  const ordered: Mend[] = [];
  const left = new Map(mends);
  while (left.size > 0) {
    const ready = [...left.keys()].find((command) => ![...(firsts.get(command) ?? [])].some((first) => left.has(first) && first !== command));
    const [command, whom] = ready === undefined ? ([...left][0] as [string, string[]]) : [ready, left.get(ready) as string[]];
    left.delete(command);
    ordered.push({ command, mends: whom });
  }
  return ordered;
}
