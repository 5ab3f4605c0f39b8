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
  /** Only runs of this branch are admitted, and only for pushes and by hand: a `pull_request_target` run names the branch too. */
  readonly branch: string;
}

/** Workload identity federation: GitHub Actions of one branch of one repository get Google tokens without a key. */
export class GithubFederation extends Construct {
  /** `projects/<number>/.../providers/<id>`: what google-github-actions/auth calls `workload_identity_provider`. */
  readonly providerName: string;
  /** Every admitted run, as an IAM member. */
  private readonly member: string;

  constructor(scope: Construct, id: string, { poolId, providerId, repository, branch }: GithubFederationProps) {
    super(scope, id);
    const pool = new IamWorkloadIdentityPool(this, 'pool', { workloadIdentityPoolId: poolId, displayName: 'GitHub Actions' });
    const provider = new IamWorkloadIdentityPoolProvider(this, 'provider', {
      workloadIdentityPoolId: pool.workloadIdentityPoolId,
      workloadIdentityPoolProviderId: providerId,
      displayName: 'GitHub',
      oidc: { issuerUri: 'https://token.actions.githubusercontent.com' },
      attributeMapping: {
        'google.subject': 'assertion.sub',
        'attribute.repository': 'assertion.repository',
      },
      attributeCondition: `assertion.repository == '${repository}' && assertion.ref == 'refs/heads/${branch}' && assertion.event_name in ['push', 'workflow_dispatch']`,
    });
    this.providerName = provider.name;
    this.member = `principalSet://iam.googleapis.com/${pool.name}/attribute.repository/${repository}`;
  }

  /** Lets the admitted runs act as `identity`. */
  admitTo(identity: ServiceIdentity): void {
    identity.grantFederation('github-actions', this.member);
  }
}
