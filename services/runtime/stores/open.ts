import type { EmbeddedStoresSettings } from './embedded/stores';
import type { FirestoreStoresSettings } from './firestore/stores';
import type { OpenStores, StoreName } from './stores';

/** Which database: a file on this machine, or Google's. */
export type StoresSettings = ({ readonly kind: 'embedded' } & EmbeddedStoresSettings) | ({ readonly kind: 'firestore' } & FirestoreStoresSettings);

/** Opens those stores of a database that are named. Only what that kind needs is loaded. */
export async function openStores<N extends StoreName>(settings: StoresSettings, names: readonly N[]): Promise<OpenStores<N>> {
  if (settings.kind === 'embedded') {
    const { openEmbeddedStores } = await import('./embedded/stores');
    return openEmbeddedStores(settings, names);
  }
  const { openFirestoreStores } = await import('./firestore/stores');
  return openFirestoreStores(settings, names);
}
