import { type Egf2Config, UNNAMED_COMMIT } from '../../config/egf2';
import { stackName } from '../../constructs/core/naming';
import type { Need } from '../../constructs/core/need';
import { SERVICE_NAMES } from '../../services/contracts/egf2-services';
import { SECRETS } from './documents';

export function egf2Needs({ shared, prod }: Egf2Config): Need[] {
  const { backend, accountId, region, domain, sources } = shared;
  return [
    { kind: 'aws-account', environment: 'shared', region, ...(accountId !== undefined && { accountId }) },
    ...(backend.type === 's3' ? [{ kind: 'state-bucket', environment: 'shared', type: 's3', bucket: backend.bucket, region: backend.region } as const] : []),
    ...SERVICE_NAMES.map((name): Need => {
      const { repository, commit } = sources[name];
      const isNamed = commit !== UNNAMED_COMMIT;
      return { kind: 'source', environment: 'prod', of: name, repository, ...(isNamed && { commit }), configuredBy: `egf2.shared.sources.${name}` };
    }),
    { kind: 'delegation', environment: 'prod', region, domain, stack: stackName('egf2', 'network', 'prod') },
    ...(prod.mode === 'bigData' ? [keyspacesLogin(region)] : []),
  ];
}

function keyspacesLogin(region: string): Need {
  return {
    kind: 'secret',
    type: 'aws',
    environment: 'prod',
    region,
    name: SECRETS.keyspaces,
    stack: stackName('egf2', 'data', 'prod'),
    is: "client-data's login at Keyspaces",
    from: 'aws iam create-service-specific-credential --user-name=USER --service-name=cassandra.amazonaws.com prints it, once',
    keys: ['username', 'password'],
  };
}
