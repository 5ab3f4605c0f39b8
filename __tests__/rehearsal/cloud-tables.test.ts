import { COMPUTED, KNOWN_AT_PLAN } from '../../rehearsal/cloud/computed';
import { IDENTITIES } from '../../rehearsal/cloud/identities';
import { BOOT_IMAGES } from '../../rehearsal/cloud/images';
import { ABANDONMENTS, PROTECTIONS } from '../../rehearsal/cloud/protections';
import { REFERENCES } from '../../rehearsal/cloud/references';
import { REPLACEMENTS } from '../../rehearsal/cloud/replacements';
import { recordedProviders } from '../../rehearsal/provider/recorded';
import type { Attribute, Block, Schema, Type } from '../../rehearsal/provider/schema';

const SCHEMAS: ReadonlyMap<string, Schema> = new Map(recordedProviders().flatMap(({ schema }) => Object.entries(schema.resource_schemas ?? {})));

type Found = Attribute & { readonly throughSet: boolean };

/** The attribute at a dotted path through blocks, nested types and object types. */
function attributeAt(type: string, path: string): Found | undefined {
  return inBlock(SCHEMAS.get(type)?.block ?? {}, path.split('.'), false);
}

function inBlock({ attributes = {}, block_types = {} }: Block, [name = '', ...rest]: readonly string[], throughSet: boolean): Found | undefined {
  const attribute = attributes[name];
  if (attribute && rest.length === 0) return { ...attribute, throughSet };
  if (attribute?.nested_type)
    return inBlock({ attributes: attribute.nested_type.attributes }, rest, throughSet || attribute.nested_type.nesting_mode === 'set');
  if (attribute?.type) return inType(attribute.type, rest) ? { ...attribute, throughSet } : undefined;
  const nested = block_types[name];
  return nested && inBlock(nested.block, rest, throughSet || nested.nesting_mode === 'set');
}

function inType(type: Type, path: readonly string[]): boolean {
  if (path.length === 0) return true;
  if (typeof type === 'string') return false;
  if (type[0] !== 'object') return inType(type[1] as Type, path);
  const next = type[1][path[0] as string];
  return next !== undefined && inType(next, path.slice(1));
}

interface Row {
  readonly type: string;
  readonly argument: string;
}

const rows = (table: Readonly<Record<string, readonly string[]>>): Row[] =>
  Object.entries(table).flatMap(([type, all]) => all.map((argument) => ({ type, argument })));
const mapped = <T>(table: Readonly<Record<string, T>>, args: (row: T) => readonly string[]) =>
  rows(Object.fromEntries(Object.entries(table).map(([type, row]) => [type, args(row)])));
const unknown = (all: readonly Row[], good: (found: Found) => boolean = () => true) =>
  all.filter(({ type, argument }) => {
    const found = attributeAt(type, argument);
    return !found || !good(found);
  });

const isInput = ({ required, optional }: Found) => required === true || optional === true;
const isText = ({ type }: Found) => type === 'string' || JSON.stringify(type).includes('"string"');

test('identities are arguments of types that exist', () => {
  expect(
    unknown(
      mapped(IDENTITIES, ({ by }) => by.filter((argument) => !argument.startsWith('@'))),
      (found) => isInput(found) && isText(found),
    ),
  ).toEqual([]);
});

test('computed values are for text attributes that the cloud computes, and build on attributes that exist', () => {
  const templates = Object.entries(COMPUTED).flatMap(([type, { source: _, ...paths }]) =>
    Object.entries(paths).map(([argument, template]) => ({ type, argument, template })),
  );
  expect(unknown(templates, (found) => found.computed === true && isText(found))).toEqual([]);
  const used = templates.flatMap(({ type, template }) =>
    [...template.matchAll(/\{([a-z_]+)(?:=[^}]*)?\}/g)].map((match) => ({ type, argument: match[1] as string })),
  );
  expect(unknown(used.filter(({ argument }) => !['number', 'uuid', 'ip'].includes(argument)))).toEqual([]);
});

test('a new object without other project has its number from an argument that exists', () => {
  const numbered = Object.entries(COMPUTED).filter(([, row]) => Object.values(row).some((template) => template.includes('{number}')));
  expect(numbered.filter(([type]) => !attributeAt(type, 'project')).map(([type]) => type)).toEqual([]);
});

test('what a plan knows already has a template', () => {
  const missing = Object.entries(KNOWN_AT_PLAN).flatMap(([type, { attributes }]) => attributes.filter((name) => !COMPUTED[type]?.[name]));
  expect(missing).toEqual([]);
});

test('references, images and protections are arguments that exist', () => {
  expect(
    unknown(
      mapped(REFERENCES, (all) => all.map(({ argument }) => argument)),
      isInput,
    ),
  ).toEqual([]);
  expect(
    unknown(
      mapped(BOOT_IMAGES, (argument) => [argument]),
      isInput,
    ),
  ).toEqual([]);
  expect(
    unknown(
      mapped(PROTECTIONS, (all) => all.map(({ argument }) => argument)),
      isInput,
    ),
  ).toEqual([]);
  expect(
    unknown(
      mapped(ABANDONMENTS, ({ argument }) => [argument]),
      isInput,
    ),
  ).toEqual([]);
});

test('references lead to types that exist', () => {
  const targets = Object.values(REFERENCES).flatMap((all) => all.flatMap(({ types }) => types));
  expect(targets.filter((type) => !SCHEMAS.has(type))).toEqual([]);
});

test('replacing arguments exist, and no set is on their way: Terraform cannot be told an element of one', () => {
  expect(
    unknown(
      mapped(REPLACEMENTS, ({ args }) => args),
      (found) => isInput(found) && !found.throughSet,
    ),
  ).toEqual([]);
});

test('every row says where it comes from', () => {
  const all = [COMPUTED, IDENTITIES, KNOWN_AT_PLAN, REPLACEMENTS, ABANDONMENTS].flatMap((table) => Object.values(table));
  const sources = [...all, ...Object.values(REFERENCES).flat(), ...Object.values(PROTECTIONS).flat()].map(({ source }) => source);
  expect(sources.filter((source) => !/^https:\/\//.test(source))).toEqual([]);
});
