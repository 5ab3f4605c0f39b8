type Write = (fields: object, message: string) => void;

/** Structured logging as pino does it. */
export interface Log {
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}
