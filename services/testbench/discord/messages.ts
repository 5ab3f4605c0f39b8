import { type APIEmbed, type APIMessage, type MessageFlags, MessageType } from 'discord-api-types/v10';
import type { MessageBody } from './message-body';
import { userData } from './shapes';
import type { DiscordWorld } from './world';

export interface NewMessage {
  readonly channelId: string;
  readonly body: MessageBody;
  /** Answers of commands are written in the name of the application. */
  readonly webhook?: boolean;
}

/** All messages of the bot, in the order in which Discord accepted them. */
export class Messages {
  /** Sends that a nonce made into repeats: they were answered with the first message. */
  repeats = 0;
  private readonly byChannel = new Map<string, APIMessage[]>();
  private readonly byId = new Map<string, APIMessage>();
  private readonly byNonce = new Map<string, { message: APIMessage; at: number }>();

  /** @param nonceWindow milliseconds for which Discord knows a nonce: it says "a few minutes" */
  constructor(
    private readonly world: DiscordWorld,
    private readonly nonceWindow: number,
  ) {}

  get count(): number {
    return this.byId.size;
  }

  in(channelId: string): readonly APIMessage[] {
    return this.byChannel.get(channelId) ?? [];
  }

  get(channelId: string, id: string): APIMessage | undefined {
    const message = this.byId.get(id);
    return message?.channel_id === channelId ? message : undefined;
  }

  /** The bot's message with this nonce, if it is young enough. One nonce is one message, in whatever channel. */
  repeated({ nonce, enforce_nonce }: MessageBody): APIMessage | undefined {
    if (nonce === undefined || enforce_nonce !== true) return undefined;
    const known = this.byNonce.get(nonce);
    if (!known || this.world.now() - known.at > this.nonceWindow) return undefined;
    this.repeats += 1;
    return known.message;
  }

  add({ channelId, body, webhook = false }: NewMessage): APIMessage {
    const { bot, ids } = this.world;
    const now = this.world.now();
    const message: APIMessage = {
      id: ids.next(),
      channel_id: channelId,
      author: userData(bot),
      type: webhook ? MessageType.ChatInputCommand : MessageType.Default,
      content: body.content ?? '',
      embeds: (body.embeds ?? []).map(asShown),
      timestamp: new Date(now).toISOString(),
      edited_timestamp: null,
      tts: body.tts ?? false,
      mention_everyone: false,
      mentions: [],
      mention_roles: [],
      attachments: [],
      components: [],
      pinned: false,
      flags: (body.flags ?? 0) as MessageFlags,
      ...(webhook ? { webhook_id: bot.id, application_id: bot.id } : {}),
      ...(body.nonce === undefined ? {} : { nonce: body.nonce }),
    };
    const list = this.byChannel.get(channelId);
    if (list) list.push(message);
    else this.byChannel.set(channelId, [message]);
    this.byId.set(message.id, message);
    if (body.nonce !== undefined) this.byNonce.set(body.nonce, { message, at: now });
    return message;
  }

  edit(message: APIMessage, body: MessageBody): APIMessage {
    if (body.content !== undefined) message.content = body.content;
    if (body.embeds !== undefined) message.embeds = body.embeds.map(asShown);
    message.edited_timestamp = new Date(this.world.now()).toISOString();
    return message;
  }

  remove(message: APIMessage): void {
    this.byId.delete(message.id);
    this.byChannel.set(
      message.channel_id,
      this.in(message.channel_id).filter(({ id }) => id !== message.id),
    );
  }
}

const asShown = (embed: NonNullable<MessageBody['embeds']>[number]): APIEmbed => ({ ...JSON.parse(JSON.stringify(embed)), type: 'rich' });
