/** Which shards of the bot this process runs. */
export type Shards = 'auto' | { readonly ids: readonly number[]; readonly total: number };

/** `auto`, or such as `0-3/8`. */
export function shardsOf(text: string): Shards {
  if (text === 'auto') return 'auto';
  const [first, last, total] = text.split(/[-/]/).map(Number) as [number, number, number];
  return { ids: Array.from({ length: last - first + 1 }, (_, index) => first + index), total };
}

/** Discord's rule. */
export function shardOfGuild(guildId: string, total: number): number {
  return Number((BigInt(guildId) >> 22n) % BigInt(total));
}
