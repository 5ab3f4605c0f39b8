import type { APIEmbed } from 'discord.js';
import type { UserDocument } from '../../contracts/filmlinkd-documents';
import type { Emoji } from '../../contracts/filmlinkd-environment';
import type { LogEntry } from '../../contracts/log-entry';
import { address, COLOUR, fitting, LIMITS, shortened } from '../text/embed';
import { marks } from '../text/emoji';
import { day, filmName } from '../text/format';
import { escaped, markdown } from '../text/markdown';

const LONGEST_REVIEW = 400;
const RULE = '┈'.repeat(12);

/** Who watched; from the user's document. */
export type Watcher = Pick<UserDocument, 'displayName' | 'image' | 'footer'>;

/** A diary entry as channels see it. */
export function entryEmbed(entry: LogEntry, { displayName, image, footer }: Watcher, emoji: Emoji, now: number): APIEmbed {
  const { userName, type, filmTitle, filmYear, adult, link, watchedDate, starCount, rewatch, liked, review, containsSpoilers } = entry;
  const did = type === 'review' ? 'reviewed' : 'watched';
  const watched = day(watchedDate, now);
  const head = [watchedDate && watched && `**${watched}**`, marks({ rating: starCount, rewatch, liked }, emoji)].filter(Boolean).join(' ');
  const text = markdown(review, { cut: LONGEST_REVIEW, spoiler: containsSpoilers });
  const description = [head, head && text && RULE, text].filter(Boolean).join('\n');
  return fitting({
    color: COLOUR,
    author: {
      name: shortened(`${displayName || userName} ${did}...`, LIMITS.author),
      url: address(`https://letterboxd.com/${encodeURIComponent(userName.replace(/\p{Surrogate}/gu, ''))}/`),
      icon_url: address(image),
    },
    title: shortened(`${adult ? `${emoji.adult} ` : ''}${escaped(filmName(filmTitle, filmYear))}`, LIMITS.title),
    url: address(link),
    ...(description && { description: shortened(description, LIMITS.description) }),
    ...(address(entry.image) && { thumbnail: { url: entry.image } }),
    ...(footer?.text.trim() && address(footer.icon) && { footer: { text: shortened(footer.text, LIMITS.footer), icon_url: footer.icon } }),
  });
}

/** What there is of every entry: for one that holds something of which no more can be made. */
export function bareEmbed({ filmTitle, filmYear, link }: LogEntry): APIEmbed {
  return { color: COLOUR, title: shortened(escaped(filmName(filmTitle, filmYear)), LIMITS.title), url: address(link) };
}
