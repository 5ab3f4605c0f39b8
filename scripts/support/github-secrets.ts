import { UsageError } from '../../rehearsal/runner/failure';
import { gh, githubLogin } from './tool';

/** What the delivery workflow reads; the stack moshi-github-shared has an output of each name. */
export const SECRETS: readonly string[] = ['PROVIDER_NAME', 'SA_EMAIL', 'ARTIFACT_WRITER_EMAIL', 'ROLL_DEV_EMAIL', 'ROLL_PROD_EMAIL'];

/** Names of the secrets that the repository has. @throws UsageError when there is no such repository: GitHub answers as if it had none. */
export function secretsOf(repository: string): ReadonlySet<string> {
  githubLogin();
  if (!gh.readVisible('api', `repos/${repository}`))
    throw new UsageError(`There is no repository ${repository}, or you may not see it: set shared.github.repository in estates.json`);
  return new Set((gh.read<{ name: string }[]>('secret', 'list', `--repo=${repository}`, '--json=name') ?? []).map(({ name }) => name));
}
