import { createHash } from 'node:crypto';
import { isRecord, type Values } from '../provider/values';

/** Where a provider's objects live: what its configuration says of project, region and account. */
export interface Site {
  /** For example `google`. */
  readonly provider: string;
  /** The provider block; empty during `terraform validate`. */
  readonly config: Values;
}

/** The account number of AWS's own documentation. */
const ACCOUNT = '123456789012';

/** `@region`, `@account`, `@host`: what scopes objects without being an argument of theirs. */
export function scope(name: string, { config }: Site): string {
  if (name === '@account') return ACCOUNT;
  const value = config[name.slice(1)];
  return typeof value === 'string' ? value : '';
}

/** Google numbers every project; the stand-in derives the number from the id. */
export function projectNumber(project: string): string {
  return digits(12, `project ${project}`);
}

export function hex(length: number, seed: string): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, length);
}

/** Decimal digits, the first one not 0. At most 24. */
export function digits(length: number, seed: string): string {
  const number = BigInt(`0x${hex(32, seed)}`)
    .toString()
    .padStart(length, '7');
  return `1${number.slice(-length + 1)}`;
}

/** `us-central1` of `projects/p/regions/us-central1`. */
export function lastSegment(value: string): string {
  return value.slice(value.lastIndexOf('/') + 1);
}

/** The value at a dotted path; a list on the way counts as its first element. */
export function at(values: unknown, path: string): unknown {
  let value = values;
  for (const name of path.split('.')) {
    if (Array.isArray(value)) value = value[0];
    if (!isRecord(value)) return undefined;
    value = value[name];
  }
  return value;
}

/** All values at a dotted path, through every element of the lists on the way. */
export function allAt(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((each) => allAt(each, path));
  const [name, ...rest] = path;
  if (name === undefined) return [value];
  return isRecord(value) ? allAt(value[name], rest) : [];
}
