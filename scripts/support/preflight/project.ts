import type { ApiNeed, ProjectNeed, StateBucketNeed } from '../../../constructs/core/need';
import { enable, judged, missing, notAllowed, ok, type Verdict, type World } from './finding';

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

export function checkStateBucket(need: StateBucketNeed, { gcloud, aws }: World): Verdict {
  const { bucket } = need;
  if (need.type === 'gcs') {
    const { project, location } = need;
    const create = `gcloud storage buckets create gs://${bucket} --project=${project} --location=${location}`;
    return judged(
      gcloud.ask('storage', 'buckets', 'describe', `gs://${bucket}`, '--format=json'),
      { project, role: 'roles/storage.bucketViewer' },
      {
        there: () => ok(),
        absent: () =>
          missing(
            'it is not there',
            `${create} --uniform-bucket-level-access --public-access-prevention`,
            `gcloud storage buckets update gs://${bucket} --versioning`,
          ),
      },
    );
  }
  const at = `--bucket=${bucket} --region=${need.region}`;
  // the one region that must not be named: it is where buckets are made otherwise
  const place = need.region === 'us-east-1' ? '' : ` --create-bucket-configuration=LocationConstraint=${need.region}`;
  const found = aws.ask('s3api', 'head-bucket', ...at.split(' '), '--output=json');
  if (found.is === 'there') return ok();
  if (found.is !== 'absent') return notAllowed('s3:ListBucket', bucket);
  return missing('it is not there', `aws s3api create-bucket ${at}${place}`, `aws s3api put-bucket-versioning ${at} --versioning-configuration=Status=Enabled`);
}
