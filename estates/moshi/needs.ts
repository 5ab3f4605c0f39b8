import { BORROWING_APIS } from '../../config/base-apis';
import type { MoshiConfig } from '../../config/moshi';
import { stackName } from '../../constructs/core/naming';
import type { Need } from '../../constructs/core/need';
import { stateBucketNeeds } from '../../constructs/gcp/state-bucket-need';
import { FAMILIES } from '../../packer/images/families';

/** Also asks who pays, and makes the account that Terraform borrows. */
const SET_UP = 'make new-project-setup';

/**
 * What the runbook does by hand besides is no need of a deployment: GitHub's secrets are the workflow's, and the certificates
 * wait for the name servers while everything else is deployed.
 */
export function moshiNeeds({ shared, ...environments }: MoshiConfig): Need[] {
  const once = { environment: 'shared', project: shared.project } as const;
  const installs = {
    package: 'moshi',
    region: shared.region,
    repository: 'pypi',
    stack: stackName('moshi', 'pypi', 'shared'),
    publish: 'make publish',
  };
  return [
    { ...once, kind: 'project', setUp: SET_UP },
    ...stateBucketNeeds(shared.backend, shared),
    ...BORROWING_APIS.map((api) => ({ ...once, kind: 'api', api, setUp: SET_UP }) as const),
    ...(['dev', 'prod'] as const).map((environment): Need => {
      const { image } = environments[environment].server;
      const pinned = 'name' in image ? { name: image.name, configuredBy: `${environment}.server.image.name` } : {};
      return { kind: 'image', environment, project: shared.project, family: FAMILIES['moshi-srv'], ...pinned, bake: 'make bake', installs };
    }),
  ];
}
