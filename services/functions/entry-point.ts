import type { HttpFunction } from '@google-cloud/functions-framework';
import type * as z from 'zod';
import { answering, type Handler } from './handler';
import type { Log } from './log';

export interface EntryPointOptions<E> {
  /** As Google knows the function. */
  readonly name: string;
  readonly environment: z.ZodType<E>;
  readonly log: Log;
  /** Puts the function together; called once. */
  readonly build: (environment: E) => Handler;
  /** @default the process's */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/**
 * A function of the functions framework. It is put together at the cold start, or at its first call where the process does not say which
 * function it is. With an environment that it cannot work with the process stays up: every call is answered 500, and logs all that is wrong.
 */
export function entryPoint<E>({ name, environment, log, build, variables = process.env }: EntryPointOptions<E>): HttpFunction {
  let handler: Handler | undefined;
  const prepared = (): Handler => {
    handler ??= prepare();
    return handler;
  };
  const prepare = (): Handler => {
    const parsed = environment.safeParse(variables);
    if (!parsed.success) return broken(`the environment of ${name} is not usable:\n${table(parsed.error)}`);
    try {
      return answering(log, build(parsed.data));
    } catch (error) {
      return broken(`${name} cannot start: ${(error as Error).message}`);
    }
  };
  const broken = (message: string): Handler => {
    log.error({}, message);
    return async () => {
      if (handler) log.error({}, message);
      return { status: 500, body: { error: `${name} is not configured; its log says what is wrong` } };
    };
  };
  if (variables.FUNCTION_TARGET === name) prepared();

  return async (request, response) => {
    const { status, body } = await prepared()({ headers: request.headers, rawBody: request.rawBody ?? Buffer.alloc(0) });
    response.status(status).json(body);
  };
}

/** One line for each problem. */
const table = (error: z.ZodError): string => error.issues.map(({ path, message }) => `  ${path.join('.')}  ${message}`).join('\n');
