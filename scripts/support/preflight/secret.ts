import type { SecretNeed } from '../../../constructs/core/need';
import type { Answer, Tool } from '../tool';
import { deploy, judged, missing, ok, type Verdict, type World } from './finding';

/** `projects/N/secrets/NAME/versions/3`. */
export interface SecretVersion {
  readonly name: string;
  readonly state: string;
}

/** The versions that can be read; none of a secret that has no value. */
export function enabledVersions({ name, project }: SecretNeed, gcloud: Pick<Tool, 'ask'>): Answer<SecretVersion[]> {
  return gcloud.ask<SecretVersion[]>('secrets', 'versions', 'list', name, `--project=${project}`, '--filter=state=ENABLED', '--format=json');
}

export function checkSecret(need: SecretNeed, { gcloud }: World, estate: string): Verdict {
  const fill = `make secrets ESTATE=${estate}`;
  const unmade = () => missing('its stack is not deployed', deploy(need.stack), fill);
  return judged(
    enabledVersions(need, gcloud),
    { project: need.project, role: 'roles/secretmanager.viewer' },
    {
      there: (versions = []) => (versions.length > 0 ? ok() : missing('it has no value', fill)),
      absent: unmade,
      off: unmade, // deploying the stack enables its API too
    },
  );
}
