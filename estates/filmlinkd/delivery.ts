import type { Construct } from 'constructs';
import type { FilmlinkdEnvironment, FilmlinkdShared } from '../../config/filmlinkd';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import { BuildTrigger } from '../../constructs/gcp/build-trigger';
import { CustomRole } from '../../constructs/gcp/custom-role';
import { googleOf } from '../../constructs/gcp/provider';
import { ROLL, USE_TEMPLATE } from '../../constructs/gcp/roll-permissions';
import { ServiceIdentity } from '../../constructs/gcp/service-identity';
import type { FilmlinkdBase } from './base';
import type { FilmlinkdCompute } from './compute';
import { deliverySteps } from './delivery-steps';
import { LINKED_REPOSITORY } from './names';
import { triggerName } from './rollout-variables';

export interface FilmlinkdDeliveryProps extends EstateStackProps, Pick<FilmlinkdEnvironment, 'machines'>, Pick<FilmlinkdShared, 'source'> {
  readonly environment: 'dev' | 'prod';
  readonly base: FilmlinkdBase;
  readonly compute: FilmlinkdCompute;
}

/** An hour: two images, and a quarter of an hour for each of a few machines. */
const TIMEOUT_SECONDS = 3600;

/** The build that somebody starts by hand: new images, and the machines of one environment replaced one by one. */
export class FilmlinkdDelivery extends EstateStack {
  constructor(scope: Construct, id: string, props: FilmlinkdDeliveryProps) {
    super(scope, id, props);
    const { environment, base, compute, machines, source } = props;
    this.addDependency(compute);
    const stem = this.named('filmlinkd');
    const { project } = googleOf(this);

    // one per environment: what delivers to development cannot touch production's images, accounts and templates
    const build = new ServiceIdentity(this, 'build', { accountId: `${stem}-build`, purpose: `Cloud Build: delivers to ${environment}` });
    base.images[environment].grantWrite(build);
    build.grantOnProject('roles/logging.logWriter');
    for (const identity of [compute.scraper, compute.shard]) build.grantActAs(identity);
    const role = environment === 'dev' ? 'filmlinkdDev' : 'filmlinkd';
    new CustomRole(this, 'roll', { roleId: `${role}Roll`, purpose: 'Replaces the machines of a group', permissions: ROLL }).grantTo(build);
    new CustomRole(this, 'use-template', { roleId: `${role}UseTemplate`, purpose: 'Starts machines from a template', permissions: USE_TEMPLATE }).grantTo(
      build,
      {
        title: `only templates of ${environment}`,
        expression: templatesOf(project, environment),
      },
    );

    const trigger = new BuildTrigger(this, 'trigger', {
      name: triggerName(stem),
      description: `Builds the containers of filmlinkd, and gives them to the machines of ${environment}`,
      source: { ...source, repository: LINKED_REPOSITORY(source.repository) },
      steps: deliverySteps({ ...googleOf(this), environment, images: base.images[environment], machines, stem }),
      identity: build,
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    this.output(
      'DELIVER',
      `gcloud builds triggers run ${trigger.name} --region=${googleOf(this).region} --project=${project}`,
      'Delivers; make filmlinkd-deliver does it',
    );
  }
}

/** Production has the plain names, so its condition must leave development's out. */
function templatesOf(project: string, environment: 'dev' | 'prod'): string {
  const named = (stem: string) => `resource.name.startsWith('projects/${project}/global/instanceTemplates/${stem}-')`;
  return environment === 'dev' ? named('filmlinkd-dev') : `${named('filmlinkd')} && !${named('filmlinkd-dev')}`;
}
