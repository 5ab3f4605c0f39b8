/** What the agent says about itself. The shape is pino's. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Lines in Google's structured format, which the machine's logging agent understands. */
export function jsonLog(write: (line: string) => void): Log {
  const at = (severity: string) => (fields: object, message: string) =>
    write(`${JSON.stringify({ severity, time: new Date().toISOString(), component: 'worker', message, ...fields })}\n`);
  return { info: at('INFO'), warn: at('WARNING'), error: at('ERROR') };
}
