import { SERVICE_NAMES, SERVICES, type ServiceName } from '../../../services/contracts/egf2-services';

const isService = (name: string): name is ServiceName => name in SERVICES;

/** Services that `name` asks, and those that they ask in turn. */
function asksOf(name: ServiceName): ReadonlySet<ServiceName> {
  const found = new Set<ServiceName>();
  const open = [name];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const other of Object.keys(SERVICES[next].talksTo).filter(isService)) {
      if (found.has(other)) continue;
      found.add(other);
      open.push(other);
    }
  }
  return found;
}

/**
 * The chosen services in the order of the table: each comes after all that it asks, so that none starts while what it asks is being
 * replaced. Those in one wave do not ask each other, or do so both ways as auth and pusher do: they go at the same time.
 */
export function waves(chosen: readonly ServiceName[]): ServiceName[][] {
  const asks = new Map(SERVICE_NAMES.map((name) => [name, asksOf(name)]));
  const all: ServiceName[][] = [];
  for (let left: ServiceName[] = [...SERVICE_NAMES]; left.length > 0; ) {
    const ready = left.filter((name) => [...(asks.get(name) ?? [])].every((other) => !left.includes(other) || asks.get(other)?.has(name)));
    all.push(ready);
    left = left.filter((name) => !ready.includes(name));
  }
  return all.map((wave) => wave.filter((name) => chosen.includes(name))).filter((wave) => wave.length > 0);
}
