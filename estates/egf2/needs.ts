import type { Egf2Config } from '../../config/egf2';
import type { Need } from '../../constructs/core/need';

/** What `make preflight` can look for at AWS so far: where the state is. */
export function egf2Needs({ shared: { backend } }: Egf2Config): Need[] {
  return backend.type === 's3' ? [{ kind: 'state-bucket', environment: 'shared', type: 's3', bucket: backend.bucket, region: backend.region }] : [];
}
