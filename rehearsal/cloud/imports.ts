import type { Values } from '../provider/values';
import type { Cloud, CloudObject } from './cloud';
import { COMPUTED } from './computed';
import { IDENTITIES, identityKey } from './identities';
import type { Site } from './site';

/** The object that an import names: by id, link, name or key. */
export function importable(type: string, id: string, cloud: Cloud): CloudObject | undefined {
  const objects = cloud.find(type);
  return (
    objects.find(({ state }) => state.id === id || state.self_link === id) ??
    objects.find(({ key }) => key.endsWith(`/${id}`)) ??
    objects.find(({ state }) => state.name === id)
  );
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
  if (!template || /\{(hash|HASH|digits|uuid)/.test(template)) return {};
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

function escapeForPattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
