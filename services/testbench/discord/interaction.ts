import { type APIMessage, InteractionResponseType as Response } from 'discord-api-types/v10';
import type { Changes } from '../changes';

export interface Choice {
  readonly name: string;
  readonly value: string | number;
}

const PATIENCE = 10_000;

/** A command that somebody gave, or is typing, and what the bot made of it. */
export class Interaction {
  /** How the bot answered first; undefined: not at all yet. */
  response: Response | undefined;
  /** Milliseconds until then. */
  answeredAfter: number | undefined;
  /** Only who gave the command sees the answer. */
  isEphemeral = false;
  /** The answer: set when it can be read, not while the bot is "thinking". */
  original: APIMessage | undefined;
  readonly followups: APIMessage[] = [];
  /** What autocomplete offers. */
  choices: readonly Choice[] | undefined;
  /** Answers that Discord refused, such as those that came too late. */
  readonly refused: string[] = [];

  constructor(
    readonly id: string,
    readonly token: string,
    readonly channelId: string,
    readonly isAutocomplete: boolean,
    readonly begunAt: number,
    private readonly changes: Changes,
  ) {}

  get isDeferred(): boolean {
    return this.response === Response.DeferredChannelMessageWithSource && this.original === undefined;
  }

  /** All that the bot said to it, in order. */
  get messages(): readonly APIMessage[] {
    return [...(this.original ? [this.original] : []), ...this.followups];
  }

  /** The answer, when it is there. */
  reply(limit = PATIENCE): Promise<APIMessage> {
    return this.changes.until('an answer to the command', () => this.original, limit);
  }

  /** The first answer, which may be that the bot thinks. */
  acknowledged(limit = PATIENCE): Promise<Response> {
    return this.changes.until('a first answer to the command', () => this.response, limit);
  }

  offered(limit = PATIENCE): Promise<readonly Choice[]> {
    return this.changes.until('choices to complete the option', () => this.choices, limit);
  }

  /** So many messages in all. */
  async said(count: number, limit = PATIENCE): Promise<readonly APIMessage[]> {
    await this.changes.until(`${count} messages of the command`, () => this.messages.length >= count, limit);
    return this.messages;
  }
}
