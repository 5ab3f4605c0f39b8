import { setTimeout as sleep } from 'node:timers/promises';
import type { DocumentSnapshot, Query } from '@google-cloud/firestore';

/** Milliseconds after which listening begins again when Firestore ended it. */
const PAUSE = { first: 1000, longest: 60_000 } as const;

/**
 * All documents of a query as they are now, by their ids, and again after every change, until stopped. One that `parse` refuses is
 * told, and left out. The client itself mends lost connections; what it gives up is begun again here.
 */
export function listenTo<T>(
  query: Query,
  parse: (document: DocumentSnapshot) => T,
  onDocuments: (documents: ReadonlyMap<string, T>) => void,
  onError: (error: Error) => void,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;

  const listenOnce = (onGood: () => void) =>
    new Promise<void>((resolve) => {
      const documents = new Map<string, T>();
      const unsubscribe = query.onSnapshot(
        (snapshot) => {
          onGood();
          for (const { type, doc } of snapshot.docChanges()) {
            documents.delete(doc.ref.path);
            if (type === 'removed') continue;
            try {
              documents.set(doc.ref.path, parse(doc));
            } catch (error) {
              onError(error as Error);
            }
          }
          onDocuments(new Map(documents));
        },
        (error) => {
          onError(error);
          resolve();
        },
      );
      signal.addEventListener('abort', () => {
        unsubscribe();
        resolve();
      });
    });

  const run = async () => {
    let pause: number = PAUSE.first;
    while (!signal.aborted) {
      await listenOnce(() => {
        pause = PAUSE.first;
      });
      if (!signal.aborted) await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {}); // stopped
      pause = Math.min(pause * 2, PAUSE.longest);
    }
  };
  const running = run();
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}
