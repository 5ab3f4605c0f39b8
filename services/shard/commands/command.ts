import type { APIEmbed } from 'discord.js';
import type { Emoji } from '../../contracts/filmlinkd-environment';
import type { CommandMessage, LogEntryMessage } from '../../contracts/log-entry';
import type { LetterboxdClient } from '../../letterboxd/client';
import type { Clock } from '../../runtime/clock';
import type { Users } from '../../runtime/stores/users';
import type { Log } from '../posting/log';
import type { PacedSender } from '../posting/sending';
import type { Tmdb } from '../tmdb';
import type { Accounts } from './accounts';

/** A channel that a command is about. */
export interface Place {
  readonly channelId: string;
  /** Permissions that the caller lacks to read and write there, by their names. */
  readonly callerLacks: readonly string[];
  /** Permissions that the bot needs there: whether it has them, by their names. */
  readonly bot: ReadonlyMap<string, boolean>;
}

/** A slash command as somebody called it, in a channel of a server. */
export interface Call {
  readonly here: Place;
  /** The option `channel`. @default here */
  readonly chosen?: Place;
  /** All other options, by their names. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

export interface Answer {
  /** Shown in as many messages as they need. */
  readonly embeds: readonly APIEmbed[];
  /** What is done once they are shown. */
  readonly afterwards?: (ending: AbortSignal) => Promise<void>;
}

/** What commands work with. */
export interface CommandMeans {
  readonly letterboxd: LetterboxdClient;
  readonly accounts: Accounts;
  readonly tmdb: Tmdb;
  readonly users: Users;
  readonly sender: PacedSender;
  /** To the scrapers, and to all shards. */
  readonly publish: { readonly command: (message: CommandMessage) => Promise<unknown>; readonly entry: (message: LogEntryMessage) => Promise<unknown> };
  readonly emoji: Emoji;
  readonly clock: Clock;
  readonly log: Log;
  readonly about: { readonly version: string; readonly applicationId: () => string; readonly servers: () => Promise<number> };
  /** From 0 to below 1. @default Math.random */
  readonly random?: () => number;
}

/** Throws a {@link Refusal}, or what its means throw, when it cannot be served. */
export type Command = (call: Call, means: CommandMeans) => Promise<Answer>;

export function textOption({ options }: Call, name: string): string {
  const value = options[name];
  return typeof value === 'string' ? value.trim() : '';
}
