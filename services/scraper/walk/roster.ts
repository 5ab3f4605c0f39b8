import type { UserDocument } from '../../contracts/filmlinkd-documents';
import type { Users, VipChannels } from '../../runtime/stores/users';
import type { Log } from '../log';

/** Who is followed, as the database says it now. */
export class Roster {
  private users: ReadonlyMap<string, UserDocument> = new Map();
  private vipChannels: ReadonlySet<string> = new Set();
  private vipUsers: ReadonlySet<string> = new Set();
  private heard = { users: false, vipChannels: false };
  private listening: { stop(): Promise<void> }[] = [];

  constructor(
    private readonly stores: { readonly users: Users; readonly vipChannels: VipChannels },
    private readonly log: Log,
  ) {}

  start(): void {
    const failed = (error: Error) => this.log.error({ error }, 'Listening to the users');
    this.listening = [
      this.stores.users.listen((users) => {
        this.users = users;
        this.heard.users = true;
        this.sort();
      }, failed),
      this.stores.vipChannels.listen((channels) => {
        this.vipChannels = channels;
        this.heard.vipChannels = true;
        this.sort();
      }, failed),
    ];
  }

  async stop(): Promise<void> {
    await Promise.all(this.listening.map((each) => each.stop()));
  }

  /** Whether all are known. */
  get isComplete(): boolean {
    return this.heard.users && this.heard.vipChannels;
  }

  get size(): number {
    return this.users.size;
  }

  user(lid: string): UserDocument | undefined {
    return this.users.get(lid);
  }

  /** Whom at least one channel follows. */
  *followed(): Iterable<UserDocument> {
    for (const user of this.users.values()) if (user.channelList.length > 0) yield user;
  }

  /** Whether a VIP channel follows the user: told here and not by a query, which takes 30 channels. */
  isVip(lid: string): boolean {
    return this.vipUsers.has(lid);
  }

  /** Reads a user who may be so new that nobody has told us yet. */
  async meet(lid: string): Promise<void> {
    const known = this.users.get(lid);
    const user = await this.stores.users.byLid(lid);
    if (!user || this.users.get(lid) !== known) return; // what was heard meanwhile is newer
    this.users = new Map(this.users).set(lid, user);
    this.sort();
  }

  private sort(): void {
    const isVip = ({ channelList }: UserDocument) => channelList.some(({ channelId }) => this.vipChannels.has(channelId));
    this.vipUsers = new Set([...this.users.values()].filter(isVip).map(({ letterboxdId }) => letterboxdId));
  }
}
