import { Firestore } from '@google-cloud/firestore';
import { FILMLINKD_COLLECTIONS } from '../../../contracts/filmlinkd-documents';
import { type OpenStores, pick, type StoreName } from '../stores';
import { FirestoreDeliveries } from './deliveries';
import { FirestoreLeases } from './leases';
import { FirestoreSeenRequests } from './seen-requests';
import { FirestoreTaskLedger } from './task-ledger';
import { FirestoreUsers } from './users';
import { FirestoreVipChannels } from './vip-channels';

export interface FirestoreStoresSettings {
  /** The project's id. */
  readonly project: string;
  /** @default (default) */
  readonly database?: string;
  /** Whose collections, of those that each environment has of its own. @default dev */
  readonly environment?: 'dev' | 'prod';
}

/** Google's Firestore; its emulator where FIRESTORE_EMULATOR_HOST names one. */
export function openFirestoreStores<N extends StoreName>(settings: FirestoreStoresSettings, names: readonly N[]): OpenStores<N> {
  const { project, database, environment = 'dev' } = settings;
  const firestore = new Firestore({ projectId: project, ...(database && { databaseId: database }), ignoreUndefinedProperties: true });
  const collection = (name: 'users' | 'deliveries' | 'leases') => firestore.collection(FILMLINKD_COLLECTIONS[name](environment));
  const stores = pick(names, {
    taskLedger: () => new FirestoreTaskLedger(firestore),
    seenRequests: () => new FirestoreSeenRequests(firestore),
    users: () => new FirestoreUsers(collection('users')),
    vipChannels: () => new FirestoreVipChannels(firestore.collection(FILMLINKD_COLLECTIONS.vip)),
    deliveries: () => new FirestoreDeliveries(collection('deliveries')),
    leases: () => new FirestoreLeases(collection('leases')),
  });
  return { ...stores, close: () => firestore.terminate() };
}
