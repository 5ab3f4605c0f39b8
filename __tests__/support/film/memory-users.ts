import { type UserDocument, userDocument } from '../../../services/contracts/filmlinkd-documents';
import { byLidOrder, follows, newUser, previousAfter } from '../../../services/runtime/stores/user-records';
import type { Profile, Users } from '../../../services/runtime/stores/users';

/** Who is followed, in memory, by the stores' own rules. */
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

  async follow(profile: Profile, channelId: string): Promise<boolean> {
    this.check();
    const user = this.users.get(profile.lid);
    if (user && follows(user, channelId)) return false;
    this.set(user ? { ...user, channelList: [...user.channelList, { channelId }] } : newUser(profile, channelId, 0));
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
    return byLidOrder([...this.users.values()].filter((user) => follows(user, channelId)));
  }

  async count(): Promise<number> {
    this.check();
    return this.users.size;
  }

  async posted(lid: string, entry: { readonly lid: string; readonly published: number; readonly link: string }): Promise<void> {
    const user = this.users.get(lid);
    const previous = user && previousAfter(user, entry);
    if (previous) this.set({ ...user, previous: { ...user.previous, ...previous } });
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
