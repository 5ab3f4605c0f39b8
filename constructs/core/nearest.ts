/** The names that differ least from one that is not among them, the nearest first. */
export function nearest(name: string, names: readonly string[], most: number): string[] {
  const measured = names.map((each) => ({ each, far: distance(name, each) }));
  return measured
    .sort((a, b) => a.far - b.far || (a.each < b.each ? -1 : 1))
    .slice(0, most)
    .map(({ each }) => each);
}

/** How many letters must be put in, taken out or changed (Levenshtein). */
function distance(from: string, to: string): number {
  let row = [...Array(to.length + 1).keys()];
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries())
      next.push(Math.min((next[j] as number) + 1, (row[j + 1] as number) + 1, (row[j] as number) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row.at(-1) as number;
}
