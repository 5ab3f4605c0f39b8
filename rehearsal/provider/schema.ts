import { isRecord, Unknown, type Value, type Values } from './values';

/** Terraform's documented providers-schema JSON (format 1.0), as far as the rehearsal reads it. */
export interface ProviderSchema {
  readonly provider: Schema;
  readonly resource_schemas?: Readonly<Record<string, Schema>>;
  readonly data_source_schemas?: Readonly<Record<string, Schema>>;
}

export interface Schema {
  readonly version: number;
  readonly block: Block;
}

export interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, NestedBlock>>;
  readonly deprecated?: boolean;
}

export interface Attribute {
  /** Either a type or a nested type. */
  readonly type?: Type;
  readonly nested_type?: NestedType;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly sensitive?: boolean;
  readonly deprecated?: boolean;
  readonly write_only?: boolean;
}

export interface NestedType {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly nesting_mode: 'single' | 'list' | 'set' | 'map';
}

export interface NestedBlock {
  readonly block: Block;
  readonly nesting_mode: 'single' | 'list' | 'set' | 'map' | 'group';
  readonly min_items?: number;
  readonly max_items?: number;
}

/** A type as Terraform writes it in JSON. */
export type Type =
  | 'string'
  | 'number'
  | 'bool'
  | 'dynamic'
  | readonly ['list' | 'set' | 'map', Type]
  | readonly ['object', Readonly<Record<string, Type>>, (readonly string[])?]
  | readonly ['tuple', readonly Type[]];

/** Names, and keys or indexes of elements, from the resource down to a value. */
export type Path = readonly (string | number)[];

export type Visit = (attribute: Attribute, value: Value, path: Path) => Value;

/** The same value with every attribute, those of nested blocks and nested types too, replaced by what `visit` returns. */
export function mapAttributes(block: Block, value: Value, visit: Visit, path: Path = []): Value {
  if (!isRecord(value)) return value;
  const result = { ...value };
  for (const [name, attribute] of Object.entries(block.attributes ?? {})) {
    const replaced = visit(attribute, value[name] ?? null, [...path, name]);
    const nested = attribute.nested_type;
    result[name] = nested ? mapElements(nested.nesting_mode, { attributes: nested.attributes }, replaced, visit, [...path, name]) : replaced;
  }
  for (const [name, nested] of Object.entries(block.block_types ?? {})) {
    result[name] = mapElements(nested.nesting_mode, nested.block, value[name] ?? null, visit, [...path, name]);
  }
  return result;
}

function mapElements(mode: NestedBlock['nesting_mode'], block: Block, value: Value, visit: Visit, path: Path): Value {
  if (value === null || value instanceof Unknown) return value;
  if (Array.isArray(value)) return value.map((each, i) => mapAttributes(block, each, visit, [...path, i]));
  if (mode !== 'map' || !isRecord(value)) return mapAttributes(block, value, visit, path);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapAttributes(block, each, visit, [...path, key])]));
}

/** A value with nothing in it. */
export function emptyValue({ attributes = {}, block_types = {} }: Block): Values {
  const blocks = Object.entries(block_types).map(([name, { nesting_mode, block }]): [string, Value] => {
    if (nesting_mode === 'list' || nesting_mode === 'set') return [name, []];
    if (nesting_mode === 'map') return [name, {}];
    return [name, nesting_mode === 'group' ? emptyValue(block) : null];
  });
  return Object.fromEntries([...Object.keys(attributes).map((name): [string, Value] => [name, null]), ...blocks]);
}
