import { ComputeHealthCheck } from '@cdktf/provider-google/lib/compute-health-check';
import { ComputeInstanceGroupManager } from '@cdktf/provider-google/lib/compute-instance-group-manager';
import { Construct } from 'constructs';
import { HEALTH } from '../../services/contracts/health';
import { EstateStack } from '../core/estate-stack';
import { type ContainerProps, containersOf, environmentOf } from './container-machine/containers';
import { userData } from './container-machine/user-data';
import { machineTemplate } from './machine-template';
import type { Network } from './network';
import { googleOf } from './provider';
import type { ServiceIdentity } from './service-identity';

export type { ContainerProps } from './container-machine/containers';

export interface ContainerMachineProps {
  /** The group's name; the machine is called `<name>-xxxx`. At most 36 characters. */
  readonly name: string;
  readonly machineType: string;
  /** GB: the system, and two generations of each image. @default 10 */
  readonly diskGb?: number;
  readonly network: Network;
  /** Network tags, which firewall rules name: health checkers must reach the first container's port. */
  readonly tags: readonly string[];
  /** Give it its grants first: the machine starts after those that it has by now. */
  readonly identity: ServiceIdentity;
  /** At least one. The machine is healthy when the first answers for all. */
  readonly containers: readonly ContainerProps[];
  /** Seconds that a new machine has before its health counts. @default 300 */
  readonly initialDelaySeconds?: number;
}

/** Google's own system for containers: no packages, the file system read-only. Its newest release at each start of a machine. */
const SYSTEM = 'projects/cos-cloud/global/images/family/cos-stable';

/** One machine that runs containers, as a group of one: it is replaced when it stays unhealthy, and there are never two of it. */
export class ContainerMachine extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: ContainerMachineProps) {
    super(scope, id);
    const { name, machineType, diskGb = 10, network, tags, identity, initialDelaySeconds = 300 } = props;
    this.name = name;
    const containers = containersOf(this, props.containers);
    const [first] = containers;

    const healthCheck = new ComputeHealthCheck(this, 'health-check', {
      name: `${name}-hc`,
      checkIntervalSec: 10,
      timeoutSec: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 12, // two minutes: a container that starts again, with a new image, is not yet a dead machine
      httpHealthCheck: { requestPath: HEALTH.live, port: first.port },
    });
    const template = machineTemplate(this, {
      stem: name,
      machineType,
      sourceImage: SYSTEM,
      diskGb,
      network,
      tags,
      identity,
      metadata: {
        'user-data': userData(this, EstateStack.of(this).labels.estate as string, environmentOf(containers)),
        'serial-port-logging-enable': 'TRUE', // what a container waits for is said there, and so comes to Cloud Logging without an agent
      },
    });
    new ComputeInstanceGroupManager(this, 'resource', {
      name,
      baseInstanceName: name,
      zone: googleOf(this).zone,
      targetSize: 1,
      version: [{ instanceTemplate: template.selfLinkUnique }],
      autoHealingPolicies: { healthCheck: healthCheck.id, initialDelaySec: initialDelaySeconds },
      updatePolicy: { type: 'PROACTIVE', minimalAction: 'REPLACE', maxSurgeFixed: 0, maxUnavailableFixed: 1 }, // the old one goes first
      dependsOn: identity.grants, // a machine that boots before it may read its secrets waits for them
      lifecycle: { ignoreChanges: ['version[0].name'] }, // a rolling replacement stamps it; taking the stamp off would roll once more
    });
  }
}
