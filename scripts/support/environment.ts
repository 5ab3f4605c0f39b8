import { UsageError } from '../../rehearsal/runner/failure';

/** The environment that a command is about; development unless it is named. */
export function chosenEnvironment(name: string | boolean | undefined): 'dev' | 'prod' {
  if (name === undefined || name === 'dev') return 'dev';
  if (name === 'prod') return 'prod';
  throw new UsageError(`ENV is dev or prod, not "${name}"`);
}
