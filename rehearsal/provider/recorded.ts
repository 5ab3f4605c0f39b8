import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ProviderSchema, Schema } from './schema';

export const SCHEMA_FOLDER = join(__dirname, '..', 'schemas');

export interface Recorded {
  /** For example `google`. */
  readonly name: string;
  /** For example `registry.terraform.io/hashicorp/google`. */
  readonly address: string;
  readonly version: string;
  readonly schema: ProviderSchema;
}

export interface RecordedOptions {
  /** For example `['google']`. @default all recorded */
  readonly providers?: readonly string[];
  /** Leave out all other resource and data source types. @default all recorded */
  readonly types?: ReadonlySet<string>;
}

/** The recorded schemas of real providers, see rehearsal/schemas/README.md. */
export function recordedProviders({ providers, types }: RecordedOptions = {}): Recorded[] {
  const files = readdirSync(SCHEMA_FOLDER).flatMap((file) => {
    const [, name, version] = /^(.+)-([\d.]+)\.json\.gz$/.exec(file) ?? [];
    return name && version ? [{ name, version }] : [];
  });
  const wanted = files.filter(({ name }) => !providers || providers.includes(name));
  const missing = providers?.filter((provider) => !wanted.some(({ name }) => name === provider)) ?? [];
  if (missing.length > 0) throw new Error(`no schema recorded for ${missing.join(', ')}; there is ${files.map(({ name }) => name).join(', ')}`);
  return wanted.map(({ name, version }) => {
    const [address = '', schema] = Object.entries(parse(`${name}-${version}`).provider_schemas)[0] ?? [];
    if (!schema) throw new Error(`rehearsal/schemas/${name}-${version}.json.gz describes no provider; record it again`);
    return { name, address, version, schema: types ? only(types, schema) : schema };
  });
}

const parsed = new Map<string, { provider_schemas: Record<string, ProviderSchema> }>();

function parse(stem: string): { provider_schemas: Record<string, ProviderSchema> } {
  const content = parsed.get(stem) ?? JSON.parse(gunzipSync(readFileSync(join(SCHEMA_FOLDER, `${stem}.json.gz`))).toString());
  parsed.set(stem, content);
  return content;
}

function only(types: ReadonlySet<string>, { provider, resource_schemas, data_source_schemas }: ProviderSchema): ProviderSchema {
  const pick = (schemas: Readonly<Record<string, Schema>> = {}) => Object.fromEntries(Object.entries(schemas).filter(([type]) => types.has(type)));
  return { provider, resource_schemas: pick(resource_schemas), data_source_schemas: pick(data_source_schemas) };
}
