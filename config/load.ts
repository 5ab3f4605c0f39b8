import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import { type Adoption, adoptionsOf } from './adopt';
import { mergePatch } from './merge';
import { type Problem, problemsOf, reportOf } from './problems';
import { SECTION_NAMES } from './sections';

/** What an estate brings: its schema, and the values that hold unless the override file says otherwise. */
export interface EstateConfig {
  readonly name: string;
  readonly schema: z.ZodType;
  readonly values: unknown;
}

export interface LoadOptions {
  /** The process's environment: ESTATES_CONFIG, TF_CLOUD_ORGANIZATION and TF_CLOUD_HOSTNAME are read, nothing else. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The repository's root. */
  readonly root: string;
}

/** Terraform Cloud or Enterprise, by Terraform's own variables. */
export interface TerraformCloud {
  readonly organization: string;
  readonly hostname?: string;
}

export interface Config {
  /** Validated values by estate. */
  readonly estates: Readonly<Record<string, unknown>>;
  /** What the override file says, as it stands: nothing without one. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** What runs already and is taken over. */
  readonly adoptions: readonly Adoption[];
  /** Set: every stack keeps its state there, whatever the estate's `backend` says. */
  readonly terraformCloud?: TerraformCloud;
  /** Estates whose `shared.backend` names a bucket that does not count, because Terraform Cloud is set. */
  readonly unusedBackends: readonly string[];
}

/** The config is not usable; the message lists every problem, where it is and what was expected. */
export class ConfigError extends Error {}

/** Defaults, patched by the override file, validated; sections of it that are about others are left alone. Throws {@link ConfigError} with all problems. */
export function loadConfig(estates: readonly EstateConfig[], { env, root }: LoadOptions): Config {
  const file = overrideFile(env, root);
  const overrides = file ? readOverrides(resolve(root, file), file) : {};
  const problems: Problem[] = [];

  for (const name of Object.keys(overrides)) {
    if (!SECTION_NAMES.includes(name)) problems.push({ file: file ?? '', path: name, message: `not an estate; there is ${SECTION_NAMES.join(', ')}` });
  }
  const values: Record<string, unknown> = {};
  for (const { name, schema, values: defaults } of estates) {
    const merged = name in overrides ? mergePatch(defaults, overrides[name]) : defaults;
    const result = schema.safeParse(merged);
    if (result.success) values[name] = result.data;
    else problems.push(...problemsOf(result.error, merged, defaults).map((problem) => ({ file: `config/${name}.ts`, ...problem })));
  }
  for (const [name, pattern] of Object.entries(ENVIRONMENT)) {
    const value = env[name];
    if (value && !pattern.test(value))
      problems.push({ file: 'the environment', path: name, value: JSON.stringify(value), message: 'not a name that Terraform Cloud can have' });
  }
  if (problems.length > 0) throw new ConfigError(reportOf(problems, file));
  const { TF_CLOUD_ORGANIZATION: organization, TF_CLOUD_HOSTNAME: hostname } = env;
  return deepFreeze({
    estates: values,
    overrides,
    adoptions: adoptionsOf(values),
    unusedBackends: organization ? Object.keys(values).filter((name) => namesBucket(values[name])) : [],
    ...(organization && { terraformCloud: { organization, ...(hostname && { hostname }) } }),
  });
}

function namesBucket(estate: unknown): boolean {
  const { shared } = Object(estate) as { shared?: { backend?: { bucket?: string } } };
  return shared?.backend?.bucket !== undefined;
}

/** What Terraform's own variables may hold: it ends up in the JSON. */
const ENVIRONMENT = { TF_CLOUD_ORGANIZATION: /^[A-Za-z0-9_-]{3,40}$/, TF_CLOUD_HOSTNAME: /^[A-Za-z0-9.-]+(:\d+)?$/ };

/** The override file's name as the user knows it, or undefined: a repository without one is complete. */
function overrideFile(env: LoadOptions['env'], root: string): string | undefined {
  if (env.ESTATES_CONFIG) return env.ESTATES_CONFIG;
  return existsSync(resolve(root, 'estates.json')) ? 'estates.json' : undefined;
}

function readOverrides(path: string, shown: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new ConfigError(`${shown} (ESTATES_CONFIG) cannot be read: is the path right? It is taken from the repository's root.\nNothing was written.`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\uFEFF/, '')); // some editors begin a file with a byte order mark
  } catch (error) {
    throw new ConfigError(`${shown} is not JSON: ${(error as Error).message}\nNothing was written.`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ConfigError(
      `${shown} must hold an object with one key per estate, such as { "moshi": { "shared": { "project": "..." } } }\nNothing was written.`,
    );
  }
  return parsed as Record<string, unknown>;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
