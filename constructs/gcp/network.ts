import { ComputeFirewall } from '@cdktf/provider-google/lib/compute-firewall';
import { ComputeNetwork } from '@cdktf/provider-google/lib/compute-network';
import { ComputeSubnetwork } from '@cdktf/provider-google/lib/compute-subnetwork';
import { Construct } from 'constructs';
import { EstateStack } from '../core/estate-stack';
import { nameSeenFrom } from '../core/name-seen-from';
import { CloudNat } from './cloud-nat';
import { googleOf } from './provider';

export interface NetworkProps {
  /** Stem of all names: `<stem>-network`, `<stem>-subnetwork`. */
  readonly stem: string;
  /** IPv4 range of the one subnet. */
  readonly cidr: string;
}

export interface IngressProps {
  readonly name: string;
  /** Ports and port ranges by protocol. */
  readonly ports: { readonly tcp?: readonly string[]; readonly udp?: readonly string[] };
  /** CIDR blocks, or everybody with the reason why these ports are public. */
  readonly from: readonly string[] | { readonly everybody: string };
  /** The machines that it opens: those with this network tag. */
  readonly to: string;
}

/** A VPC with one subnet. Machines reach Google's APIs from private addresses; nothing comes in unless allowed. */
export class Network extends Construct {
  /** For machines that no stack makes: the subnet's full name, `projects/P/regions/R/subnetworks/S`. */
  readonly subnetworkName: string;
  private readonly subnetwork: ComputeSubnetwork;
  private readonly network: ComputeNetwork;

  constructor(scope: Construct, id: string, { stem, cidr }: NetworkProps) {
    super(scope, id);
    this.network = new ComputeNetwork(this, 'resource', { name: `${stem}-network`, autoCreateSubnetworks: false });
    const { project, region } = googleOf(this);
    this.subnetworkName = `projects/${project}/regions/${region}/subnetworks/${stem}-subnetwork`;
    this.subnetwork = new ComputeSubnetwork(this, 'subnetwork', {
      name: `${stem}-subnetwork`,
      network: this.network.id,
      ipCidrRange: cidr,
      privateIpGoogleAccess: true,
    });
  }

  /** The subnet as `user`, of this stack or another, names it. */
  subnetworkSeenFrom(user: Construct): string {
    return nameSeenFrom(user, this, this.subnetwork.id, this.subnetworkName);
  }

  /** Lets machines out to the Internet that have no address of their own. `<stem>-router`, `<stem>-nat`. */
  addNat(stem: string): void {
    new CloudNat(this, 'nat', { stem, network: this.network.id });
  }

  /** Opens ports. Opening them to everybody needs a reason, which the policy checks. */
  allowIngress(id: string, { name, ports, from, to }: IngressProps): void {
    const isPublic = 'everybody' in from;
    const firewall = new ComputeFirewall(this, id, {
      name,
      network: this.network.id,
      direction: 'INGRESS',
      sourceRanges: isPublic ? ['0.0.0.0/0'] : [...from],
      targetTags: [to],
      allow: Object.entries(ports).map(([protocol, list]) => ({ protocol, ports: [...list] })),
    });
    if (isPublic) EstateStack.of(this).suppress('gcp-no-open-firewall', firewall, from.everybody);
  }
}
