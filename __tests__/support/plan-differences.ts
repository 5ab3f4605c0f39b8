import { isDeepStrictEqual } from 'node:util';

/** Terraform's JSON of a plan, as far as it is judged. */
export interface Plan {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly type: string;
    readonly change: { readonly actions: readonly string[]; readonly before: unknown; readonly after: unknown; readonly after_unknown: unknown };
  }[];
}

export interface Difference {
  readonly address: string;
  readonly type: string;
  /** `update`, or whatever else would be done to it. */
  readonly action: string;
  /** Path of the attribute, without the numbers of list elements. */
  readonly attribute: string;
  readonly before: unknown;
  /** `unknown` when only the apply would tell. */
  readonly after: unknown;
}

/** Attribute by attribute what a plan would change. */
export function differences({ resource_changes = [] }: Plan): Difference[] {
  return resource_changes
    .filter(({ change }) => !isDeepStrictEqual(change.actions, ['no-op']) && !isDeepStrictEqual(change.actions, ['read']))
    .flatMap(({ address, type, change }) => {
      const found =
        change.actions.join() === 'update' ? compare('', change.before, change.after, change.after_unknown) : [{ attribute: '*', before: '', after: '' }];
      return found.map((each) => ({ address, type, action: change.actions.join(), ...each }));
    });
}

type Found = Pick<Difference, 'attribute' | 'before' | 'after'>;

function compare(attribute: string, before: unknown, after: unknown, unknown: unknown): Found[] {
  if (unknown === true) return [{ attribute, before, after: 'unknown' }];
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(Object(unknown))]);
    return [...names].flatMap((name) => compare(attribute ? `${attribute}.${name}` : name, before[name], after[name], Object(unknown)[name]));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((each, i) => compare(attribute, each, after[i], Array.isArray(unknown) ? unknown[i] : undefined));
  }
  return isDeepStrictEqual(before, after) ? [] : [{ attribute, before, after }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
