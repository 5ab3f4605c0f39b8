import { FetchFailure } from './failure';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Objects and lists in each other: far more than a document has, far less than what reads it by recursion can bear. */
export const DEEPEST = 200;

export const isJsonObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What stands in the bytes. Messages quote nothing of it: it may hold secrets. */
export function json(bytes: Uint8Array): JsonObject {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notJson(bytes, ', and not even text in UTF-8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw notJson(bytes, place(text, (error as Error).message));
  }
  if (!isJsonObject(value)) throw new FetchFailure(`holds ${Array.isArray(value) ? 'a list' : 'a single value'}, must hold a JSON object`, false);
  if (isTooDeep(value)) throw new FetchFailure(`has more than ${DEEPEST} objects and lists in each other`, false);
  return value;
}

export function isTooDeep(value: Json): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? (Object.values(one) as Json[]) : []));
  }
  return false;
}

function notJson({ length }: Uint8Array, more: string): FetchFailure {
  return new FetchFailure(length === 0 ? 'is empty, must hold a JSON object' : `is not JSON: ${length} bytes${more}`, false);
}

/** Where it stops being JSON, as far as the parser says. */
function place(text: string, message: string): string {
  if (/end of JSON|Unterminated/i.test(message)) return ', cut off at the end';
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return `, wrong at line ${before.length}, column ${(before.at(-1) as string).length + 1}`;
}
