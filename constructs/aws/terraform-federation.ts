import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import { Construct } from 'constructs';
import { type Run, subjectOf } from '../core/terraform-run';
import { policyDocument } from './policy-document';

/** What Terraform Cloud's tokens say whom they are for, unless a workspace says otherwise. */
const AUDIENCE = 'aws.workload.identity';

/** OpenID Connect: runs of Terraform Cloud assume roles without a key. An account has one such provider per host. */
export class TerraformFederation extends Construct {
  private readonly provider: IamOpenidConnectProvider;

  constructor(
    scope: Construct,
    id: string,
    /** Terraform Cloud, or an Enterprise that AWS reaches. */
    private readonly hostname: string,
  ) {
    super(scope, id);
    // no thumbprints: AWS knows the authorities that sign for such hosts by itself
    this.provider = new IamOpenidConnectProvider(this, 'provider', { url: `https://${hostname}`, clientIdList: [AUDIENCE] });
  }

  /** The trust policy of a role that one phase of the runs of one workspace may assume, and nobody else. */
  trust(run: Run): string {
    return policyDocument([
      {
        Effect: 'Allow',
        Principal: { Federated: this.provider.arn },
        Action: ['sts:AssumeRoleWithWebIdentity'],
        Condition: { StringEquals: { [`${this.hostname}:aud`]: AUDIENCE, [`${this.hostname}:sub`]: subjectOf(run) } },
      },
    ]);
  }
}
