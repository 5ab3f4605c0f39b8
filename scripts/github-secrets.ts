import { UsageError } from '../rehearsal/runner/failure';
import { command } from './support/command';
import { moshiConfig } from './support/config';
import { SECRETS, secretsOf } from './support/github-secrets';
import { githubOutputs } from './support/github-stack';
import { carryOut, type Step } from './support/steps';
import { gh } from './support/tool';

const HELP = `Sets the secrets that the delivery workflow reads, from the outputs of the deployed stack moshi-github-shared, and makes the
environment whose reviewers approve what reaches production. None of the secrets is a key.

  make github-secrets                 what is missing; asks before it changes anything
  make github-secrets REPLACE=1       sets the present ones again too: their values cannot be read back to compare
  make github-secrets DRY_RUN=1       only says what it would do
  make github-secrets YES=1           does not ask

The same without make: npx tsx scripts/github-secrets.ts [--dry-run] [--yes] [--replace]`;

command(
  HELP,
  (line) => {
    const { repository, environment } = moshiConfig().shared.github;
    const present = secretsOf(repository);
    const wanted = SECRETS.filter((name) => line.options.replace === true || !present.has(name));
    const values = wanted.length > 0 ? githubOutputs(wanted) : new Map<string, string>();
    const secrets = [...values].map(
      ([name, value]): Step => ({
        says: `set the secret ${name} of ${repository}`,
        run: () => gh.write(['secret', 'set', name, `--repo=${repository}`], value),
      }),
    );
    const kept = SECRETS.length - wanted.length;
    if (kept > 0) console.log(`There already, and kept as they are: ${kept} of ${SECRETS.length} secrets. REPLACE=1 sets them again.\n`);
    return carryOut([...approval(repository, environment), ...secrets], line, 'make publish, or push: the workflow now has its accounts.');
  },
  { replace: 'flag' },
);

interface Environment {
  readonly protection_rules?: readonly { readonly type: string }[];
}

/** GitHub makes an environment that a workflow names and nobody made, without reviewers: then nothing would be asked. */
function approval(repository: string, environment: string): Step[] {
  const path = `repos/${repository}/environments/${environment}`;
  const found = gh.read<Environment>('api', path);
  if (found?.protection_rules?.some(({ type }) => type === 'required_reviewers')) return [];
  const settings = `https://github.com/${repository}/settings/environments`;
  if (found)
    throw new UsageError(
      `The environment ${environment} of ${repository} has no reviewers: production would be replaced without anybody's approval.\nAdd them at ${settings}`,
    );
  const me = gh.read<{ id: number }>('api', 'user')?.id;
  const body = JSON.stringify({ reviewers: [{ type: 'User', id: me }] });
  return [
    {
      says: `make the environment ${environment}, with you as its reviewer (${settings})`,
      run: () => gh.write(['api', '--method=PUT', path, '--input=-'], body),
    },
  ];
}
