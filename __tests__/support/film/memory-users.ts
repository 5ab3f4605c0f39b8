import { type UserDocument, userDocument } from '../../../services/contracts/filmlinkd-documents';
import { compareLids } from '../../../services/contracts/lid';
import type { Profile, Users } from '../../../services/runtime/stores/users';

/** Who is followed, in memory. */
export class MemoryUsers implements Users {
  private readonly users = new Map<string, UserDocument>();
  private readonly listeners = new Set<(users: ReadonlyMap<string, UserDocument>) => void>();
  /** Thrown by everything while it is set. */
  failure: Error | undefined;

  /** A user as `follow` would have made it. */
  add(user: Partial<UserDocument> & { readonly letterboxdId: string }, ...channels: string[]): void {
    this.users.set(
      user.letterboxdId,
      userDocument.parse({ id: user.letterboxdId, userName: user.letterboxdId, channelList: channels.map((channelId) => ({ channelId })), ...user }),
    );
    this.tell();
  }

  async byLid(lid: string): Promise<UserDocument | undefined> {
    this.check();
    return this.users.get(lid);
  }

  async newsFrom(lid: string, newsFrom: NonNullable<UserDocument['newsFrom']>): Promise<void> {
    this.check();
    const user = this.users.get(lid);
    if (user && !user.newsFrom) this.set({ ...user, newsFrom });
  }

  async follow({ lid, ...profile }: Profile, channelId: string): Promise<boolean> {
    this.check();
    const user = this.users.get(lid) ?? userDocument.parse({ id: lid, letterboxdId: lid, ...profile });
    if (user.channelList.some((channel) => channel.channelId === channelId)) return false;
    this.set({ ...user, channelList: [...user.channelList, { channelId }] });
    return true;
  }

  async unfollow(lid: string, channelId: string): Promise<boolean> {
    this.check();
    const user = this.users.get(lid);
    if (user) this.set({ ...user, channelList: user.channelList.filter((channel) => channel.channelId !== channelId) });
    return user !== undefined;
  }

  async refresh({ lid, ...profile }: Profile): Promise<boolean> {
    this.check();
    const user = this.users.get(lid);
    if (user) this.set({ ...user, ...profile });
    return user !== undefined;
  }

  async ofChannel(channelId: string): Promise<UserDocument[]> {
    this.check();
    const users = [...this.users.values()].filter(({ channelList }) => channelList.some((channel) => channel.channelId === channelId));
    return users.sort((a, b) => compareLids(a.letterboxdId, b.letterboxdId));
  }

  async count(): Promise<number> {
    this.check();
    return this.users.size;
  }

  async posted(lid: string, entry: { readonly lid: string; readonly published: number; readonly link: string }): Promise<void> {
    const user = this.users.get(lid);
    if (!user) return;
    const list = [...new Set([...user.previous.list, entry.lid])].sort(compareLids).slice(-10);
    this.set({ ...user, previous: { ...user.previous, list, lid: list.at(-1) ?? '0', published: entry.published, uri: entry.link } });
  }

  listen(onUsers: (users: ReadonlyMap<string, UserDocument>) => void): { stop(): Promise<void> } {
    this.listeners.add(onUsers);
    onUsers(this.users);
    return { stop: async () => void this.listeners.delete(onUsers) };
  }

  private set(user: UserDocument): void {
    this.users.set(user.letterboxdId, user);
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener(this.users);
  }

  private check(): void {
    if (this.failure) throw this.failure;
  }
}
