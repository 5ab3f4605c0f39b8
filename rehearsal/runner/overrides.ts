type Json = Readonly<Record<string, unknown>>;

/** How the rehearsal wants the estates configured. */
export interface Wanted {
  /** Set: everything is deployed without protection. Otherwise as the config says. */
  readonly protection?: 'off';
}

/**
 * The content of an override file: the user's own overrides and, when wanted, no protection.
 * @param user What the user's override file holds; an empty object when there is none.
 * @param estates The loaded config: it tells which estates have which environments.
 */
export function overridesFor(user: Json, estates: Json, { protection }: Wanted = {}): Json {
  const overrides: Record<string, Json> = { ...(user as Record<string, Json>) };
  for (const [estate, config] of Object.entries(estates)) {
    const parts: Record<string, unknown> = { ...overrides[estate] };
    for (const [part, values] of Object.entries(Object(config) as Record<string, unknown>)) {
      if (typeof values !== 'object' || values === null) continue;
      if ('protection' in values && protection) parts[part] = { ...(parts[part] as Json), protection };
    }
    if (Object.keys(parts).length > 0) overrides[estate] = parts;
  }
  return overrides;
}
