import { filledIn, IMPORT_SYNTAX, importPattern } from '../../constructs/policy/import-syntax';
import type { Values } from '../provider/values';
import type { Cloud, CloudObject } from './cloud';
import { COMPUTED } from './computed';
import { IDENTITIES, identityKey } from './identities';
import { at, type Site } from './site';

/** Why no object of a type is ever imported. */
export function neverImported(type: string): string | undefined {
  const syntax = IMPORT_SYNTAX[type];
  return syntax && 'never' in syntax ? syntax.never : undefined;
}

/** The object that an import names: by id, link, documented form, name or key. */
export function importable(type: string, id: string, cloud: Cloud, site: Site): CloudObject | undefined {
  const objects = cloud.find(type);
  return (
    objects.find(({ state }) => state.id === id || state.self_link === id) ??
    objects.find(({ state }) => documentedId(type, state, site) === id) ??
    objects.find(({ key }) => key.endsWith(`/${id}`)) ??
    objects.find(({ state }) => state.name === id)
  );
}

/** How the provider's documentation has an object in an import: of its arguments, with its id for what the cloud made up. */
function documentedId(type: string, state: Values, site: Site): string | undefined {
  const syntax = IMPORT_SYNTAX[type];
  if (!syntax || 'never' in syntax) return undefined;
  const filled = filledIn(syntax.id, (argument) => {
    const value = at(state, argument) ?? site.config[argument];
    return typeof value === 'string' || typeof value === 'number' ? `${value}` : undefined;
  });
  return filled.replace(/<[^>]*>/, `${state.id}`);
}

/** An object that runs already, unknown to the rehearsal: as much of its state as the id tells, or undefined when no id of the type looks like that. */
export function adopted(type: string, id: string, empty: Values, site: Site): CloudObject | undefined {
  const told = argumentsIn(type, id);
  if (!told) return undefined;
  const place = Object.fromEntries(['project', 'region', 'zone'].filter((name) => name in empty).map((name) => [name, site.config[name] ?? null]));
  const state: Values = { ...empty, ...place, ...told, ...('id' in empty && { id }) };
  return { key: identityKey(type, state, site) ?? `${type}/#${id}`, type, state, adopted: true };
}

/** The arguments in an id: of the documented form, or only the last arguments of the identity (`project/name`, `name`). */
function argumentsIn(type: string, id: string): Values | undefined {
  const template = COMPUTED[type]?.id;
  if (!template || /\{(hash|HASH|digits|uuid)/.test(template)) return isDocumented(type, id) ? {} : undefined;
  const names = [...template.matchAll(/\{([^}=:]+)[^}]*\}/g)].map((match) => match[1] as string);
  const form = template
    .split(/\{[^}]*\}/)
    .map(escapeForPattern)
    .join('(.+)');
  const match = new RegExp(`^${form}$`).exec(id);
  if (match) return Object.fromEntries(names.map((name, i) => [name, match[i + 1] as string]));
  const parts = id.split('/');
  const by = (IDENTITIES[type]?.by ?? []).filter((argument) => !argument.startsWith('@')).slice(-parts.length);
  return parts.length === by.length ? Object.fromEntries(by.map((name, i) => [name, parts[i] as string])) : undefined;
}

function isDocumented(type: string, id: string): boolean {
  const syntax = IMPORT_SYNTAX[type];
  return !syntax || 'never' in syntax || importPattern(syntax).test(id);
}

function escapeForPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
