import type { Construct } from 'constructs';
import type { Egf2Environment } from '../../config/egf2';
import { EventQueue } from '../../constructs/aws/event-queue';
import type { SecurityGroup } from '../../constructs/aws/security-group';
import { EstateStack, type EstateStackProps } from '../../constructs/core/estate-stack';
import type { Egf2Network } from './network';

export interface Egf2QueueProps extends EstateStackProps, Pick<Egf2Environment, 'queue'> {
  readonly network: Egf2Network;
}

/** The event queue of scalable and big data mode. Holds what is not consumed yet: protected. */
export class Egf2Queue extends EstateStack {
  readonly events: EventQueue;

  constructor(scope: Construct, id: string, props: Egf2QueueProps) {
    super(scope, id, props);
    const { network, queue } = props;
    this.events = new EventQueue(this, 'events', { ...queue, name: 'egf2-events', vpc: network.vpc, group: network.access.queue as SecurityGroup });
  }
}
