import { UsageError } from '../../../rehearsal/runner/failure';

/** A state as Terraform writes it, as far as it tells one from another. */
export interface State {
  readonly lineage: string;
  readonly serial: number;
  readonly resources: readonly unknown[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** @param whose Stands in the message when it is no state. */
export function stateIn(text: string, whose: string): State {
  try {
    const { lineage, serial, resources, outputs = {} } = JSON.parse(text) as Partial<State>;
    if (typeof lineage === 'string' && typeof serial === 'number' && Array.isArray(resources)) return { lineage, serial, resources, outputs };
  } catch {
    // said below
  }
  throw new UsageError(`${whose} is no state that Terraform wrote.`);
}

/** Of the same resources and outputs, attribute by attribute; who wrote it, and how often, does not count. */
export function isSame(one: State, other: State): boolean {
  const content = ({ resources, outputs }: State) => JSON.stringify(sorted({ resources, outputs }));
  return content(one) === content(other);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}
