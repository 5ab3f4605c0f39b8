import * as z from 'zod';
import type { SecretNeed } from '../../../constructs/core/need';
import { UsageError } from '../../../rehearsal/runner/failure';

/** Docker reads a line of at most 64 KiB from an environment file, its name and "=" among them. */
const LONGEST = 65_000;

/** Why it is no value, or undefined. */
export function refusal(value: Buffer, { keys }: Pick<SecretNeed, 'keys'>): string | undefined {
  if (value.toString('latin1').trim() === '') return 'is empty';
  if (value.length > LONGEST) return `is longer than ${LONGEST} bytes, which is all that a container can be given`;
  if (keys === undefined) return undefined;
  return hasTexts(value, keys) ? undefined : `is no JSON object of these texts and no others: ${keys.join(', ')}`;
}

function hasTexts(value: Buffer, keys: readonly string[]): boolean {
  try {
    return z.strictObject(Object.fromEntries(keys.map((key) => [key, z.string().min(1)]))).safeParse(JSON.parse(value.toString())).success;
  } catch {
    return false;
  }
}

/**
 * The values of `NAME=value` lines, byte for byte: nothing is unquoted or trimmed but the line end. Empty lines say nothing.
 * @throws UsageError with every problem, before anything is done. It names lines and never shows one: who forgot the name wrote a value.
 */
export function readValueLines(input: Buffer, secrets: readonly Pick<SecretNeed, 'name' | 'keys'>[]): ReadonlyMap<string, Buffer> {
  const problems: string[] = [];
  const values = new Map<string, Buffer>();
  for (const [i, line] of input.toString('latin1').split('\n').entries()) {
    const text = line.replace(/\r$/, '');
    if (text.trim() === '') continue;
    const at = text.indexOf('=');
    const secret = secrets.find((one) => one.name === text.slice(0, Math.max(at, 0)));
    const value = Buffer.from(text.slice(at + 1), 'latin1'); // bytes in, the same bytes out
    const reason = secret && refusal(value, secret);
    if (secret === undefined) problems.push(`line ${i + 1} starts with none of these names and "="`);
    else if (values.has(secret.name)) problems.push(`line ${i + 1}: ${secret.name} was there before`);
    else if (reason !== undefined) problems.push(`line ${i + 1}: the value of ${secret.name} ${reason}`);
    else values.set(secret.name, value);
  }
  if (problems.length > 0)
    throw new UsageError(`${problems.join('\n')}\nThere is ${[...new Set(secrets.map(({ name }) => name))].join(', ')}. Nothing was added.`);
  return values;
}
