import type { HttpFunction } from '@google-cloud/functions-framework';
import type * as z from 'zod';
import { EVENTS } from '../contracts/functions';
import { parseEnvironment } from '../runtime/environment';
import { answering, type Handler } from './handler';
import type { Log } from './log';
import { LONGEST_BODY } from './requests';

export interface EntryPointOptions<S extends z.ZodType> {
  /** As Google knows the function. */
  readonly name: string;
  readonly environment: S;
  readonly log: Log;
  /** Puts the function together; called once. */
  readonly build: (environment: z.output<S>) => Promise<Handler>;
  /** @default the process's */
  readonly variables?: NodeJS.ProcessEnv;
}

/**
 * A function of the functions framework. It is put together at the cold start, or at its first call where FUNCTION_TARGET does not say that
 * the process is this function. With an environment that it cannot work with the process stays up: every call is answered 500, and logs all
 * that is wrong.
 */
export function entryPoint<S extends z.ZodType>({ name, environment, log, build, variables = process.env }: EntryPointOptions<S>): HttpFunction {
  let prepared: Promise<Handler> | undefined;
  const prepare = async (): Promise<Handler> => {
    try {
      return answering(log, await build(parseEnvironment(environment, variables)));
    } catch (error) {
      const message = `${name} cannot work. ${(error as Error).message}`;
      log.error({ event: EVENTS.notConfigured }, message);
      return async () => {
        log.error({ event: EVENTS.notConfigured }, `a call was refused: ${message}`);
        return { status: 500, body: { error: `${name} is not configured; its log says what is wrong` } };
      };
    }
  };
  if (variables.FUNCTION_TARGET === name) prepared = prepare();

  return async (request, response) => {
    prepared ??= prepare();
    const { status, body } = await (await prepared)({ headers: request.headers, rawBody: request.rawBody ?? (await read(request)) });
    response.status(status).json(body);
  };
}

/** The framework reads no body without a Content-Type: a signature is over the bytes that were sent, whatever they are called. */
async function read(request: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    if (length <= LONGEST_BODY) pieces.push(piece); // no more than it takes to see that it is too long
    length += piece.length;
  }
  return Buffer.concat(pieces);
}
