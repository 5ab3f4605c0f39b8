import type { Attribute, Block, Path } from './schema';
import { mapAttributes } from './schema';
import { isRecord, same, UNKNOWN, type Value } from './values';

export interface PlanInput {
  readonly block: Block;
  readonly prior: Value;
  /** Terraform's merge of config and prior state; null is a destroy. */
  readonly proposed: Value;
  /** Values the provider derives at plan time, such as its default project. */
  readonly derive: (planned: Value) => Value;
}

/** What a provider without surprises plans: on create what it computes is unknown; on update what it computed before stays. */
export function plan({ block, prior, proposed, derive }: PlanInput): Value {
  if (!isRecord(proposed)) return proposed;
  const derived = derive(mapAttributes(block, proposed, ({ write_only }, value) => (write_only ? null : value)));
  if (same(derived, prior)) return prior;
  return mapAttributes(block, derived, (attribute, value) => (value === null && isComputed(attribute) ? UNKNOWN : value));
}

function isComputed({ computed, write_only }: Attribute): boolean {
  return computed === true && !write_only;
}

/**
 * Where in the plan one of these arguments (a dot leads into a block) differs from what exists: the object must be replaced.
 * @param sparse what an import could not tell is null or empty in `prior`, and has not changed
 */
export function replacements(args: readonly string[], prior: Value, planned: Value, sparse = false): Path[] {
  if (!isRecord(prior) || !isRecord(planned)) return [];
  const told = args.filter((argument) => !sparse || !isEmpty(prior[argument.split('.')[0] as string]));
  return told.flatMap((argument) => differences(argument.split('.'), prior, planned, []));
}

function isEmpty(value: Value | undefined): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

function differences(names: readonly string[], prior: Value, planned: Value, path: Path): Path[] {
  const [name, ...rest] = names;
  if (name !== undefined && Array.isArray(prior) && Array.isArray(planned)) {
    if (prior.length !== planned.length) return [path];
    return planned.flatMap((each, i) => differences(names, prior[i] as Value, each, [...path, i]));
  }
  if (name === undefined || !isRecord(prior) || !isRecord(planned)) return same(prior, planned) ? [] : [path];
  return differences(rest, prior[name] ?? null, planned[name] ?? null, [...path, name]);
}
