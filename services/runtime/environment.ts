import type * as z from 'zod';
import { looksSecret } from './secrets';

/** A process was started with an environment that it cannot work with. The message lists every problem. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

const LONGEST_VALUE = 60;

/**
 * The environment as `schema` gives it. Throws one {@link EnvironmentError} with a line for every problem: the variable, what was found
 * (nothing of what looks secret), what was expected, how to mend it.
 */
export function parseEnvironment<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv = process.env): z.output<S> {
  const { success, data, error } = schema.safeParse(env);
  if (success) return data;
  const lines = error.issues.map((issue) => `  ${problem(issue, env)}`);
  throw new EnvironmentError(`The environment is not usable, ${lines.length} ${lines.length === 1 ? 'problem' : 'problems'}:\n${lines.join('\n')}`);
}

function problem({ path, message }: z.core.$ZodIssue, env: NodeJS.ProcessEnv): string {
  const [variable, ...inside] = path.map(String);
  if (variable === undefined) return message;
  const value = env[variable];
  const where = inside.length > 0 ? `${variable} (at ${inside.join('.')})` : variable;
  if (value === undefined)
    return `${where}: ${/^is missing\b/.test(message) ? message : `is missing; ${message}`}. Set ${variable} where this process is started.`;
  const part = inside.length > 0 ? partOf(value, inside) : value;
  const isSecret = [...path.map(String)].some((name) => looksSecret(name)) || looksSecret('', String(part));
  const found = isSecret ? `a value of ${value.length} characters, which is not shown` : foundText(part, message);
  return `${where}: found ${found}; ${expectation(message, value, isSecret)}. Change ${variable} where this process is started.`;
}

/** What stands inside JSON text at a path. */
function partOf(text: string, path: readonly string[]): unknown {
  try {
    return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], JSON.parse(text));
  } catch {
    return undefined;
  }
}

function foundText(part: unknown, message: string): string {
  // whatever stands in broken JSON may be secret: names cannot be told from values any more
  if (message.startsWith('not JSON')) return `${String(part).length} characters of text`;
  if (typeof part === 'object' && part !== null) return Array.isArray(part) ? 'a list' : 'an object';
  const text = part === undefined ? 'nothing' : JSON.stringify(part);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}..." (${text.length} characters)` : text;
}

/** The schema's words, without what they quote of a value that must not be shown. */
function expectation(message: string, value: string, isSecret: boolean): string {
  const plain = message.startsWith('not JSON') ? message.replace(/(, )?(\.{3})?"[\s\S]*"(\.{3})? is not valid JSON/, ' is not expected there') : message;
  if (!isSecret) return plain;
  const quoted = 4;
  for (let start = 0; start + quoted <= value.length; start++) {
    if (plain.includes(value.slice(start, start + quoted))) return 'not what is expected';
  }
  return plain;
}
