import { randomBytes } from 'node:crypto';
import { type APIMessage, MessageFlags, InteractionResponseType as Response } from 'discord-api-types/v10';
import * as z from 'zod';
import type { Changes } from '../changes';
import { alreadyAcknowledged, invalidToken, unknown } from './api-error';
import { checkForm, text, upTo } from './form';
import { Interaction } from './interaction';
import { checkEdit, checkMessage, type MessageBody } from './message-body';
import type { Messages } from './messages';
import type { DiscordWorld } from './world';

const callback = z.object({ type: z.enum(Response), data: z.unknown().optional() });
const deferral = z.object({ flags: z.int().optional() }).nullish();
const completion = z.object({ choices: upTo(25, z.object({ name: text(1, 100), value: z.union([text(1, 100), z.number()]) })) });

export interface InteractionTimes {
  /** Milliseconds for the first answer. @default 3000 */
  readonly answerMs?: number;
  /** Milliseconds that a token is good for. @default 900000 */
  readonly tokenMs?: number;
}

/** Answers of commands: the callback, then edits and follow-ups by the interaction's token. */
export class Interactions {
  readonly all: Interaction[] = [];
  private readonly byToken = new Map<string, Interaction>();

  constructor(
    private readonly world: DiscordWorld,
    private readonly messages: Messages,
    private readonly changes: Changes,
    private readonly times: InteractionTimes,
  ) {}

  begin(channelId: string, isAutocomplete: boolean): Interaction {
    const token = randomBytes(32).toString('base64url');
    const interaction = new Interaction(this.world.ids.next(), token, channelId, isAutocomplete, this.world.now(), this.changes);
    this.all.push(interaction);
    this.byToken.set(token, interaction);
    return interaction;
  }

  /** POST /interactions/{id}/{token}/callback */
  answer(id: string, token: string, body: unknown): Interaction {
    const interaction = this.byToken.get(token);
    if (!interaction || interaction.id !== id) throw unknown.interaction();
    const after = this.world.now() - interaction.begunAt;
    if (interaction.response !== undefined) throw this.refused(interaction, alreadyAcknowledged());
    if (after > (this.times.answerMs ?? 3000)) throw this.refused(interaction, unknown.interaction());
    const { type, data } = checkForm(callback, body);
    const fits = interaction.isAutocomplete
      ? type === Response.ApplicationCommandAutocompleteResult
      : type === Response.ChannelMessageWithSource || type === Response.DeferredChannelMessageWithSource;
    if (!fits) checkForm(z.object({ type: z.never() }), { type });
    if (type === Response.ApplicationCommandAutocompleteResult) interaction.choices = checkForm(completion, data).choices;
    if (type === Response.DeferredChannelMessageWithSource) interaction.isEphemeral = isEphemeral(checkForm(deferral, data)?.flags);
    if (type === Response.ChannelMessageWithSource) {
      const message = checkMessage(data);
      interaction.isEphemeral = isEphemeral(message.flags);
      interaction.original = this.say(interaction, message);
    }
    interaction.response = type;
    interaction.answeredAfter = after;
    this.changes.happened();
    return interaction;
  }

  /** PATCH /webhooks/{application}/{token}/messages/{id or @original}: the first edit ends a deferral. */
  edit(token: string, messageId: string, body: unknown): APIMessage {
    const interaction = this.open(token);
    const changed = checkEdit(body);
    let message: APIMessage;
    if (messageId === '@original' && interaction.isDeferred) {
      message = this.say(interaction, checkMessage(body));
      interaction.original = message;
    } else {
      message = this.messages.edit(this.message(interaction, messageId), changed);
    }
    this.changes.happened();
    return message;
  }

  /** POST /webhooks/{application}/{token}: the first one after a deferral is its answer. */
  follow(token: string, body: unknown): APIMessage {
    const interaction = this.open(token);
    const checked = checkMessage(body);
    const isAnswer = interaction.isDeferred;
    const message = this.say(interaction, checked);
    if (isAnswer) interaction.original = message;
    else interaction.followups.push(message);
    this.changes.happened();
    return message;
  }

  get(token: string, messageId: string): APIMessage {
    return this.message(this.open(token), messageId);
  }

  remove(token: string, messageId: string): void {
    const interaction = this.open(token);
    const message = this.message(interaction, messageId);
    this.messages.remove(message);
    if (interaction.original === message) interaction.original = undefined;
    else interaction.followups.splice(interaction.followups.indexOf(message), 1);
    this.changes.happened();
  }

  /** An interaction that the bot has answered, and whose token is still good. */
  private open(token: string): Interaction {
    const interaction = this.byToken.get(token);
    if (!interaction || interaction.response === undefined || interaction.isAutocomplete) throw unknown.webhook();
    if (this.world.now() - interaction.begunAt > (this.times.tokenMs ?? 900_000)) throw this.refused(interaction, invalidToken());
    return interaction;
  }

  private message(interaction: Interaction, id: string): APIMessage {
    const message = id === '@original' ? interaction.original : interaction.messages.find((one) => one.id === id);
    if (!message) throw unknown.message();
    return message;
  }

  private say(interaction: Interaction, body: MessageBody): APIMessage {
    const flags = interaction.isEphemeral ? (body.flags ?? 0) | MessageFlags.Ephemeral : body.flags;
    return this.messages.add({ channelId: interaction.channelId, body: { ...body, flags }, webhook: true });
  }

  private refused<E extends Error>(interaction: Interaction, error: E): E {
    interaction.refused.push(error.message);
    this.changes.happened();
    return error;
  }
}

const isEphemeral = (flags = 0): boolean => (flags & MessageFlags.Ephemeral) !== 0;
