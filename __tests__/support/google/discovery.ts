import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Google's published descriptions of its APIs, as far as we use them, and what they refuse. */

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
  readonly response: { readonly $ref: string };
}

/** An extract of a discovery document: __tests__/fixtures/google. */
export interface Extract {
  readonly revision: string;
  readonly parameters: Readonly<Record<string, Schema>>;
  readonly methods: Readonly<Record<string, Method>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

export interface Routed {
  /** Such as `instances.insert`. */
  readonly name: string;
  readonly method: Method;
  readonly path: Readonly<Record<string, string>>;
}

type Recommended = Readonly<Record<string, Method['parameters']>>;

/** One API by its document. */
export class Discovery {
  private readonly routes: readonly { readonly name: string; readonly method: Method; readonly path: RegExp }[];

  /** @param recommended Parameters that the document lacks, by method. */
  constructor(
    readonly extract: Extract,
    recommended: Recommended = {},
  ) {
    this.routes = Object.entries(extract.methods).map(([name, found]) => {
      const method = { ...found, parameters: { ...found.parameters, ...recommended[name] } };
      return { name, method, path: pathPattern(method) };
    });
  }

  /** @param name Of a file of __tests__/fixtures/google, such as `compute.v1`. */
  static of(name: string, recommended?: Recommended): Discovery {
    return new Discovery(JSON.parse(readFileSync(join(__dirname, '../../fixtures/google', `${name}.json`), 'utf8')), recommended);
  }

  /** The method that a request is of, by its path below the API's root. */
  route(httpMethod: string, pathname: string): Routed | undefined {
    for (const { name, method, path } of this.routes) {
      const match = method.httpMethod === httpMethod ? path.exec(pathname) : null;
      if (match) return { name, method, path: match.groups ?? {} };
    }
    return undefined;
  }

  /** What is wrong with a request by the document; empty is right. */
  mistakes({ method, path }: Routed, query: URLSearchParams, body: unknown): string[] {
    const found: string[] = [];
    for (const [name, parameter] of Object.entries(method.parameters)) {
      const value = parameter.location === 'path' ? path[name] : query.get(name);
      if (value === null || value === undefined) {
        if (parameter.required) found.push(`Required parameter ${name} is missing`);
      } else {
        found.push(...text(parameter, value, name));
      }
    }
    for (const name of query.keys())
      if (!this.extract.parameters[name] && !method.parameters[name]) found.push(`Invalid query parameter: Unknown name "${name}"`);
    if (method.request) found.push(...this.mistakesOf(method.request.$ref, body));
    else if (body !== undefined) found.push(`${method.id} takes no body`);
    return found;
  }

  /** What keeps a value from being one of the schema. */
  mistakesOf(schema: string, value: unknown): string[] {
    if (!this.extract.schemas[schema]) throw new Error(`the extract has no ${schema}`);
    return this.value({ $ref: schema }, value, '');
  }

  private value(given: Schema, actual: unknown, at: string): string[] {
    const schema = given.$ref ? (this.extract.schemas[given.$ref] as Schema) : given;
    const wrong = () => [`Invalid value at '${at}' (${schema.format ?? schema.type}), ${JSON.stringify(actual)}`];
    switch (schema.type) {
      case 'object':
        return typeof actual === 'object' && actual !== null && !Array.isArray(actual) ? this.fields(schema, actual, at) : wrong();
      case 'array':
        return Array.isArray(actual) ? actual.flatMap((item, index) => this.value(schema.items ?? {}, item, `${at}[${index}]`)) : wrong();
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

  private fields({ properties = {}, additionalProperties }: Schema, actual: object, at: string): string[] {
    return Object.entries(actual).flatMap(([name, inner]) => {
      const schema = properties[name] ?? additionalProperties;
      const path = at ? `${at}.${name}` : name;
      return schema ? this.value(schema, inner, path) : [`Invalid JSON payload received. Unknown name "${name}"${at ? ` at '${at}'` : ''}: Cannot find field.`];
    });
  }
}

/** `{name}` is one part of the path, `{+name}` what its pattern says. */
function pathPattern({ path, parameters }: Method): RegExp {
  const source = path.replace(/\{(\+?)([^}]+)\}/g, (_, plus, name) => `(?<${name}>${(plus && parameters[name]?.pattern?.replace(/^\^|\$$/g, '')) || '[^/]+'})`);
  return new RegExp(`^/${source}$`);
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

/** In the document up to revision 20260122; since then only in the method's prose, which recommends it, as Google's reference does. */
const RECOMMENDED: Recommended = {
  'instances.aggregatedList': { returnPartialSuccess: { location: 'query', type: 'boolean' } },
};

/** Compute Engine, below `/compute/v1`. */
export const COMPUTE = Discovery.of('compute.v1', RECOMMENDED);
/** Artifact Registry, from the root. */
export const ARTIFACT_REGISTRY = Discovery.of('artifactregistry.v1');
