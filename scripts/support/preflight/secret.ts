import type { SecretNeed } from '../../../constructs/core/need';
import type { Answer, Tool } from '../tool';
import { deploy, judged, missing, ok, type Verdict, type World } from './finding';

/** `projects/N/secrets/NAME/versions/3`. */
export interface SecretVersion {
  readonly name: string;
  readonly state: string;
}

/**
 * The versions that can be read; none of a secret that has no value. What runs reads the newest, whatever its state: when that is
 * disabled, an older one that is not helps nobody.
 */
export function enabledVersions({ name, project }: SecretNeed, gcloud: Pick<Tool, 'ask'>): Answer<SecretVersion[]> {
  const answer = gcloud.ask<SecretVersion[]>('secrets', 'versions', 'list', name, `--project=${project}`, '--format=json');
  if (answer.is !== 'there') return answer;
  const versions = answer.value ?? [];
  const newest = versions.reduce<SecretVersion | undefined>((last, one) => (last && numberOf(last) > numberOf(one) ? last : one), undefined);
  return { ...answer, value: newest?.state === 'ENABLED' ? versions.filter(({ state }) => state === 'ENABLED') : [] };
}

const numberOf = ({ name }: SecretVersion): number => Number(name.split('/').at(-1));

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
