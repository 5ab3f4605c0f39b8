import type { APIEmbed } from 'discord.js';
import type { Emoji } from '../../contracts/filmlinkd-environment';
import { boxd, tallest } from '../../letterboxd/log-entry';
import type { Image, MemberSummary } from '../../letterboxd/schemas';
import { address, COLOUR } from '../text/embed';
import { count } from '../text/format';
import { escaped, link } from '../text/markdown';

/** What several answers have. */

export const nameOf = ({ displayName, username, id }: Pick<MemberSummary, 'displayName' | 'username' | 'id'>): string => displayName || username || id;

export function thumbnail(image: Image | string): Pick<APIEmbed, 'thumbnail'> {
  const url = address(typeof image === 'string' ? image : tallest(image));
  return url ? { thumbnail: { url } } : {};
}

/** A short answer about a member. */
export function memberNote(member: { readonly name: string; readonly userName: string; readonly image: string }, text: string): APIEmbed {
  return { color: COLOUR, ...thumbnail(member.image), description: `**${escaped(member.name)}** (${escaped(member.userName)}) ${text}` };
}

export const links = (people: readonly { readonly id: string; readonly name: string }[]): string =>
  people.map(({ id, name }) => link(name, boxd(id))).join(', ');

export function counts({ watches, likes, reviews }: { watches?: number | null; likes?: number | null; reviews?: number | null }, emoji: Emoji): string {
  return [`${emoji.watches} ${count(watches ?? 0)}`, `${emoji.liked} ${count(likes ?? 0)}`, `${emoji.review} ${count(reviews ?? 0)}`].join('  ');
}
