import { randomUUID } from 'node:crypto';
import type { DocumentData, DocumentReference, DocumentSnapshot } from '@google-cloud/firestore';
import { codeOf, STATUS } from '../../google/status';

/** Who made a document. */
export const CREATED_BY = 'createdBy';

/**
 * Makes a document that is not there yet. Returns the one that is, when somebody else made it. The client sends again what got no
 * answer; whether "it exists" speaks of our own first attempt is told by a mark in the document.
 */
export async function create(document: DocumentReference, data: DocumentData): Promise<DocumentSnapshot | undefined> {
  const mark = randomUUID();
  try {
    await document.create({ ...data, [CREATED_BY]: mark });
    return undefined;
  } catch (error) {
    if (codeOf(error) !== STATUS.ALREADY_EXISTS) throw error;
    const found = await document.get();
    return found.get(CREATED_BY) === mark ? undefined : found;
  }
}
