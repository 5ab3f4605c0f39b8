import type { Environment } from '../../constructs/core/naming';
import type { Need } from '../../constructs/core/need';
import { UsageError } from '../../rehearsal/runner/failure';

/** Environments that needs are of, besides what they share. */
export function environmentsOf(needs: readonly Need[]): Environment[] {
  return [...new Set(needs.map(({ environment }) => environment))].filter((one) => one !== 'shared');
}

/** The one that is meant: the only one needs no name. */
export function oneEnvironment(estate: string, needs: readonly Need[], asked: string | undefined): Environment {
  const there = environmentsOf(needs);
  const [only] = there;
  if (asked === undefined && only !== undefined && there.length === 1) return only;
  if (asked === undefined) throw new UsageError(`Which environment of ${estate}? ENV= is one of ${there.join(', ')}`);
  const found = there.find((one) => one === asked);
  if (found === undefined) throw new UsageError(`${estate} has no environment ${asked}; there is ${there.join(', ')}`);
  return found;
}
