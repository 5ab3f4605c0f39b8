import type { CollectionReference } from '@google-cloud/firestore';
import { type VipDocument, vipDocument } from '../../../contracts/filmlinkd-documents';
import { parseStored } from '../records';
import type { VipChannels } from '../users';
import { listenTo } from './listen';

/** The whole collection is listened to, however many channels it holds: users are told apart here, not by a query, which takes 30 values. */
export class FirestoreVipChannels implements VipChannels {
  constructor(private readonly channels: CollectionReference) {}

  async add(channelId: string, group = ''): Promise<void> {
    const { empty } = await this.channels.where('channelId', '==', channelId).limit(1).get();
    const document: VipDocument = { id: channelId, group, channelId };
    if (empty) await this.channels.doc(channelId).set(document);
  }

  async remove(channelId: string): Promise<void> {
    const { docs } = await this.channels.where('channelId', '==', channelId).get();
    await Promise.all(docs.map((found) => found.ref.delete()));
  }

  listen(onChannels: (channelIds: ReadonlySet<string>) => void, onError: (error: Error) => void): { stop(): Promise<void> } {
    return listenTo(
      this.channels,
      (found) => parseStored(vipDocument, { id: found.id, ...found.data() }, found.ref.path),
      (documents) => onChannels(new Set([...documents.values()].map(({ channelId }) => channelId))),
      onError,
    );
  }
}
