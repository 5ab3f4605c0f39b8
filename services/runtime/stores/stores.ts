import type { Deliveries } from './deliveries';
import type { Leases } from './leases';
import type { SeenRequests } from './seen-requests';
import type { TaskLedger } from './task-ledger';
import type { Users, VipChannels } from './users';

/** All stores, by their use. */
export interface Stores {
  readonly taskLedger: TaskLedger;
  readonly seenRequests: SeenRequests;
  readonly users: Users;
  readonly vipChannels: VipChannels;
  readonly deliveries: Deliveries;
  readonly leases: Leases;
}
export type StoreName = keyof Stores;

/** Those stores of one database that a runtime named. */
export type OpenStores<N extends StoreName = StoreName> = Pick<Stores, N> & { close(): Promise<void> };

/** Makes what was named, and nothing else. */
export function pick<N extends StoreName>(names: readonly N[], make: { readonly [K in StoreName]: () => Stores[K] }): Pick<Stores, N> {
  return Object.fromEntries(names.map((name) => [name, make[name]()])) as unknown as Pick<Stores, N>;
}
