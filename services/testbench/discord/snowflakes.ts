const EPOCH = 1_420_070_400_000n;

/** Discord's ids: milliseconds since 2015 above 22 bits. Each is newer than the one before. */
export class Snowflakes {
  private last = 0n;
  private lastGuild: bigint | undefined;

  constructor(private readonly now: () => number) {}

  next(): string {
    const id = (BigInt(this.now()) - EPOCH) << 22n;
    this.last = id > this.last ? id : this.last + 1n;
    return this.last.toString();
  }

  /** One after another they fall on one shard after another. */
  nextGuild(): string {
    this.lastGuild = this.lastGuild === undefined ? 1_000_000_000_000n : this.lastGuild + 1n;
    return (this.lastGuild << 22n).toString();
  }
}

/** The shard of all `count` that a guild is on. */
export const shardOf = (guildId: string, count: number): number => Number((BigInt(guildId) >> 22n) % BigInt(count));
