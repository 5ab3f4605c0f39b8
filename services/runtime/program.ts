import type * as z from 'zod';
import { EnvironmentError, parseEnvironment } from './environment';
import { createLogger, type Logger } from './logging';
import { StartFailure } from './start-failure';

export interface Program<S extends z.ZodType> {
  /** As logs name it. */
  readonly service: string;
  readonly environment: S;
  /** Resolves when it has started. */
  readonly main: (environment: z.output<S>, log: Logger) => Promise<void>;
}

/** Runs a service as this process. What keeps it from starting is one line of its log, without a stack where that helps nobody; the exit code is 1 then. */
export async function run<S extends z.ZodType>({ service, environment, main }: Program<S>): Promise<void> {
  const log = createLogger({ service });
  try {
    await main(parseEnvironment(environment), log);
  } catch (error) {
    const { message } = error as Error;
    const isPlain = error instanceof EnvironmentError || error instanceof StartFailure;
    if (isPlain) log.fatal(message);
    else log.fatal({ error }, `${service} could not start: ${message}`);
    process.exit(1);
  }
}
