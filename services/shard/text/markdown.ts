import { createDocument } from '@mixmark-io/domino';
import Turndown from 'turndown';

export interface MarkdownOptions {
  /** Characters of text that are kept, at most; `...` says that some are missing. @default all */
  readonly cut?: number;
  /** What is hidden until it is clicked. @default false */
  readonly spoiler?: boolean;
}

/** Longer addresses are left out: they would crowd out the text. */
const LONGEST_LINK = 400;
/** Characters of HTML that are looked at: parsing costs the square of it, and no message holds more. */
const LONGEST_HTML = 10_000;
const DEEPEST = 50;
const VOID = new Set(['BR', 'HR', 'IMG', 'WBR']);
const CODE = new Set(['PRE', 'CODE', 'KBD', 'SAMP', 'TT']);
const TEXT = 3;

/** HTML that people wrote as Discord's Markdown. It is cut as text, before it is marked up, so that no tag or mark stays open. */
export function markdown(html: string, options: MarkdownOptions = {}): string {
  const source = html.length > LONGEST_HTML ? html.slice(0, LONGEST_HTML).replace(/<[^>]*$/, '') : html;
  const isShort = source.length < html.length;
  // nested so deeply that no parser gets through: the words alone
  return marked(depthOf(source) > DEEPEST ? source.replace(/<[^>]*>/g, ' ') : source, options, isShort);
}

/** Elements that are open at the same time, at most. */
function depthOf(html: string): number {
  let [depth, deepest] = [0, 0];
  for (const [, end, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    if (VOID.has(name.toUpperCase())) continue;
    depth = end ? Math.max(depth - 1, 0) : depth + 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function marked(html: string, { cut, spoiler = false }: MarkdownOptions, isShort: boolean): string {
  // the letter before it: without one a frameset would take the place of all that is there
  const root = createDocument(`x<x-root>${html}</x-root>`).querySelector('x-root') as unknown as HTMLElement;
  const isCut = (cut !== undefined && cutText(root, { left: cut })) || isShort;
  const text = (spoiler ? hidden : plain)
    .turndown(root)
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{2,}/g, '\n')
    .trim();
  if (text === '') return '';
  return `${spoiler ? '||' : ''}${text}${isCut ? '...' : ''}${spoiler ? '||' : ''}`;
}

/** Text that shall look as it is written: what has a meaning in Discord's Markdown loses it. */
export function escaped(text: string): string {
  return text
    .replace(/[\\*_~`|[\]]/g, '\\$&')
    .replace(/^(#{1,3} |>|-)/gm, '\\$1')
    .replace(/^(\d+)\. /gm, '$1\\. ')
    .replace(/<(?=[@#:/ta])/g, '\\<');
}

/** A link with any text. */
export function link(text: string, url: string): string {
  return `[${escaped(text)}](${url})`;
}

/** Leaves the first characters of all text; true when some went. Where it can, between two words. */
function cutText(node: Node, budget: { left: number }): boolean {
  let isCut = false;
  for (const child of [...node.childNodes]) {
    if (budget.left <= 0 && (child.textContent ?? '').trim() !== '') {
      node.removeChild(child);
      isCut = true;
    } else if (child.nodeType === TEXT) {
      const characters = [...(child.textContent ?? '')];
      if (characters.length > budget.left) {
        child.textContent = shorten(characters.slice(0, budget.left).join(''));
        budget.left = 0;
        isCut = true;
      } else budget.left -= characters.length;
    } else if (cutText(child, budget)) isCut = true;
  }
  return isCut;
}

/** Half a word at the end goes, when the word is not very long. */
function shorten(text: string): string {
  const space = text.search(/\s\S*$/);
  return space > 0 && text.length - space < 30 ? text.slice(0, space) : text.replace(/[\u200d\ufe0f]+$/, '');
}

function converter(spoiler: boolean): Turndown {
  const turndown = new Turndown({ emDelimiter: '*', bulletListMarker: '-', codeBlockStyle: 'fenced', headingStyle: 'atx', br: '' });
  turndown.escape = escaped;
  turndown.remove(['script', 'style']);
  turndown.addRule('none', { filter: ['img', 'hr'], replacement: () => '' });
  turndown.addRule('heading', {
    filter: ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
    replacement: (content) => (content.trim() ? `\n\n**${content.trim()}**\n\n` : ''),
  });
  turndown.addRule('strike', { filter: ['del', 's', 'strike' as 's'], replacement: (content) => (content.trim() ? `~~${content}~~` : content) });
  turndown.addRule('underline', { filter: 'u', replacement: (content) => (content.trim() ? `__${content}__` : content) });
  turndown.addRule('link', {
    filter: 'a',
    replacement: (content, node) => {
      const url = (node as HTMLAnchorElement).getAttribute('href') ?? '';
      const isUsable = /^https?:\/\/[^\s()<>]+$/.test(url) && url.length <= LONGEST_LINK && content.trim() !== '';
      return isUsable ? `[${content.trim()}](${url})` : content;
    },
  });
  // A quote or code inside would swallow the mark that ends what is hidden.
  // An address may hold that mark, or push it out of the message.
  if (spoiler) {
    turndown.addRule('link', { filter: 'a', replacement: (content) => content });
    turndown.addRule('flat', {
      filter: (node) => node.nodeName === 'BLOCKQUOTE' || CODE.has(node.nodeName),
      replacement: (_, node) => flat(node.textContent ?? ''),
    });
  }
  return turndown;
}

const flat = (text: string): string => `\n\n${escaped(text.trim())}\n\n`;

const plain = converter(false);
const hidden = converter(true);
