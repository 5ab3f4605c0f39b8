import { type UserDocument, userDocument } from '../../contracts/filmlinkd-documents';
import { compareLids } from '../../contracts/lid';
import type { Profile } from './users';

/** Of the entries that were posted, so many ids are kept. */
const REMEMBERED = 10;

/** A user whom nobody followed yet, as the original writes it. */
export function newUser({ lid, userName, displayName, image }: Profile, channelId: string, now: number): UserDocument {
  return userDocument.parse({
    id: lid,
    letterboxdId: lid,
    displayName,
    image,
    userName: userName.toLowerCase(),
    created: now,
    updated: now,
    channelList: [{ channelId }],
  });
}

export function follows({ channelList }: UserDocument, channelId: string): boolean {
  return channelList.some((channel) => channel.channelId === channelId);
}

/** Fields of `previous` that change once the entry was posted; undefined: none does. */
export function previousAfter(
  { previous }: UserDocument,
  { lid, published, link }: { readonly lid: string; readonly published: number; readonly link: string },
): { lid: string; list: string[]; published: number; uri: string } | undefined {
  const list = [...new Set([...previous.list, lid])].sort(compareLids).slice(-REMEMBERED);
  const isNewest = compareLids(lid, previous.lid) > 0;
  if (!isNewest && list.join() === previous.list.join()) return undefined;
  return isNewest ? { lid, list, published, uri: link } : { lid: previous.lid, list, published: previous.published, uri: previous.uri ?? '' };
}

export function byLidOrder(users: UserDocument[]): UserDocument[] {
  return users.sort((a, b) => compareLids(a.letterboxdId, b.letterboxdId));
}
