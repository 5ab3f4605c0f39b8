import { resolveNs } from 'node:dns/promises';
import type { EstateNeeds } from '../chosen-needs';

/** What the world says of the domains that somebody must delegate: their name servers; none where it does not know the domain. */
export async function nameServersOf(chosen: readonly EstateNeeds[], resolve: typeof resolveNs = resolveNs): Promise<ReadonlyMap<string, readonly string[]>> {
  const domains = chosen.flatMap(({ needs }) => needs.flatMap((need) => (need.kind === 'delegation' ? [need.domain] : [])));
  return new Map(await Promise.all(domains.map(async (domain) => [domain, await resolve(domain).catch(() => [])] as const)));
}
