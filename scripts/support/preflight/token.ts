import type { TokenNeed } from '../../../constructs/core/need';
import { missing, ok, type Verdict, type World } from './finding';

/** Whether it is there. What it is good for only its cloud knows. */
export function checkToken({ variable, from }: TokenNeed, { env }: World): Verdict {
  return env[variable] ? ok() : missing('it is not set', `# ${from}; then: export ${variable}=...`);
}
