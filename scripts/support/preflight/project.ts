import type { ApiNeed, ProjectNeed, StateBucketNeed } from '../../../constructs/core/need';
import { surveyBucket, viewerOf } from '../state/bucket';
import { after, enable, judged, missing, notAllowed, ok, type Verdict, type World } from './finding';

export function checkProject({ project, setUp }: ProjectNeed, { gcloud }: World): Verdict {
  const pay = setUp === undefined ? link(project) : [setUp];
  const gone = () => missing('there is none, or you may not see it (roles/browser)', `gcloud projects create ${project}`, ...pay);
  const found = gcloud.ask<{ lifecycleState?: string }>('projects', 'describe', project, '--format=json');
  if (found.is !== 'there') return found.is === 'off' ? missing(`its API ${found.api} is off`, enable(project, found.api)) : gone();
  if (found.value?.lifecycleState === 'DELETE_REQUESTED') return missing('it is about to be deleted', `gcloud projects undelete ${project}`, ...pay);
  const billing = gcloud.ask<{ billingEnabled?: boolean }>('billing', 'projects', 'describe', project, '--format=json');
  return judged(
    billing,
    { project, role: 'roles/viewer' },
    {
      there: (value) => (value?.billingEnabled ? ok() : missing('nobody pays for it', ...pay)),
      absent: () => missing('nobody pays for it', ...pay),
    },
  );
}

/** Who pays is a person's choice. */
function link(project: string): string[] {
  return ['gcloud billing accounts list --filter=open=true', `gcloud billing projects link ${project} --billing-account=ACCOUNT_ID`];
}

export function checkApi({ project, api, setUp = enable(project, api) }: ApiNeed, { gcloud }: World): Verdict {
  const off = () => missing('it is off', setUp);
  const enabled = gcloud.ask<{ config: { name: string } }[]>('services', 'list', '--enabled', `--project=${project}`, '--format=json');
  return judged(
    enabled,
    { project, role: 'roles/serviceusage.serviceUsageViewer' },
    { there: (list = []) => (list.some(({ config }) => config.name === api) ? ok() : off()), absent: off, off },
  );
}

/** What makes the bucket makes it right, too. */
export function checkStateBucket(need: StateBucketNeed, world: World, estate: string): Verdict {
  const bootstrap = `make bootstrap ESTATE=${estate}`;
  const found = surveyBucket(need, world);
  switch (found.is) {
    case 'there':
      return found.value?.length ? missing(found.value.map(({ lacks }) => lacks).join('; '), bootstrap) : ok();
    case 'absent':
      return missing('it is not there', bootstrap);
    case 'off':
      return need.type === 'gcs'
        ? after([enable(need.project, found.api)], missing(`its API ${found.api} is off`, bootstrap))
        : missing('it is off', bootstrap);
    case 'refused':
      return notAllowed(viewerOf(need).role, viewerOf(need).on);
  }
}
