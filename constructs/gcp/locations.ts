/**
 * Firestore's location for data that belongs near `region`: the multi-region of its continent where Firestore has one,
 * else the region itself. Source: firebase.google.com/docs/firestore/locations.
 */
export function firestoreLocationNear(region: string): string {
  if (region.startsWith('us-')) return 'nam5';
  if (region.startsWith('europe-')) return 'eur3';
  return region;
}
