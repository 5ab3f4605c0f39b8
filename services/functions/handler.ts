import type * as z from 'zod';
import { pubsubPush } from '../contracts/pubsub-push';
import { Unavailable } from '../runtime/google/rest';
import type { Log } from './log';

/** An HTTP request, as far as the functions look at it. */
export interface Call {
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawBody: Buffer;
}
export interface Answer {
  readonly status: number;
  readonly body: object;
}
export type Handler = (call: Call) => Promise<Answer>;

/** The caller's mistake: the same request stays wrong. */
export class Refused extends Error {
  override name = 'Refused';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Turns what a handler throws into an answer. A refused push is answered 4xx as well: Pub/Sub delivers it as often as the subscription's
 * dead-letter policy says, and then puts it there, where a person can look at it; 2xx would lose it.
 */
export function answering(log: Log, handler: Handler): Handler {
  return async (call) => {
    try {
      return await handler(call);
    } catch (error) {
      if (error instanceof Refused) {
        const strangers = error.status === 401 || error.status === 409;
        log[strangers ? 'warn' : 'error']({ status: error.status }, `refused: ${error.message}`);
        return { status: error.status, body: { error: error.message } };
      }
      const { message } = error as Error;
      log.error({ err: error }, `not done: ${message}`);
      return { status: error instanceof Unavailable ? 503 : 500, body: { error: 'not done, try again; the log has the reason' } };
    }
  };
}

/** What the text holds by the schema; anything else is {@link Refused} with all that is wrong. */
export function parseJson<S extends z.ZodType>(schema: S, text: string, what: string): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Refused(400, `${what} is not JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Refused(400, `${what}: ${problems(parsed.error)}`);
  return parsed.data;
}

/** `field: what is wrong` of every problem, in one line. */
export const problems = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)).join('; ');

/** The message of a push request, with its data by the schema. */
export function parsePush<S extends z.ZodType>(schema: S, { rawBody }: Call) {
  const { message } = parseJson(pubsubPush, rawBody.toString(), 'push request');
  const data = parseJson(schema, Buffer.from(message.data, 'base64').toString(), `message ${message.messageId}`);
  return { id: message.messageId, publishedAt: new Date(message.publishTime), attributes: message.attributes, data };
}
