import * as z from 'zod';

const problems = z.object({ errors: z.array(z.object({ code: z.string().default(''), message: z.string().default('') })).default([]) });

/** A machine, as its group sees it. */
export const managed = z.object({
  instance: z.string().default(''),
  /** `NONE`: the group has nothing in hand with it. */
  currentAction: z.string().default('NONE'),
  /** What it is, or is being made into. */
  version: z.object({ instanceTemplate: z.string().optional(), name: z.string().optional() }).optional(),
  /** Empty until the first answer of the health check, then `UNKNOWN` for a while. */
  instanceHealth: z.array(z.object({ detailedHealthState: z.string().default('UNKNOWN') })).default([]),
  lastAttempt: z.object({ errors: problems.optional() }).optional(),
});
type Managed = z.output<typeof managed>;

export function isHealthy({ currentAction, instanceHealth }: Managed): boolean {
  return currentAction === 'NONE' && instanceHealth.length > 0 && instanceHealth.every(({ detailedHealthState }) => detailedHealthState === 'HEALTHY');
}

/** For whoever waits: the machine, what happens to it, its health, and why it could not be made. */
export function inWords({ instance, currentAction, instanceHealth, lastAttempt }: Managed, isCurrent: boolean): string {
  const action = currentAction === 'NONE' ? (isCurrent ? [] : ['is still the old one']) : [currentAction.toLowerCase()];
  const health = instanceHealth.map(({ detailedHealthState }) => detailedHealthState.toLowerCase()).join(', ') || 'health not known yet';
  const errors = lastAttempt?.errors?.errors.map(({ code, message }) => `${code}: ${message}`) ?? [];
  return [instance.replace(/^.*\//, '') || 'a machine', ...action, health, ...errors].join(', ');
}
