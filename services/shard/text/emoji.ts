import type { Emoji } from '../../contracts/filmlinkd-environment';

const MOST = 5;

/** Half stars are shown from a quarter on, and a whole one from three quarters. */
export function stars(rating: number, { star, half }: Pick<Emoji, 'star' | 'half'>): string {
  const shown = Math.min(Math.max(rating, 0), MOST);
  const whole = Math.floor(shown);
  const rest = shown - whole;
  if (rest >= 0.75) return star.repeat(whole + 1);
  return star.repeat(whole) + (rest >= 0.25 ? half : '');
}

/** Stars, seen before, liked: what there is of them, with a space between. */
export function marks(entry: { readonly rating: number; readonly rewatch: boolean; readonly liked: boolean }, emoji: Emoji): string {
  return [stars(entry.rating, emoji), entry.rewatch && emoji.rewatch, entry.liked && emoji.liked].filter(Boolean).join(' ');
}
