import type { Construct } from 'constructs';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { GithubFederation } from '../../constructs/gcp/github-federation';
import { ServiceIdentity } from '../../constructs/gcp/service-identity';
import type { MoshiApis } from './apis';
import type { MoshiPypi } from './pypi';

export interface MoshiGithubProps extends EstateStackProps {
  readonly apis: MoshiApis;
  readonly pypi: MoshiPypi;
  /** `owner/name` of the repository that builds the server. */
  readonly repository: string;
  /** The branch whose runs may publish and deploy. */
  readonly branch: string;
}

/** What GitHub Actions may do here, without a key. A job names the account that it needs; whatever runs on the branch may name either. */
export class MoshiGithub extends EstateStack {
  constructor(scope: Construct, id: string, props: MoshiGithubProps) {
    super(scope, id, props);
    const { apis, pypi, repository, branch } = props;
    this.addDependency(apis);
    this.addDependency(pypi);

    const federation = new GithubFederation(this, 'federation', { poolId: 'oidc-pool', providerId: 'oidc-gh-provider', repository, branch });
    const actions = new ServiceIdentity(this, 'actions', { accountId: 'oidc-service-account', purpose: 'GitHub Actions' });
    const writer = new ServiceIdentity(this, 'artifact-writer', { accountId: 'artifact-writer', purpose: 'Publishes Python packages' });
    federation.admitTo(actions);
    federation.admitTo(writer);
    pypi.repository.grantWrite(writer);

    this.output('PROVIDER_NAME', federation.providerName, "Secret of the GitHub repository: the auth action's workload_identity_provider");
    this.output('SA_EMAIL', actions.email, "Secret of the GitHub repository: the auth action's service_account");
    this.output('ARTIFACT_WRITER_EMAIL', writer.email, 'Service account for the job that publishes packages');
  }
}
