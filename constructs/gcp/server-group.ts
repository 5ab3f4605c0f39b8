import { ComputeHealthCheck } from '@cdktf/provider-google/lib/compute-health-check';
import { ComputeInstanceGroupManager } from '@cdktf/provider-google/lib/compute-instance-group-manager';
import { Construct } from 'constructs';
import type { Family } from '../../packer/images/families';
import { type MachineTemplateProps, machineTemplate } from './machine-template';
import { googleOf } from './provider';

/** An image that this repository bakes: the newest of its family at each start of a machine, or one by name. */
export type BootImage = { readonly family: Family } | { readonly name: string };

export interface ServerGroupProps extends Omit<MachineTemplateProps, 'sourceImage'> {
  /** Stem of all names: `<stem>-igm`, `<stem>-hc`, machines `<stem>-xxxx`. */
  readonly stem: string;
  readonly image: BootImage;
  /** Where the server listens, and where it says that it is well. */
  readonly port: number;
  readonly healthPath: string;
  /** Seconds that a new machine has before its health counts. */
  readonly initialDelaySeconds: number;
  /** Machines. @default 1 */
  readonly size?: number;
}

/** Identical machines that heal themselves: one that stays unhealthy is replaced, and a new template rolls out without a gap. */
export class ServerGroup extends Construct {
  readonly name: string;
  /** The port's name, as a backend service refers to it. */
  readonly portName = 'http';
  readonly instanceGroup: string;
  readonly healthCheck: string;

  constructor(scope: Construct, id: string, props: ServerGroupProps) {
    super(scope, id);
    const { stem, port, size = 1 } = props;
    const { project, zone } = googleOf(this);
    this.name = `${stem}-igm`;

    this.healthCheck = new ComputeHealthCheck(this, 'health-check', {
      name: `${stem}-hc`,
      checkIntervalSec: 5,
      timeoutSec: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 10, // 50 seconds: a restart of the server is not yet a dead machine
      httpHealthCheck: { requestPath: props.healthPath, port },
    }).id;

    const manager = new ComputeInstanceGroupManager(this, 'resource', {
      name: this.name,
      baseInstanceName: stem,
      zone,
      targetSize: size,
      version: [{ instanceTemplate: machineTemplate(this, { ...props, sourceImage: imageLink(project, props.image) }).selfLinkUnique }],
      namedPort: [{ name: this.portName, port }],
      autoHealingPolicies: { healthCheck: this.healthCheck, initialDelaySec: props.initialDelaySeconds },
      updatePolicy: { type: 'PROACTIVE', minimalAction: 'REPLACE', maxSurgeFixed: 1, maxUnavailableFixed: 0 },
      dependsOn: props.identity.grants, // a machine that boots before it may read its start script waits for autohealing
      lifecycle: { ignoreChanges: ['version[0].name'] }, // a rolling replacement stamps it; taking the stamp off would roll everything once more
    });
    this.instanceGroup = manager.instanceGroup;
  }
}

/** A link, not a data source: a plan must not fail because an image is not baked yet. */
function imageLink(project: string, image: BootImage): string {
  return 'family' in image ? `projects/${project}/global/images/family/${image.family}` : `projects/${project}/global/images/${image.name}`;
}
