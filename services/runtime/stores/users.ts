import type { UserDocument } from '../../contracts/filmlinkd-documents';

/** What of a profile is kept, as Letterboxd says it. */
export interface Profile {
  readonly lid: string;
  readonly userName: string;
  readonly displayName: string;
  readonly image: string;
}

/** Who is followed, and where. Every write is a transaction or an array operation: none is lost beside another. */
export interface Users {
  byLid(lid: string): Promise<UserDocument | undefined>;
  /** Adds a channel, and the user when there is none. False: the channel followed already, and nothing changed. */
  follow(profile: Profile, channelId: string): Promise<boolean>;
  /** False: nobody follows such a user anywhere. */
  unfollow(lid: string, channelId: string): Promise<boolean>;
  /** Stores the profile again. False: there is no such user. */
  refresh(profile: Profile): Promise<boolean>;
  /** Whom a channel follows, by the order of their ids. */
  ofChannel(channelId: string): Promise<UserDocument[]>;
  count(): Promise<number>;
  /** The entry was posted in every channel: keeps the ten newest, and the newest as `previous.lid`. */
  posted(lid: string, entry: { readonly lid: string; readonly published: number; readonly link: string }): Promise<void>;
  /** Calls back with all users, and again whenever some changed, until stopped. What goes wrong (a document that is broken, too, which is left out) is told to `onError`, and listening goes on. */
  listen(onUsers: (users: ReadonlyMap<string, UserDocument>) => void, onError: (error: Error) => void): { stop(): Promise<void> };
}

/** Channels whose users are asked for more often. */
export interface VipChannels {
  /** Nothing when it is one already. */
  add(channelId: string, group?: string): Promise<void>;
  /** Nothing when it is none. */
  remove(channelId: string): Promise<void>;
  listen(onChannels: (channelIds: ReadonlySet<string>) => void, onError: (error: Error) => void): { stop(): Promise<void> };
}
