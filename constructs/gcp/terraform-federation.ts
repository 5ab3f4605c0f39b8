import { IamWorkloadIdentityPool } from '@cdktf/provider-google/lib/iam-workload-identity-pool';
import { IamWorkloadIdentityPoolProvider } from '@cdktf/provider-google/lib/iam-workload-identity-pool-provider';
import { Construct } from 'constructs';
import { type Run, subjectOf } from '../core/terraform-run';
import type { ServiceIdentity } from './service-identity';

export interface TerraformFederationProps {
  /** 4 to 32 characters. A deleted pool keeps its name for 30 days. */
  readonly poolId: string;
  /** Terraform Cloud, or an Enterprise whose certificate the world knows. */
  readonly hostname: string;
  /** Nobody else's runs are admitted, whatever they are called. */
  readonly organization: string;
  /** Its id: the name can be somebody else's one day. @default only the name counts */
  readonly organizationId?: string;
}

/** Workload identity federation: runs of Terraform Cloud get Google tokens without a key, each those of its own workspace and phase. */
export class TerraformFederation extends Construct {
  /** `projects/<number>/.../providers/<id>`: what Terraform Cloud calls TFC_GCP_WORKLOAD_PROVIDER_NAME. */
  readonly providerName: string;
  private readonly pool: IamWorkloadIdentityPool;

  constructor(scope: Construct, id: string, { poolId, hostname, organization, organizationId }: TerraformFederationProps) {
    super(scope, id);
    this.pool = new IamWorkloadIdentityPool(this, 'pool', { workloadIdentityPoolId: poolId, displayName: 'Terraform Cloud' });
    const provider = new IamWorkloadIdentityPoolProvider(this, 'provider', {
      workloadIdentityPoolId: this.pool.workloadIdentityPoolId,
      workloadIdentityPoolProviderId: 'terraform-cloud',
      displayName: 'Terraform Cloud',
      oidc: { issuerUri: `https://${hostname}` }, // no audience of our own: Google then takes only tokens that name this provider
      attributeMapping: {
        // for the audit log: 127 bytes at most, which the token's own subject with its four names is not
        'google.subject': "assertion.terraform_workspace_id + ':' + assertion.terraform_run_phase",
        'attribute.run': 'assertion.sub',
      },
      attributeCondition: [
        `assertion.terraform_organization_name == '${organization}'`,
        ...(organizationId === undefined ? [] : [`assertion.terraform_organization_id == '${organizationId}'`]),
        "assertion.terraform_run_phase in ['plan', 'apply']",
      ].join(' && '),
    });
    this.providerName = provider.name;
  }

  /** Lets one phase of the runs of one workspace act as `identity`. */
  admitTo(identity: ServiceIdentity, run: Run): void {
    identity.grantFederation('terraform-cloud', `principalSet://iam.googleapis.com/${this.pool.name}/attribute.run/${subjectOf(run)}`);
  }
}
