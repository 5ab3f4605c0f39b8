import type { z } from 'zod';

/** One thing that is wrong with the config. */
export interface Problem {
  readonly file: string;
  /** Where, for example `prod.server.subnet` or `prod.websiteHosts[2]`. */
  readonly path: string;
  /** The value as JSON, cut when it is long; absent when there is none. */
  readonly value?: string;
  /** What was expected, or how to mend it. */
  readonly message: string;
}

/** What zod found, in the words of somebody who edits the file. `defaults` tells which keys exist. */
export function problemsOf(error: z.ZodError, config: unknown, defaults: unknown): Omit<Problem, 'file'>[] {
  return error.issues.flatMap((issue) => {
    const value = valueAt(config, issue.path);
    if (issue.code === 'unrecognized_keys') {
      const known = Object.keys(Object(valueAt(defaults, issue.path)));
      return issue.keys.map((key) => ({
        path: pathOf([...issue.path, key]),
        message: `not a known key${known.length > 0 ? `; the defaults have ${known.join(', ')}` : ''}`,
      }));
    }
    const message = messageOf(issue);
    if (value === undefined) return [{ path: pathOf(issue.path), message: `missing; ${message.replace(/^not (?=an? )/, 'expected ')}` }];
    return [{ path: pathOf(issue.path), value: shorten(JSON.stringify(value)), message }];
  });
}

/** The schema's own words where it has them; zod's default texts name types. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input'))
    return `must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
  return issue.message;
}

/** The message a person reads: one table per file, then where the values come from. */
export function reportOf(problems: readonly Problem[], overrideFile: string | undefined): string {
  const files = [...new Set(problems.map(({ file }) => file))];
  const tables = files.map((file) => {
    const rows = problems.filter((problem) => problem.file === file);
    const width = Math.max(...rows.map(({ path }) => path.length));
    const valueWidth = Math.max(...rows.map(({ value = '' }) => value.length));
    const lines = rows.map(({ path, value = '', message }) => `  ${path.padEnd(width)}   ${value.padEnd(valueWidth)}   ${message}`);
    return `${file} is not usable, ${rows.length === 1 ? '1 problem' : `${rows.length} problems`}:\n${lines.join('\n')}`;
  });
  const defaults = files.filter((file) => file !== overrideFile);
  const sources = [
    ...(defaults.length > 0 ? defaults : []),
    overrideFile ? `${overrideFile} (the override file; ESTATES_CONFIG names another)` : 'no override file (estates.json, or what ESTATES_CONFIG names)',
  ];
  return `${tables.join('\n')}\nNothing was written. Values come from ${sources.join(' and ')}.`;
}

function pathOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '(the whole estate)';
  return path.reduce<string>((text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key)), '');
}

/** Values are there to be recognized, not read. */
function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined), root);
}
