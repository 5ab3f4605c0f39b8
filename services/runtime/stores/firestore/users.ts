import { type CollectionReference, type DocumentSnapshot, FieldValue } from '@google-cloud/firestore';
import { type UserDocument, userDocument } from '../../../contracts/filmlinkd-documents';
import { codeOf, STATUS } from '../../google/status';
import { parseStored } from '../records';
import { byLidOrder, follows, newUser, previousAfter } from '../user-records';
import type { Profile, Users } from '../users';
import { listenTo } from './listen';

/** Attempts of a transaction that others disturb. */
const ATTEMPTS = 20;

/** The original's documents. Channels are added and removed by array operations, which are never lost beside others. */
export class FirestoreUsers implements Users {
  constructor(private readonly users: CollectionReference) {}

  async byLid(lid: string): Promise<UserDocument | undefined> {
    const found = await this.find(lid);
    return found && userOf(found);
  }

  async follow(profile: Profile, channelId: string): Promise<boolean> {
    for (;;) {
      const found = await this.find(profile.lid);
      if (!found) {
        try {
          await this.users.doc(profile.lid).create(newUser(profile, channelId, Date.now()));
          return true;
        } catch (error) {
          if (codeOf(error) !== STATUS.ALREADY_EXISTS) throw error;
          await this.checkOwn(profile.lid);
          continue; // somebody was faster: follow what they made
        }
      }
      if (follows(userOf(found), channelId)) return false;
      await found.ref.update({ channelList: FieldValue.arrayUnion({ channelId }), updated: Date.now() });
      return true;
    }
  }

  async unfollow(lid: string, channelId: string): Promise<boolean> {
    const found = await this.find(lid);
    if (!found) return false;
    // an item may hold more than the key: it is removed as it stands there
    const items = ((found.get('channelList') ?? []) as { channelId?: string }[]).filter((channel) => channel.channelId === channelId);
    if (items.length > 0) await found.ref.update({ channelList: FieldValue.arrayRemove(...items), updated: Date.now() });
    return true;
  }

  async refresh({ lid, userName, displayName, image }: Profile): Promise<boolean> {
    const found = await this.find(lid);
    await found?.ref.update({ userName, displayName, image, updated: Date.now() });
    return found !== undefined;
  }

  async ofChannel(channelId: string): Promise<UserDocument[]> {
    const { docs } = await this.users.where('channelList', 'array-contains', { channelId }).get();
    return byLidOrder(docs.map(userOf));
  }

  async count(): Promise<number> {
    return (await this.users.count().get()).data().count;
  }

  posted(lid: string, entry: { readonly lid: string; readonly published: number; readonly link: string }): Promise<void> {
    return this.change(lid, (user) => {
      const previous = previousAfter(user, entry);
      if (!previous) return undefined;
      const fields = Object.entries(previous).map(([name, value]) => [`previous.${name}`, value]);
      return { ...Object.fromEntries(fields), updated: Date.now() };
    });
  }

  newsFrom(lid: string, newsFrom: NonNullable<UserDocument['newsFrom']>): Promise<void> {
    return this.change(lid, (user) => (user.newsFrom ? undefined : { newsFrom }));
  }

  listen(onUsers: (users: ReadonlyMap<string, UserDocument>) => void, onError: (error: Error) => void): { stop(): Promise<void> } {
    return listenTo(this.users, userOf, (documents) => onUsers(new Map([...documents.values()].map((user) => [user.letterboxdId, user]))), onError);
  }

  /** Writes the fields that follow from the document as it is; undefined: none. */
  private async change(lid: string, fieldsOf: (user: UserDocument) => Record<string, unknown> | undefined): Promise<void> {
    const found = await this.find(lid);
    if (!found) return;
    await this.users.firestore.runTransaction(
      async (transaction) => {
        const now = await transaction.get(found.ref);
        const fields = now.exists && fieldsOf(userOf(now));
        if (fields) transaction.update(found.ref, fields);
      },
      { maxAttempts: ATTEMPTS },
    );
  }

  /** Its id is the lid, where it is ours: read by it, as a query costs the emulator a look at everything that it ever held. The original's have other ids. */
  private async find(lid: string): Promise<DocumentSnapshot | undefined> {
    const own = await this.users.doc(lid).get();
    if (own.get('letterboxdId') === lid) return own;
    return (await this.users.where('letterboxdId', '==', lid).limit(1).get()).docs[0];
  }

  /** A document of that id which is another user's would be met for ever. */
  private async checkOwn(lid: string): Promise<void> {
    const found = await this.users.doc(lid).get();
    if (found.exists && found.get('letterboxdId') !== lid)
      throw new Error(`${found.ref.path} is not of the user ${lid}: set its letterboxdId, or move it to another id`);
  }
}

function userOf(found: DocumentSnapshot): UserDocument {
  return parseStored(userDocument, found.data(), found.ref.path);
}
