import { UsageError } from '../../rehearsal/runner/failure';
import { ESTATES } from './estate-stacks';

/** What is said of an estate that is not among those that a command is for. */
export function noEstate(name: unknown, there: readonly string[]): UsageError {
  const list = `there is ${there.join(', ')}`;
  if (!ESTATES.includes(`${name}`)) return new UsageError(`There is no estate ${name}; ${list}`);
  return new UsageError(`${name} is none for this; ${list}. docs/runbooks/${name}.md says how ${name} is deployed`);
}
