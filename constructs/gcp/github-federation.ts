import { IamWorkloadIdentityPool } from '@cdktf/provider-google/lib/iam-workload-identity-pool';
import { IamWorkloadIdentityPoolProvider } from '@cdktf/provider-google/lib/iam-workload-identity-pool-provider';
import { Construct } from 'constructs';
import type { ServiceIdentity } from './service-identity';

export interface GithubFederationProps {
  /** 4 to 32 characters. A deleted pool keeps its name for 30 days. */
  readonly poolId: string;
  readonly providerId: string;
  /** `owner/name`: no other repository is admitted. */
  readonly repository: string;
  /** GitHub's number of the repository: a name can be taken by somebody else when the repository is deleted or its owner renamed. @default only the name counts */
  readonly repositoryId?: number;
  /** Only runs of this branch are admitted, and only for pushes and by hand: a `pull_request_target` run names the branch too. */
  readonly branch: string;
}

/** What starts a run that is admitted. `pull_request_target` also has the branch's ref, but may run a stranger's code. */
const EVENTS = ['push', 'workflow_dispatch'];

/** Workload identity federation: GitHub Actions of one branch of one repository get Google tokens without a key. */
export class GithubFederation extends Construct {
  /** `projects/<number>/.../providers/<id>`: what google-github-actions/auth calls `workload_identity_provider`. */
  readonly providerName: string;
  private readonly pool: IamWorkloadIdentityPool;
  private readonly repository: string;

  constructor(scope: Construct, id: string, { poolId, providerId, repository, repositoryId, branch }: GithubFederationProps) {
    super(scope, id);
    this.repository = repository;
    this.pool = new IamWorkloadIdentityPool(this, 'pool', { workloadIdentityPoolId: poolId, displayName: 'GitHub Actions' });
    const provider = new IamWorkloadIdentityPoolProvider(this, 'provider', {
      workloadIdentityPoolId: this.pool.workloadIdentityPoolId,
      workloadIdentityPoolProviderId: providerId,
      displayName: 'GitHub',
      oidc: { issuerUri: 'https://token.actions.githubusercontent.com' },
      attributeMapping: {
        'google.subject': 'assertion.sub',
        'attribute.repository': 'assertion.repository',
        'attribute.ref': 'assertion.ref',
        'attribute.environment': "has(assertion.environment) ? assertion.environment : ''", // a claim of jobs with an environment only
      },
      attributeCondition: [
        `assertion.repository == '${repository}'`,
        ...(repositoryId === undefined ? [] : [`assertion.repository_id == '${repositoryId}'`]),
        `assertion.ref == 'refs/heads/${branch}'`,
        `assertion.event_name in [${EVENTS.map((event) => `'${event}'`).join(', ')}]`,
      ].join(' && '),
    });
    this.providerName = provider.name;
  }

  /** Lets every admitted run act as `identity`. */
  admitTo(identity: ServiceIdentity): void {
    identity.grantFederation('github-actions', this.principals('repository', this.repository));
  }

  /** Lets only jobs of one GitHub environment act as `identity`: those that its reviewers have approved. */
  admitEnvironmentTo(identity: ServiceIdentity, environment: string): void {
    identity.grantFederation('github-actions', this.principals('environment', environment));
  }

  private principals(attribute: string, value: string): string {
    return `principalSet://iam.googleapis.com/${this.pool.name}/attribute.${attribute}/${value}`;
  }
}
