import { SECRET_REFERENCE } from '../contracts/egf2-config';
import { FetchFailure } from './failure';
import { isJsonObject, type Json, type JsonObject } from './json';
import type { Patience } from './patience';

const SCHEME = 'secretsmanager:';

/** The text of a secret by its name. */
export type ReadSecret = (name: string, signal: AbortSignal) => Promise<string>;

export interface Resolved {
  /** With the values; a reference that has none stays. */
  readonly document: JsonObject;
  /** Dotted paths of the values that were put in. */
  readonly secret: ReadonlySet<string>;
  readonly problems: readonly string[];
}

/** All references, with their dotted paths. */
export function references(document: JsonObject): readonly { readonly path: string; readonly text: string }[] {
  const found: { path: string; text: string }[] = [];
  mapped(document, (text, path) => {
    if (text.startsWith(SCHEME)) found.push({ path, text });
    return text;
  });
  return found;
}

/** `document` with the values of the secrets that it refers to. Each secret is asked for once. */
export async function withSecrets(document: JsonObject, read: ReadSecret, patience: Patience): Promise<Resolved> {
  const found = references(document);
  const problems: string[] = [];
  const values = new Map<string, Json>(); // by reference: two places may have one dotted path
  const secret = new Set<string>();
  const paths = new Map<string, { readonly path: string; readonly text: string }[]>();
  for (const { path, text } of found) {
    const name = SECRET_REFERENCE.exec(text)?.[1];
    if (name === undefined) problems.push(`${path}: found a reference that names no secret; must be ${SCHEME}<name> or ${SCHEME}<name>#<key>`);
    else paths.set(name, [...(paths.get(name) ?? []), { path, text }]);
  }
  await Promise.all(
    [...paths].map(async ([name, at]) => {
      try {
        const value = await patience.with((signal) => read(name, signal));
        for (const { path, text } of at) {
          const part = partOf(value, SECRET_REFERENCE.exec(text)?.[2]);
          if (part === undefined) problems.push(`${path}: the secret ${name} has no text or number at that key; must be a JSON object that has it`);
          else {
            values.set(text, part);
            secret.add(path);
          }
        }
      } catch (error) {
        if (!(error instanceof FetchFailure)) throw error;
        problems.push(`${at.map(({ path }) => path).join(', ')}: the secret ${name}: ${error.message}`);
      }
    }),
  );
  return { document: mapped(document, (text) => values.get(text) ?? text) as JsonObject, secret, problems };
}

/** The secret itself, or what stands at a key of it. */
function partOf(text: string, key: string | undefined): string | number | undefined {
  if (key === undefined) return text;
  try {
    const value: unknown = JSON.parse(text);
    const part = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    return typeof part === 'string' || typeof part === 'number' ? part : undefined;
  } catch {
    return undefined;
  }
}

/** A copy with another value for each text. */
function mapped(value: Json, change: (text: string, path: string) => Json, path: readonly (string | number)[] = []): Json {
  if (typeof value === 'string') return change(value, path.join('.'));
  if (Array.isArray(value)) return value.map((item: Json, index) => mapped(item, change, [...path, index]));
  if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, change, [...path, key])]));
  return value;
}
