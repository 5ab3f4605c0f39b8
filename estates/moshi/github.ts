import type { Construct } from 'constructs';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { environmentName } from '../../constructs/core/naming';
import { CustomRole } from '../../constructs/gcp/custom-role';
import { GithubFederation } from '../../constructs/gcp/github-federation';
import { googleOf } from '../../constructs/gcp/provider';
import { READ_TEMPLATE, ROLL, USE_TEMPLATE } from '../../constructs/gcp/roll-permissions';
import { ServiceIdentity } from '../../constructs/gcp/service-identity';
import type { MoshiApis } from './apis';
import { BAKE } from './delivery/permissions';
import type { MoshiPypi } from './pypi';

export interface MoshiGithubProps extends EstateStackProps {
  readonly apis: MoshiApis;
  readonly pypi: MoshiPypi;
  /** `owner/name` of the repository that builds the server. */
  readonly repository: string;
  /** Its number at GitHub, which nobody else gets. @default its name alone counts */
  readonly repositoryId?: number;
  /** The branch whose runs may publish and deploy. */
  readonly branch: string;
  /** The GitHub environment whose reviewers approve what reaches production. */
  readonly productionEnvironment: string;
}

/** Machines and disks that Packer makes for the time of a bake are called so. */
const BAKING = ['Instance', 'Disk']
  .map((type) => `(resource.type != 'compute.googleapis.com/${type}' || resource.name.extract('/${type.toLowerCase()}s/{name}').startsWith('packer-'))`)
  .join(' && ');

/** What GitHub Actions may do here, without a key: each account for one kind of job, with exactly its permissions. */
export class MoshiGithub extends EstateStack {
  constructor(scope: Construct, id: string, props: MoshiGithubProps) {
    super(scope, id, props);
    const { apis, pypi, repository, repositoryId, branch, productionEnvironment } = props;
    this.addDependency(apis);
    this.addDependency(pypi);

    const federation = new GithubFederation(this, 'federation', { poolId: 'oidc-pool', providerId: 'oidc-gh-provider', repository, repositoryId, branch });

    const writer = new ServiceIdentity(this, 'artifact-writer', { accountId: 'artifact-writer', purpose: 'Publishes Python packages' });
    federation.admitTo(writer);
    pypi.repository.grantWrite(writer);

    const actions = new ServiceIdentity(this, 'actions', { accountId: 'oidc-service-account', purpose: 'GitHub Actions: bakes images' });
    federation.admitTo(actions);
    new CustomRole(this, 'bake', { roleId: 'moshiBake', purpose: 'Bakes machine images', permissions: BAKE }).grantTo(actions, {
      title: 'only the machines of a bake',
      expression: BAKING,
    });
    actions.grantActAs(pypi.reader);

    const roll = new CustomRole(this, 'roll', { roleId: 'moshiRoll', purpose: 'Replaces the machines of a group', permissions: ROLL });
    const template = new CustomRole(this, 'use-template', {
      roleId: 'moshiUseTemplate',
      purpose: 'Starts machines from a template',
      permissions: [...USE_TEMPLATE, ...READ_TEMPLATE],
    });
    const roller = (environment: 'dev' | 'prod') => {
      const identity = new ServiceIdentity(this, `roll-${environment}`, {
        accountId: `moshi-roll-${environment}`,
        purpose: `GitHub Actions: replaces the machines of ${environment}`,
      });
      roll.grantTo(identity);
      template.grantTo(identity, { title: `only templates of ${environment}`, expression: this.templatesOf(environment) });
      return identity;
    };
    const dev = roller('dev');
    federation.admitTo(dev);
    const prod = roller('prod');
    federation.admitEnvironmentTo(prod, productionEnvironment);

    const secret = (what: string) => `Secret of the GitHub repository: ${what}`;
    this.output('PROVIDER_NAME', federation.providerName, secret("the auth action's workload_identity_provider"));
    this.output('SA_EMAIL', actions.email, secret('the account that bakes images'));
    this.output('ARTIFACT_WRITER_EMAIL', writer.email, secret('the account that publishes packages'));
    this.output('ROLL_DEV_EMAIL', dev.email, secret("the account that replaces development's machines"));
    this.output('ROLL_PROD_EMAIL', prod.email, secret("the account that replaces production's machines, after approval"));
  }

  /** Production has the plain names, so its condition must leave development's out. */
  private templatesOf(environment: 'dev' | 'prod'): string {
    const named = (of: 'dev' | 'prod') =>
      `resource.name.startsWith('projects/${googleOf(this).project}/global/instanceTemplates/${environmentName('moshi-srv', of)}-')`;
    return environment === 'dev' ? named('dev') : `${named('prod')} && !${named('dev')}`;
  }
}
