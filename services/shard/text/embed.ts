import type { APIEmbed } from 'discord.js';

/** What Discord takes, in characters. */
export const LIMITS = { title: 256, author: 256, description: 4096, footer: 2048, fieldName: 256, fieldValue: 1024, message: 6000, embeds: 10 } as const;

export const COLOUR = 0xa700bd;

/** Only what Discord takes as an address: one that it refuses would cost the whole message. */
export function address(url: string | null | undefined): string | undefined {
  return url && url.length <= 2000 && /^https?:\/\/[^\s]+$/.test(url) && URL.canParse(url) ? url : undefined;
}

/** At most so many characters, with dots for what is missing. No character is cut in two. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1);
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** How much of a message's {@link LIMITS} an embed takes. */
export function lengthOf({ title = '', description = '', author, footer, fields = [] }: APIEmbed): number {
  const texts = [title, description, author?.name ?? '', footer?.text ?? '', ...fields.flatMap(({ name, value }) => [name, value])];
  return texts.reduce((length, text) => length + text.length, 0);
}

/** An embed that fits into a message: of one that does not, the end of the footer goes. All else together always fits. */
export function fitting(embed: APIEmbed): APIEmbed {
  const { footer } = embed;
  const excess = lengthOf(embed) - LIMITS.message;
  return footer && excess > 0 ? { ...embed, footer: { ...footer, text: shortened(footer.text, footer.text.length - excess) } } : embed;
}

/** Embeds in as few messages as take them, in their order. */
export function messages(embeds: readonly APIEmbed[]): APIEmbed[][] {
  const all: APIEmbed[][] = [];
  let length = 0;
  for (const embed of embeds) {
    const current = all.at(-1);
    length += lengthOf(embed);
    if (current && current.length < LIMITS.embeds && length <= LIMITS.message) current.push(embed);
    else {
      all.push([embed]);
      length = lengthOf(embed);
    }
  }
  return all;
}

/** Blocks of text in as few descriptions as take them; a block stays whole where it can. */
export function pages(blocks: readonly string[], separator = '\n'): string[] {
  const all: string[] = [];
  for (const block of blocks.flatMap((text) => pieces(text))) {
    const current = all.at(-1);
    if (current !== undefined && current.length + separator.length + block.length <= LIMITS.description) all[all.length - 1] = current + separator + block;
    else all.push(block);
  }
  return all;
}

/** An embed whose text may be longer than one takes: the others follow it, with nothing but text. */
export function paged(head: APIEmbed, blocks: readonly string[], separator = '\n'): APIEmbed[] {
  const [first, ...rest] = pages(blocks, separator);
  return [
    { color: COLOUR, ...head, ...(head.title && { title: shortened(head.title, LIMITS.title) }), ...(first && { description: first }) },
    ...rest.map((description) => ({ color: COLOUR, description })),
  ];
}

/** Cuts at line ends where there are some. */
function pieces(text: string): string[] {
  if (text.length <= LIMITS.description) return [text];
  const newline = text.lastIndexOf('\n', LIMITS.description);
  const space = text.lastIndexOf(' ', LIMITS.description);
  const end = newline > 0 ? newline : space > 0 ? space : LIMITS.description;
  return [text.slice(0, end), ...pieces(text.slice(end).trimStart())];
}
