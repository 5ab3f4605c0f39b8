import * as z from 'zod';

/** Where a runtime answers about itself. Health checks and container definitions name these. */
export const HEALTH = {
  /** 200 while the process works at all: restart it otherwise. */
  live: '/healthz',
  /** 200 while it can do its work: 503 says which part cannot. */
  ready: '/readyz',
  /** Prometheus text. */
  metrics: '/metrics',
} as const;

/** Body of both. */
export const health = z.strictObject({
  status: z.enum(['ok', 'failing']),
  /** By the name of the part: null is well, anything else says what is wrong. */
  checks: z.record(z.string(), z.string().nullable()),
});
export type Health = z.output<typeof health>;
