import { DiscordAPIError, RateLimitError, type REST, type RESTPostAPIChannelMessageResult, Routes } from 'discord.js';
import { type Post, PostFailure, type Sender } from '../posting/ports';

/** Posts by REST. */
export class DiscordSender implements Sender {
  /** Discord has refused the token: nothing will be posted any more. */
  isRefused = false;

  constructor(private readonly rest: Pick<REST, 'post'>) {}

  async send({ channelId, embeds, nonce }: Post, signal: AbortSignal): Promise<string> {
    const body = { embeds, nonce, enforce_nonce: true, allowed_mentions: { parse: [] } };
    try {
      const message = (await this.rest.post(Routes.channelMessages(channelId), { body, signal })) as RESTPostAPIChannelMessageResult;
      return message.id;
    } catch (error) {
      const status = (error as { status?: number }).status;
      if (status === 401) this.isRefused = true;
      throw postFailure(error, status);
    }
  }
}

function postFailure(error: unknown, status: number | undefined): PostFailure {
  if (error instanceof RateLimitError) return new PostFailure('limited', error.message, Math.max(error.retryAfter, error.timeToReset, 0), error.global);
  const { message } = error as Error;
  const isFinal = status !== undefined && status >= 400 && status < 500 && status !== 401 && status !== 408;
  if (!isFinal) return new PostFailure('failed', status ? `Discord answered ${status}: ${message}` : message);
  const code = error instanceof DiscordAPIError ? ` ${error.code}` : '';
  return new PostFailure('closed', `Discord refuses the message:${code} ${message.split('\n')[0]}`);
}
