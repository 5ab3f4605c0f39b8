import { digits, hex, lastSegment, projectNumber, type Site, scope } from './site';

/**
 * What a cloud answers for attributes it computes, by path without indexes, where others depend on the form.
 * `{name}` is an attribute, with `{name=x}` for one left out; `{@region}` the provider's; `{number}` the project's number;
 * `{hash:n}`, `{HASH:n}`, `{digits:n}`, `{uuid}` and `{ip}` are made up, the same each time for the same object.
 */
export type Templates = Readonly<Record<string, string>> & { readonly source: string };

/** Scopes may be given as links; in an id stands their last part. */
const LINKS = new Set(['project', 'region', 'zone', 'location', 'managed_zone', 'database']);

export interface TemplateInput {
  readonly site: Site;
  /** What made-up parts derive from. */
  readonly seed: string;
  /** An attribute's value; undefined when it is left out. */
  readonly attribute: (name: string) => string | undefined;
}

/** Fills in one of the {@link Templates}. */
export function fillTemplate(template: string, { site, seed, attribute }: TemplateInput): string {
  return template.replace(/\{([^}=:]+)(?::(\d+))?(?:=([^}]*))?\}/g, (_, name: string, length: string | undefined, otherwise = '') => {
    if (name.startsWith('@')) return scope(name, site);
    if (length) return madeUp(name, Number(length), seed);
    if (name === 'number') return projectNumber(lastSegment(attribute('project') ?? ''));
    if (name === 'uuid') return uuid(seed);
    if (name === 'ip') return documentationAddress(seed);
    const value = attribute(name) ?? otherwise;
    return LINKS.has(name) ? lastSegment(value) : value;
  });
}

function madeUp(kind: string, length: number, seed: string): string {
  if (kind === 'digits') return digits(length, seed);
  const text = hex(length, seed);
  return kind === 'HASH' ? text.toUpperCase() : text;
}

function uuid(seed: string): string {
  return hex(32, seed).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}

/** Networks that RFC 5737 reserves for documentation. */
const DOCUMENTATION = ['192.0.2', '198.51.100', '203.0.113'];

export function documentationAddress(seed: string): string {
  const number = Number.parseInt(hex(8, seed), 16);
  return `${DOCUMENTATION[number % DOCUMENTATION.length]}.${1 + (Math.floor(number / DOCUMENTATION.length) % 254)}`;
}
