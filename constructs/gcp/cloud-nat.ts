import { ComputeRouter } from '@cdktf/provider-google/lib/compute-router';
import { ComputeRouterNat } from '@cdktf/provider-google/lib/compute-router-nat';
import { Construct } from 'constructs';
import { googleOf } from './provider';

export interface CloudNatProps {
  /** Stem of both names: `<stem>-router`, `<stem>-nat`. */
  readonly stem: string;
  /** The network's id. */
  readonly network: string;
}

/** The way out for machines without an address of their own; nothing comes in through it. */
export class CloudNat extends Construct {
  constructor(scope: Construct, id: string, { stem, network }: CloudNatProps) {
    super(scope, id);
    const { region } = googleOf(this);
    const router = new ComputeRouter(this, 'router', { name: `${stem}-router`, region, network });
    new ComputeRouterNat(this, 'resource', {
      name: `${stem}-nat`,
      region,
      router: router.name,
      natIpAllocateOption: 'AUTO_ONLY',
      sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
      enableDynamicPortAllocation: true, // many connections of one machine are not refused while others have ports to spare
      enableEndpointIndependentMapping: false, // Google takes either this or that
      logConfig: { enable: true, filter: 'ERRORS_ONLY' },
    });
  }
}
