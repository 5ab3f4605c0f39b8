import type { LetterboxdClient } from '../../letterboxd/client';
import { tallest } from '../../letterboxd/log-entry';
import type { Member } from '../../letterboxd/schemas';
import type { Profile } from '../../runtime/stores/users';
import { Refusal } from './refusal';

const SEARCHED = 100;
const SITE_LIMIT_MS = 6000;
/** What a member may be called, also as part of the address of their page. */
const NAME = /^(?:@|(?:https?:\/\/)?(?:www\.)?letterboxd\.com\/)?([a-z0-9_]{1,50})\/?$/i;

export interface AccountsSettings {
  readonly letterboxd: LetterboxdClient;
  /** Letterboxd's site, which is asked when the search finds nobody. @default not asked */
  readonly site?: string;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** Finds members by their user names. */
export class Accounts {
  constructor(private readonly settings: AccountsSettings) {}

  /** Throws a {@link Refusal} when there is none. */
  async find(account: string): Promise<Member> {
    const name = userName(account);
    const lid = name && ((await this.searched(name)) ?? (await this.onSite(name)));
    const member = lid && (await this.settings.letterboxd.member(lid));
    if (!member) throw new Refusal(`Letterboxd has no account with the user name \`${account.replaceAll('`', '').slice(0, 100)}\`.`);
    return member;
  }

  private async searched(name: string): Promise<string | undefined> {
    const members = await this.settings.letterboxd.searchMembers(name, SEARCHED);
    return members.find(({ username }) => username?.toLowerCase() === name)?.id;
  }

  /** The page says whose it is in a header. */
  private async onSite(name: string): Promise<string | undefined> {
    const { site, fetch: request = (url: string, init: RequestInit) => fetch(url, init) } = this.settings;
    if (!site) return undefined;
    try {
      const { headers, body } = await request(new URL(`${name}/`, site).href, { signal: AbortSignal.timeout(SITE_LIMIT_MS) });
      await body?.cancel();
      const type = headers.get('x-letterboxd-type');
      return type === null || type === 'Member' ? (headers.get('x-letterboxd-identifier') ?? undefined) : undefined;
    } catch {
      return undefined; // only a second opinion
    }
  }
}

/** Lower-case; undefined: nobody can be called so. */
export function userName(account: string): string | undefined {
  return NAME.exec(account.trim())?.[1]?.toLowerCase();
}

export function profileOf({ id, username, displayName, avatar }: Member): Profile {
  return { lid: id, userName: username ?? '', displayName: displayName ?? username ?? '', image: tallest(avatar) ?? '' };
}
