/**
 * Does `work` for every node after all those it needs, independent ones side by side.
 *
 * @param needs Nodes with what each needs; needs outside the graph count as met. Must be acyclic (cdktf refuses cycles at synth).
 * @param limit How many run at a time.
 * @param work Whether it went well: nodes that need one that did not are skipped.
 * @returns The skipped nodes, each with the need that was not met.
 */
export async function inOrder(
  needs: ReadonlyMap<string, Iterable<string>>,
  limit: number,
  work: (node: string) => Promise<boolean>,
): Promise<ReadonlyMap<string, string>> {
  const skipped = new Map<string, string>();
  const slots = new Slots(limit);
  const results = new Map<string, Promise<boolean>>();

  const result = (node: string): Promise<boolean> => {
    const known = results.get(node);
    if (known) return known;
    const promise = afterNeeds(node);
    results.set(node, promise);
    return promise;
  };
  const afterNeeds = async (node: string): Promise<boolean> => {
    const inGraph = [...(needs.get(node) ?? [])].filter((need) => needs.has(need));
    const met = await Promise.all(inGraph.map(result));
    const unmet = inGraph[met.indexOf(false)];
    if (unmet === undefined) return slots.use(() => work(node));
    skipped.set(node, unmet);
    return false;
  };

  // All of them end before the first error is passed on: nothing may still run when the caller cleans up.
  const settled = await Promise.allSettled([...needs.keys()].map(result));
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
  return skipped;
}

/** The same graph with every edge turned round: the order of tearing down. */
export function reversed(needs: ReadonlyMap<string, Iterable<string>>): ReadonlyMap<string, ReadonlySet<string>> {
  const turned = new Map([...needs.keys()].map((node) => [node, new Set<string>()]));
  for (const [node, needed] of needs) for (const need of needed) turned.get(need)?.add(node);
  return turned;
}

class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
