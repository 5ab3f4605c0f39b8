import * as z from 'zod';

/** What the environments of several runtimes are made of. */

/** A text that must be there; blanks around it are none of it. */
export const required = z.string('is missing').trim().min(1, 'is empty');

/** A text that holds JSON. */
export const json = z.string('is missing').transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    context.addIssue({ code: 'custom', message: `not JSON: ${(error as Error).message}` });
    return z.NEVER;
  }
});

export const httpAddress = z.url({ protocol: /^https?$/, error: 'must be an address that begins with https:// or http://' });

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Of every runtime that writes with `createLogger`. */
export const LOG_LEVEL = z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info');
