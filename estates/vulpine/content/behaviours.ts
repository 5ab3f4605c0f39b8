/** Where it is written that a path is what it is. */
export type Source =
  /** The instance's documents: two outages of 2018, and the paths that were given behaviours after them. */
  | 'documents'
  /** Mastodon's public folder and the web server configuration that it is delivered with (v4.4). */
  | 'mastodon';

interface Row {
  readonly source: Source;
  readonly reason: string;
}

const asset = (reason: string): Row => ({ source: 'mastodon', reason });

/**
 * Files of the program, which Mastodon names with CDN_HOST too: they are the web server's, not the bucket's. By path, with
 * CloudFront's wildcards: `*` is any text, also with slashes.
 */
export const SITE_PATHS: Readonly<Record<string, Row>> = {
  '/packs/*': { source: 'documents', reason: 'scripts, styles and fonts, which browsers ask for with an Origin' },
  '/avatars/*': { source: 'documents', reason: 'placeholder of who has no picture: avatars/original/missing.png. Those that people have are below accounts/' },
  '/headers/*': { source: 'documents', reason: 'placeholder of who has no header: headers/original/missing.png' },
  '/emoji/*': { source: 'documents', reason: "Unicode's emoji; an instance's own are below custom_emojis/" },
  '/sounds/*': asset('of a new notification'),
  '/ocr/*': asset('languages that a picture is read in, fetched by a script'),
  '/assets/*': asset('pages of the programs that come along: Sidekiq, PgHero'),
  '/inert.css': asset('loaded by every page'),
  '/embed.js': asset("loaded by other sites' pages, for a post that they show"),
  '/favicon.ico': asset('icon of every page'),
  '/badge.png': asset('beside notifications'),
  '/web-push-icon_*.png': asset('actions in notifications'),
  '/oops.*': asset('on error pages'),
};

/** Keys that Mastodon writes, for each class of what has files, and whether everybody may read them. */
export const BUCKET_PREFIXES: Readonly<Record<string, Row & { readonly isPublic: boolean }>> = {
  'accounts/': { isPublic: true, ...asset('avatars and headers of people') },
  'cache/': { isPublic: true, ...asset('copies of what other instances have: the same folders again, and preview cards') },
  'custom_emojis/': { isPublic: true, ...asset("the instance's own emoji") },
  'media_attachments/': { isPublic: true, ...asset('pictures, videos and sounds of posts') },
  'preview_card_providers/': { isPublic: true, ...asset('icons of sites that are linked to') },
  'preview_cards/': { isPublic: true, ...asset('pictures of links, from before they moved below cache/') },
  'site_uploads/': { isPublic: true, ...asset("the instance's own pictures, such as its thumbnail") },
  'backups/': { isPublic: false, ...asset("people's archives: each owner gets a link to S3 itself, signed for an hour") },
  'imports/': { isPublic: false, ...asset('lists that people have uploaded, read by Mastodon alone') },
};

/** What CloudFront may read. */
export const PUBLIC_PREFIXES: readonly string[] = Object.entries(BUCKET_PREFIXES).flatMap(([prefix, { isPublic }]) => (isPublic ? [prefix] : []));
