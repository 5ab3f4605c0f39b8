import { EmbeddedDatabase } from '../../embedded/database';
import { type OpenStores, pick, type StoreName } from '../stores';
import { DELIVERIES_SCHEMA, EmbeddedDeliveries } from './deliveries';
import { EmbeddedLeases, LEASES_SCHEMA } from './leases';
import { EmbeddedSeenRequests, SEEN_REQUESTS_SCHEMA } from './seen-requests';
import { EmbeddedTaskLedger, TASKS_SCHEMA } from './task-ledger';
import { EmbeddedUsers, USERS_SCHEMA } from './users';
import { EmbeddedVipChannels, VIP_SCHEMA } from './vip-channels';

export interface EmbeddedStoresSettings {
  /** SQLite file, the same for all processes of a machine; it may be the bus's. Made when it is not there, in a folder that is. */
  readonly file: string;
}

const SCHEMAS: Readonly<Record<StoreName, string>> = {
  taskLedger: TASKS_SCHEMA,
  seenRequests: SEEN_REQUESTS_SCHEMA,
  users: USERS_SCHEMA,
  vipChannels: VIP_SCHEMA,
  deliveries: DELIVERIES_SCHEMA,
  leases: LEASES_SCHEMA,
};

export async function openEmbeddedStores<N extends StoreName>({ file }: EmbeddedStoresSettings, names: readonly N[]): Promise<OpenStores<N>> {
  const database = await EmbeddedDatabase.open(file, names.map((name) => SCHEMAS[name]).join(''));
  const stores = pick(names, {
    taskLedger: () => new EmbeddedTaskLedger(database),
    seenRequests: () => new EmbeddedSeenRequests(database),
    users: () => new EmbeddedUsers(database),
    vipChannels: () => new EmbeddedVipChannels(database),
    deliveries: () => new EmbeddedDeliveries(database),
    leases: () => new EmbeddedLeases(database),
  });
  return { ...stores, close: async () => database.close() };
}
