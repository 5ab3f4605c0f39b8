import type { TerraformLoginNeed, TokenNeed } from '../../../constructs/core/need';
import { loginTo, tokenFor } from '../state/token';
import { missing, ok, type Verdict, type World } from './finding';

/** Whether it is there. What it is good for only its cloud knows. */
export function checkToken({ variable, from }: TokenNeed, { env }: World): Verdict {
  return env[variable] ? ok() : missing('it is not set', `# ${from}; then: export ${variable}=...`);
}

/** The same of the token that Terraform itself would show the host. */
export function checkTerraformLogin({ hostname }: TerraformLoginNeed, { env }: World): Verdict {
  return tokenFor(hostname, env) === undefined ? missing('there is no token', loginTo(hostname)) : ok();
}
