import type { ContainerName } from '../../../config/vulpine';
import type { VulpineCluster } from '../../../config/vulpine/cluster';
import type { Check, Mount } from '../../../constructs/kubernetes/pod';
import { SECRETS_FOLDER } from '../containers/secrets';
import type { ContainerSpec } from '../containers/spec';
import { isClaim, type PlannedPods } from './plan';

/** What uploads take while they are on their way to the bucket. */
const UPLOADS_MB = 512;

/** Who a program is where its image does not start as root and the disk is new and root's: numbers of the images. */
export const USERS: Readonly<Partial<Record<ContainerName, { readonly id: number; readonly filesGroup: number }>>> = {
  // 1000:0 by default, and group 1000 is the user's own: https://github.com/elastic/dockerfiles/blob/7.17/elasticsearch/Dockerfile
  es: { id: 1000, filesGroup: 1000 },
};

/**
 * What pods have of their own: secrets by group, as a host has them, and what they keep. Media are in the bucket: what several pods share is no disk
 * of Linode's, so that the folder for them has only what is on its way.
 */
export function mountsOf({ instance, spec }: PlannedPods, volumesGb: VulpineCluster['volumesGb']): Mount[] {
  const kept = Object.entries(spec.volumes ?? {}).flatMap(([to, { from }]): Mount[] => {
    if ('folder' in from) return [];
    const name = from.volume;
    return [{ name, to, ...(isClaim(name) ? { claimGb: volumesGb[name] } : { scratchMb: UPLOADS_MB }) }];
  });
  const groups = instance === undefined ? [] : (spec.secrets?.groups ?? []);
  return [...kept, ...groups.map((group): Mount => ({ name: `secrets-${group}`, to: `${SECRETS_FOLDER}/${group}`, secret: group }))];
}

/** Docker's health check as kubernetes has it. */
export function checkOf({ test, startSeconds = 60, intervalSeconds = 30 }: ContainerSpec['health']): Check {
  const [how, ...words] = test;
  const command = how === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : words;
  return { command, intervalSeconds, timeoutSeconds: 10, startSeconds };
}
