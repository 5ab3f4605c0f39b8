import { type DestinationStream, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import { LOG_LEVEL, type LogLevel } from '../contracts/variables';

export type { Logger } from 'pino';

/** Names of Google's severities, by pino's levels. */
const SEVERITY: Readonly<Record<string, string>> = { trace: 'DEBUG', debug: 'DEBUG', info: 'INFO', warn: 'WARNING', error: 'ERROR', fatal: 'CRITICAL' };
const ERROR_LEVEL = pino.levels.values.error as number;
/** Of an address: nothing that people read is so long. */
const LONG_PART = /[^/?&=]{33,}/g;
const REPORTED_ERROR = 'type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent';

export interface LoggingOptions {
  /** The runtime's name; errors are grouped by it. */
  readonly service: string;
  /** @default none */
  readonly version?: string;
  /** On every line, to search by. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** @default LOG_LEVEL, or info where that is none: who reads the environment says what is wrong with it */
  readonly level?: LogLevel;
  /** @default stdout, written before the call returns: nothing is lost when the process ends */
  readonly destination?: DestinationStream;
}

/**
 * Lines of JSON as Google Cloud Logging reads them: severity, message, time, labels. An error under `error` or `err`, or as the only
 * argument, comes with its stack; from level `error` on Error Reporting takes it.
 */
export function createLogger({ service, version, labels, level, destination = pino.destination({ fd: 1, sync: true }) }: LoggingOptions): Logger {
  const serviceContext = { service, ...(version && { version }) };
  return pino(
    {
      level: level ?? LOG_LEVEL.catch('info').parse(process.env.LOG_LEVEL),
      messageKey: 'message',
      errorKey: 'error',
      base: { serviceContext, ...(labels && { 'logging.googleapis.com/labels': labels }) },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ severity: SEVERITY[label] }) },
      serializers: { error: shown, err: shown },
      mixin: (merged, lineLevel) => reported(merged, lineLevel),
    },
    destination,
  );
}

/** An error without what may be done with it: Discord's addresses hold tokens. */
function shown(error: Error): unknown {
  const { requestBody: _, ...fields } = stdSerializers.err(error) as ReturnType<typeof stdSerializers.err> & { readonly requestBody?: unknown };
  return typeof fields.url === 'string' ? { ...fields, url: fields.url.replace(LONG_PART, '...') } : fields;
}

/** What makes Error Reporting take a line. */
function reported(merged: object, level: number): object {
  const { error, err = error } = merged as { error?: unknown; err?: unknown };
  if (!(err instanceof Error) || level < ERROR_LEVEL) return {};
  return { '@type': REPORTED_ERROR, stack_trace: stdSerializers.err(err).stack };
}
