import type { APIEmbed } from 'discord.js';

/** Whether this process can post in a channel. */
export type ChannelState =
  | { readonly kind: 'open' }
  /** On another process's shards. */
  | { readonly kind: 'elsewhere' }
  /** Its shard is not connected, or nobody can say. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** There is no such channel, or the bot may not post there. Normal: people change their servers. */
  | { readonly kind: 'closed'; readonly reason: string };

/** The channels of Discord, as this process sees them. */
export interface Channels {
  state(channelId: string): Promise<ChannelState>;
}

export interface Post {
  readonly channelId: string;
  readonly embeds: readonly APIEmbed[];
  readonly nonce: string;
}

/** Sends messages. Every failure is a {@link PostFailure}. */
export interface Sender {
  /** Resolves with Discord's id of the message. */
  send(post: Post, signal: AbortSignal): Promise<string>;
}

/**
 * Why Discord has not taken a message. `limited`: too many, wait; `closed`: not in this channel, or not this message; `failed`: down, or its
 * answer was lost: it may have the message.
 */
export class PostFailure extends Error {
  override readonly name = 'PostFailure';

  /** @param wait Milliseconds until the next may be sent; `everywhere`: to any channel. */
  constructor(
    readonly kind: 'limited' | 'closed' | 'failed',
    message: string,
    readonly wait = 0,
    readonly everywhere = false,
  ) {
    super(message);
  }
}
