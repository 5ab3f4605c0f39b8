import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const FOLDER = join(__dirname, '../../../rehearsal/schemas');

export interface SchemaBlock {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly block_types?: Readonly<Record<string, { readonly block: SchemaBlock }>>;
}

interface ProviderSchema {
  readonly provider: { readonly block: SchemaBlock };
  readonly resource_schemas: Readonly<Record<string, { readonly block: SchemaBlock }>>;
  readonly data_source_schemas?: Readonly<Record<string, { readonly block: SchemaBlock }>>;
}

const recorded = new Map<string, ProviderSchema>();

/** The recorded schema of the provider whose types start with `prefix`: `google`, `aws`, `linode`... */
function provider(prefix: string): ProviderSchema {
  const known = recorded.get(prefix);
  if (known) return known;
  const file = readdirSync(FOLDER).find((name) => name.startsWith(`${prefix}-`));
  if (!file) throw new Error(`no recorded schema of ${prefix} in ${FOLDER}`);
  const { provider_schemas } = JSON.parse(gunzipSync(readFileSync(join(FOLDER, file))).toString('utf8'));
  const schema = Object.values(provider_schemas)[0] as ProviderSchema;
  recorded.set(prefix, schema);
  return schema;
}

/** The schema of `google_storage_bucket`, `data.google_iam_policy` or `provider.google`. */
export function schemaOf(type: string): SchemaBlock | undefined {
  if (type.startsWith('provider.')) return provider(type.slice('provider.'.length)).provider.block;
  const name = type.replace(/^data\./, '');
  const { resource_schemas, data_source_schemas } = provider(name.split('_')[0] ?? '');
  return (name === type ? resource_schemas : data_source_schemas)?.[name]?.block;
}

const META = new Set(['lifecycle', 'dynamic', 'alias', 'provider']);

/** Arguments and blocks of `config` that the schema does not have, as paths. */
export function unknownArguments(config: Readonly<Record<string, unknown>>, schema: SchemaBlock, path = ''): string[] {
  return Object.entries(config).flatMap(([name, value]) => {
    const nested = schema.block_types?.[name];
    if (nested) return [value].flat().flatMap((block) => unknownArguments(block as Record<string, unknown>, nested.block, `${path}${name}.`));
    return META.has(name) || name in (schema.attributes ?? {}) ? [] : [`${path}${name}`];
  });
}
