import { EGF2_CONFIGS } from '../contracts/egf2-config';
import type { ServiceName } from '../contracts/egf2-services';
import { looksSecret } from '../runtime/secrets';
import type { Json, JsonObject } from './json';

const LONGEST_VALUE = 60;

export interface Checked {
  readonly service: ServiceName;
  /** Dotted paths of what is never shown. */
  readonly secret: ReadonlySet<string>;
  /** Options that the environment gave. */
  readonly overrides: JsonObject;
}

/** What is wrong with a document, a line each: where, what was found, what was expected. */
export function problemsOf(document: JsonObject, { service, secret, overrides }: Checked): string[] {
  const { error } = EGF2_CONFIGS[service].safeParse(document);
  return (error?.issues ?? []).map(({ path, message }) => {
    const keys = path.map(String);
    const where = `${keys.join('.')}${Object.hasOwn(overrides, keys[0] ?? '') ? ` (given by egf_${keys[0]})` : ''}`;
    const value = keys.reduce<unknown>((part, key) => (part as JsonObject | undefined)?.[key], document) as Json | undefined;
    const isSecret = secret.has(keys.join('.')) || keys.some((key) => looksSecret(key));
    return `${where}: ${value === undefined ? 'is not there' : `found ${shown(value, isSecret)}`}; ${message}`;
  });
}

function shown(value: Json, isSecret: boolean): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value);
  if (isSecret || looksSecret('', String(value)))
    return typeof value === 'string' ? `${value.length} characters, which are not shown` : `a ${typeof value}, which is not shown`;
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}..." (${text.length - 2} characters)` : text;
}
