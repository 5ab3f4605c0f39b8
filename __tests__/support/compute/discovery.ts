import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Google's published description of Compute Engine, as far as we use it, and what it refuses. */

export interface Schema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | 'any';
  readonly format?: string;
  readonly $ref?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
}
interface Parameter extends Schema {
  readonly location: 'path' | 'query';
  readonly required?: boolean;
}
export interface Method {
  readonly id: string;
  readonly httpMethod: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly request?: { readonly $ref: string };
}

export interface Discovery {
  readonly revision: string;
  readonly parameters: Readonly<Record<string, Schema>>;
  readonly methods: Readonly<Record<string, Method>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

export const DISCOVERY = JSON.parse(readFileSync(join(__dirname, '../../fixtures/compute.v1.json'), 'utf8')) as Discovery;

/** In the document up to revision 20260122; since then only in the method's prose, which recommends it, as Google's reference does. */
const RECOMMENDED: Readonly<Record<string, Method['parameters']>> = {
  'instances.aggregatedList': { returnPartialSuccess: { location: 'query', type: 'boolean' } },
};

const routes = Object.entries(DISCOVERY.methods).map(([name, method]) => ({
  name,
  method: { ...method, parameters: { ...method.parameters, ...RECOMMENDED[name] } },
  path: new RegExp(`^/${method.path.replace(/\{([^}]+)\}/g, '(?<$1>[^/]+)')}$`),
}));

export interface Routed {
  /** Such as `instances.insert`. */
  readonly name: string;
  readonly method: Method;
  readonly path: Readonly<Record<string, string>>;
}

/** The method that a request is of, by its path below `/compute/v1`. */
export function route(httpMethod: string, pathname: string): Routed | undefined {
  for (const { name, method, path } of routes) {
    const match = method.httpMethod === httpMethod ? path.exec(pathname) : null;
    if (match) return { name, method, path: match.groups ?? {} };
  }
  return undefined;
}

/** What is wrong with a request by the document; empty is right. */
export function mistakes({ method, path }: Routed, query: URLSearchParams, body: unknown): string[] {
  const found: string[] = [];
  for (const [name, parameter] of Object.entries(method.parameters)) {
    const value = parameter.location === 'path' ? path[name] : query.get(name);
    if (value === null || value === undefined) {
      if (parameter.required) found.push(`Required parameter ${name} is missing`);
    } else {
      found.push(...text(parameter, value, name));
    }
  }
  for (const name of query.keys()) if (!DISCOVERY.parameters[name] && !method.parameters[name]) found.push(`Invalid query parameter: Unknown name "${name}"`);
  if (method.request) found.push(...value({ $ref: method.request.$ref }, body, ''));
  else if (body !== undefined) found.push(`${method.id} takes no body`);
  return found;
}

const patterns = new Map<string, RegExp>();
/** The whole text must fit. */
function fitsPattern(pattern: string, given: string): boolean {
  const compiled = patterns.get(pattern) ?? new RegExp(`^(?:${pattern})$`);
  patterns.set(pattern, compiled);
  return compiled.test(given);
}

/** A parameter of path or query: all are text there. */
function text({ type, pattern }: Schema, given: string, name: string): string[] {
  const fits =
    (type !== 'integer' || /^-?[0-9]+$/.test(given)) &&
    (type !== 'boolean' || given === 'true' || given === 'false') &&
    (pattern === undefined || fitsPattern(pattern, given));
  return fits ? [] : [`Invalid value for ${name}: '${given}'`];
}

function value(given: Schema, actual: unknown, at: string): string[] {
  const schema = given.$ref ? (DISCOVERY.schemas[given.$ref] as Schema) : given;
  const wrong = () => [`Invalid value at '${at}' (${schema.format ?? schema.type}), ${JSON.stringify(actual)}`];
  switch (schema.type) {
    case 'object':
      return typeof actual === 'object' && actual !== null && !Array.isArray(actual) ? fields(schema, actual, at) : wrong();
    case 'array':
      return Array.isArray(actual) ? actual.flatMap((item, index) => value(schema.items ?? {}, item, `${at}[${index}]`)) : wrong();
    case 'string':
      if (typeof actual !== 'string' || (schema.enum && !schema.enum.includes(actual))) return wrong();
      if (schema.pattern && !fitsPattern(schema.pattern, actual)) return wrong();
      return /64$/.test(schema.format ?? '') && !/^-?[0-9]+$/.test(actual) ? wrong() : [];
    case 'integer':
      return Number.isInteger(actual) ? [] : wrong();
    case 'number':
    case 'boolean':
      return typeof actual === schema.type ? [] : wrong();
    default:
      return [];
  }
}

function fields({ properties = {}, additionalProperties }: Schema, actual: object, at: string): string[] {
  return Object.entries(actual).flatMap(([name, inner]) => {
    const schema = properties[name] ?? additionalProperties;
    const path = at ? `${at}.${name}` : name;
    return schema ? value(schema, inner, path) : [`Invalid JSON payload received. Unknown name "${name}"${at ? ` at '${at}'` : ''}: Cannot find field.`];
  });
}
