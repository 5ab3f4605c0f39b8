import type { Backend } from '../core/backend';
import type { StateBucketNeed } from '../core/need';

/** The bucket of a Google estate's state, when `backend` keeps it in one. A Google one lies where the estate does. */
export function stateBucketNeeds(backend: Backend, { project, region }: { readonly project: string; readonly region: string }): StateBucketNeed[] {
  const common = { kind: 'state-bucket', environment: 'shared' } as const;
  if (backend.type === 'gcs') return [{ ...common, type: 'gcs', bucket: backend.bucket, project, location: region }];
  if (backend.type === 's3') return [{ ...common, type: 's3', bucket: backend.bucket, region: backend.region }];
  return [];
}
