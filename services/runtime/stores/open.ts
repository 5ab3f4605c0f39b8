import type { EmbeddedStoresSettings } from './embedded/stores';
import type { FirestoreStoresSettings } from './firestore/stores';
import type { Stores } from './stores';

/** Which database: a file on this machine, or Google's. */
export type StoresSettings = ({ readonly kind: 'embedded' } & EmbeddedStoresSettings) | ({ readonly kind: 'firestore' } & FirestoreStoresSettings);

/** Opens the stores of a database. Only what that kind needs is loaded. */
export async function openStores(settings: StoresSettings): Promise<Stores> {
  if (settings.kind === 'embedded') {
    const { openEmbeddedStores } = await import('./embedded/stores');
    return openEmbeddedStores(settings);
  }
  const { openFirestoreStores } = await import('./firestore/stores');
  return openFirestoreStores(settings);
}
