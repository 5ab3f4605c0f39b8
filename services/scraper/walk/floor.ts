import { compareLids } from '../../contracts/lid';

/** From where on a user's entries are news. */
export interface Floor {
  readonly lid: string;
  /** Whether that entry itself is news still: it was too young when it was found. */
  readonly isNews: boolean;
}

export const NEVER_POSTED: Floor = { lid: '0', isNews: false };

/** Ids of one character are no entries: of such a user only the newest entry is news. */
export function isNeverPosted({ lid, isNews }: Floor): boolean {
  return lid.length <= 1 && !isNews;
}

export function isNews(lid: string, floor: Floor): boolean {
  const order = compareLids(lid, floor.lid);
  return order > 0 || (order === 0 && floor.isNews);
}

/** The floor once everything up to `lid` is done with. It never sinks. */
export function raised(floor: Floor, lid: string): Floor {
  return isNews(lid, floor) ? { lid, isNews: false } : floor;
}
