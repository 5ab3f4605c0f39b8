import { join } from 'node:path';
import { loadPackageDefinition, type ServiceClientConstructor, type ServiceDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { Attribute, Block, Path, ProviderSchema, Schema } from './schema';

/** Messages of tfplugin6.proto; the proto file says which call takes which. */
export interface DynamicValue {
  readonly msgpack?: Uint8Array;
  readonly json?: Uint8Array;
}

export interface Request {
  readonly type_name: string;
  readonly config?: DynamicValue;
  readonly current_state?: DynamicValue;
  readonly prior_state?: DynamicValue;
  readonly proposed_new_state?: DynamicValue;
  readonly planned_state?: DynamicValue;
  readonly private?: Uint8Array;
  readonly prior_private?: Uint8Array;
  readonly planned_private?: Uint8Array;
  readonly raw_state?: { readonly json?: Uint8Array };
  readonly id: string;
}

export interface Diagnostic {
  readonly severity: 'ERROR' | 'WARNING';
  readonly summary: string;
  readonly detail: string;
  readonly attribute?: AttributePath;
}

export interface AttributePath {
  readonly steps: readonly { attribute_name?: string; element_key_int?: number }[];
}

const packageObject = loadPackageDefinition(loadSync(join(__dirname, 'tfplugin6.proto'), { keepCase: true, longs: Number, enums: String, oneofs: true }));
const tfplugin6 = packageObject.tfplugin6 as unknown as { readonly Provider: ServiceClientConstructor };

const encodeSchema = tfplugin6.Provider.service.GetProviderSchema?.responseSerialize as (message: object) => Buffer;

/** The service; GetProviderSchema takes an answer that is encoded already: big providers have megabytes of it, and every command asks. */
export const SERVICE: ServiceDefinition = {
  ...tfplugin6.Provider.service,
  GetProviderSchema: { ...tfplugin6.Provider.service.GetProviderSchema, responseSerialize: (encoded: Buffer) => encoded } as ServiceDefinition[string],
};

export function encodeProviderSchema({ provider, resource_schemas = {}, data_source_schemas = {} }: ProviderSchema): Buffer {
  const each = (schemas: Readonly<Record<string, Schema>>) =>
    Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, schemaMessage(schema)]));
  return encodeSchema({ provider: schemaMessage(provider), resource_schemas: each(resource_schemas), data_source_schemas: each(data_source_schemas) });
}

function schemaMessage({ version, block }: Schema): object {
  return { version, block: blockMessage(block) };
}

function blockMessage({ attributes, block_types = {}, deprecated }: Block): object {
  return {
    attributes: attributeMessages(attributes),
    block_types: Object.entries(block_types).map(([type_name, { block, nesting_mode, min_items, max_items }]) => ({
      type_name,
      block: blockMessage(block),
      nesting: nesting_mode.toUpperCase(),
      min_items,
      max_items,
    })),
    deprecated,
  };
}

function attributeMessages(attributes: Readonly<Record<string, Attribute>> = {}): object[] {
  return Object.entries(attributes).map(([name, { type, nested_type, ...flags }]) => ({
    name,
    ...flags,
    ...(type && { type: Buffer.from(JSON.stringify(type)) }),
    ...(nested_type && { nested_type: { attributes: attributeMessages(nested_type.attributes), nesting: nested_type.nesting_mode.toUpperCase() } }),
  }));
}

export function attributePath(path: Path): AttributePath {
  return { steps: path.map((step) => (typeof step === 'number' ? { element_key_int: step } : { attribute_name: step })) };
}
